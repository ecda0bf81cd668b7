package io.sealpost.relay;

import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.verify.ExportFolder;
import io.sealpost.relay.verify.LogExport;
import io.sealpost.relay.verify.SealedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code sealpost integrity export}. */
final class ExportCommand {
    private static final String EXPORT = "export";

    private final Console console;

    ExportCommand(Console console) {
        this.console = console;
    }

    ExitCode run(List<String> words, Optional<String> log, Optional<Path> token) {
        if (words.size() != 2 || !words.getFirst().equals(EXPORT) || log.isEmpty()) {
            return Main.badUsage(
                    Command.INTEGRITY, "it is: integrity export --log DIR_OR_URL FOLDER", console);
        }
        try (SealedLog from = LogPlace.open(log.get(), token)) {
            ExportFolder folder = new ExportFolder(FileStorage.shared(Path.of(words.getLast())));
            LogExport.Done done = new LogExport(from, folder).run();
            console.out()
                    .printf(
                            "exported to %s: the hashes of %d entries, and %d of the entries%n",
                            words.getLast(), done.size(), done.entries());
            if (done.tokenNeeded()) {
                console.err().println("entries are messages: to have them by URL takes --token");
            }
            return ExitCode.GOOD;
        } catch (IOException e) {
            console.err().println("sealpost integrity export: " + Sentences.of(e));
            return ExitCode.COULD_NOT;
        }
    }
}
