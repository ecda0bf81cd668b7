package io.sealpost.relay;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.seal.SealFigures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code sealpost check}. */
final class CheckCommand {
    private final Console console;

    CheckCommand(Console console) {
        this.console = console;
    }

    /** What the integrity log will take on disk, and what it cannot see. */
    private static String integrity(RelayConfig.Integrity integrity) {
        if (!integrity.enabled()) {
            return "integrity: off, changes of stored messages do not show";
        }
        return "integrity: %d octets on disk a message, and %s of checkpoints a day, for %d d or up to %s; %s"
                .formatted(
                        SealFigures.OCTETS_PER_MESSAGE,
                        "5 to 310 MB",
                        integrity.keep().toDays(),
                        StatusText.size(integrity.maxBytes()),
                        integrity.remember().isPresent()
                                ? "a restored copy of data-dir is noticed at start"
                                : "a restored copy of data-dir is not noticed at start (no"
                                        + " integrity.remember)");
    }

    ExitCode run(Path file) {
        Optional<ConfigResult.Loaded> loaded = ConfFile.load(file, console);
        if (loaded.isEmpty()) {
            return ExitCode.BAD_USAGE;
        }
        Preflight preflight = new Preflight(loaded.get().config());
        List<ConfigProblem> problems = new ArrayList<>(preflight.surroundings());
        problems.addAll(preflight.keys());
        ConfFile.print(problems, console);
        for (ConfigProblem warning : loaded.get().warnings()) {
            console.err()
                    .println(
                            warning.file()
                                    + ":"
                                    + warning.line()
                                    + ": warning: "
                                    + warning.message());
        }
        if (!problems.isEmpty()) {
            return ExitCode.BAD_USAGE;
        }
        console.out().println(integrity(loaded.get().config().integrity()));
        console.out().println(file + ": good");
        return ExitCode.GOOD;
    }
}
