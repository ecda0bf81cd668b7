package io.sealpost.relay;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code sealpost check}. */
final class CheckCommand {
    private final Console console;

    CheckCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path file) {
        Optional<ConfigResult.Loaded> loaded = ConfFile.load(file, console);
        if (loaded.isEmpty()) {
            return ExitCode.BAD_USAGE;
        }
        List<ConfigProblem> problems = new Preflight(loaded.get().config()).surroundings();
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
        console.out().println(file + ": good");
        return ExitCode.GOOD;
    }
}
