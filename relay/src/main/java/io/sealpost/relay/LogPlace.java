package io.sealpost.relay;

import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.verify.DataFolderLog;
import io.sealpost.relay.verify.ExportFolder;
import io.sealpost.relay.verify.HttpPaths;
import io.sealpost.relay.verify.SealedLog;
import io.sealpost.relay.verify.TiledLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;

/** Where a log is, as the command line names it. */
final class LogPlace {
    private static final String HASHES = "hashes";

    private LogPlace() {}

    /** The place that the command line names, or else the data folder of the conf file. */
    static Optional<String> named(CommandLine line, Path confFile, Console console) {
        String log = line.getOptionValue(VerifyOptions.LOG);
        return log != null
                ? Optional.of(log)
                : ConfFile.load(confFile, console)
                        .map(loaded -> loaded.config().dataDir().toString());
    }

    /** The file with the token for a log that is served, or empty. */
    static Optional<Path> token(CommandLine line) {
        return Optional.ofNullable(line.getOptionValue(VerifyOptions.TOKEN)).map(Path::of);
    }

    /**
     * Opens the log of a data folder, closed or not, of an exported folder or of a URL.
     *
     * @param token file with the token for a URL
     * @throws IOException with a sentence for the operator where none of these is there
     */
    static SealedLog open(String where, Optional<Path> token) throws IOException {
        if (where.startsWith("http://") || where.startsWith("https://")) {
            Optional<String> shown =
                    token.isPresent()
                            ? Optional.of(AdminToken.read(token.get()))
                            : Optional.empty();
            return new TiledLog(where, new HttpPaths(where, shown));
        }
        Path folder = Path.of(where).toAbsolutePath().normalize();
        if (Files.isDirectory(folder.resolve(CheckpointStore.FOLDER).resolve(HASHES))) {
            return DataFolderLog.of(where, FileStorage.at(folder));
        }
        Path parent = folder.getParent();
        if (parent != null && Files.isDirectory(folder.resolve(HASHES))) {
            FileStorage storage = FileStorage.at(parent);
            return folder.endsWith(CheckpointStore.FOLDER)
                    ? DataFolderLog.of(where, storage)
                    : DataFolderLog.closed(where, storage, String.valueOf(folder.getFileName()));
        }
        if (Files.isRegularFile(folder.resolve("checkpoint"))
                && Files.isDirectory(folder.resolve("checkpoints"))) {
            return new TiledLog(where, new ExportFolder(FileStorage.at(folder)));
        }
        throw new NoSuchFileException(
                where,
                null,
                "no log there: it should be DATA-DIR/integrity or a closed DATA-DIR/integrity.N, a folder made by \"sealpost integrity"
                        + " export\", or the URL of a relay's /integrity");
    }
}
