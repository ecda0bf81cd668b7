package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.util.Optional;

/** Leaves, of the checkpoints in a file, the last of each minute. */
final class CheckpointThinning {
    private static final long MINUTE_SECONDS = 60;

    private CheckpointThinning() {}

    /** Thins a file that nothing is added to any more. */
    static void thin(Storage storage, String path) throws IOException {
        String temporary = path + CheckpointStore.TEMPORARY;
        try (StorageFile from = storage.openForReading(path)) {
            CheckpointScan scan = CheckpointScan.of(from, path);
            Optional<CheckpointRecord> first = scan.next();
            if (scan.isThinned() || first.isEmpty()) {
                return;
            }
            storage.delete(temporary);
            try (StorageFile to = storage.openForWriting(temporary)) {
                copyMinutes(scan, first.get(), to);
                to.sync();
            }
            if (scan.isDamaged() || scan.hasRest()) {
                // It stays as it is: what cannot be read now is not to look as if it never was.
                storage.delete(temporary);
                return;
            }
        }
        storage.rename(temporary, path);
        storage.syncFolder(CheckpointRow.PATH);
    }

    private static void copyMinutes(CheckpointScan scan, CheckpointRecord first, StorageFile to)
            throws IOException {
        to.write(CheckpointScan.header(true), 0);
        long at = CheckpointScan.HEADER;
        CheckpointRecord last = first;
        for (Optional<CheckpointRecord> r = scan.next(); r.isPresent(); r = scan.next()) {
            if (minute(r.get()) != minute(last)) {
                to.write(last.encode(), at);
                at += last.octets();
            }
            last = r.get();
        }
        to.write(last.encode(), at);
    }

    private static long minute(CheckpointRecord record) {
        return Math.floorDiv(record.seconds(), MINUTE_SECONDS);
    }
}
