package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the file that the cursor's state speaks of, whatever its name is now, and moves the cursor
 * behind the messages that it already holds. Confined to the forwarder's thread.
 */
final class ArchiveRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(ArchiveRecovery.class);

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final ArchiveCursor cursor;

    /** The file to go on in, open and noted, and the time it is for. */
    record Found(ArchiveFile file, DatedName dated) {}

    ArchiveRecovery(
            FileUpstreamSettings settings,
            UpstreamQueue queue,
            Storage storage,
            ArchiveCursor cursor) {
        this.settings = settings;
        this.queue = queue;
        this.storage = storage;
        this.cursor = cursor;
    }

    /** Empty if messages go on in another file. */
    Optional<Found> recover(ArchiveState state) throws IOException, InterruptedException {
        String name = locate(state);
        if (name.isEmpty()) {
            LOGGER.info(
                    "upstream {}: {} of before is gone; going on in a new file",
                    settings.name(),
                    pathOf(state.name()));
            return Optional.empty();
        }
        ArchiveFile file = ArchiveFile.open(storage, name);
        boolean goesOn = false;
        try {
            examine(state, file);
            Optional<DatedName> dated = settings.path().read(name, settings.zone());
            if (name.equals(state.name()) && dated.isPresent()) {
                cursor.note(file);
                goesOn = true;
                return Optional.of(new Found(file, dated.get()));
            }
            return Optional.empty();
        } finally {
            if (!goesOn) {
                file.close();
            }
        }
    }

    /** The name that the state's file has now; empty if it is gone. */
    private String locate(ArchiveState state) throws IOException {
        if (storage.identity(state.name()) == state.identity()) {
            return state.name();
        }
        String folder = PathTemplate.folderOf(state.name());
        for (String entry : storage.list(folder)) {
            String name = folder.isEmpty() ? entry : folder + "/" + entry;
            if (storage.identity(name) == state.identity()) {
                return name;
            }
        }
        return "";
    }

    private void examine(ArchiveState state, ArchiveFile file)
            throws IOException, InterruptedException {
        if (file.length() > state.length()) {
            checkTail(state, file);
        } else if (file.length() < state.length()) {
            LOGGER.info(
                    "upstream {}: {} was cut by others from {} to {} octets; going on behind them",
                    settings.name(),
                    pathOf(file.name()),
                    state.length(),
                    file.length());
        }
    }

    private void checkTail(ArchiveState state, ArchiveFile file)
            throws IOException, InterruptedException {
        ExpectedMessages expected = new ExpectedMessages(queue, state.layout());
        TailCheck.Result result =
                new TailCheck(file.file(), expected, state.layout().framing())
                        .check(state.length(), !cursor.distrusted());
        file.accept();
        cursor.sync(file);
        queue.rewind(result.next());
        cursor.confirm(result.next(), file);
        LOGGER.info(
                "upstream {}: behind octet {} of {}: {} messages kept, {} octets of an unfinished"
                        + " write cut off, {} octets of others left",
                settings.name(),
                state.length(),
                pathOf(file.name()),
                result.kept(),
                result.cut(),
                result.foreign());
    }

    private String pathOf(String name) {
        return settings.path().root().resolve(name).toString();
    }
}
