package io.sealpost.relay.integrity;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads the checkpoints of a log from their files, wherever these are. */
public final class CheckpointReader {
    private CheckpointReader() {}

    /** Is told of all checkpoints that are kept, the oldest first. */
    public interface Visitor {
        /** A checkpoint as it was signed, or is said to have been. */
        void checkpoint(StoredCheckpoint stored) throws IOException;

        /** Something in this file cannot be read. */
        void damaged(String name) throws IOException;
    }

    /** Tells of all checkpoints. */
    public static void walk(FileSeries folder, Visitor visitor) throws IOException {
        for (FileSeries.File file : folder.list()) {
            try (InputStream in = folder.open(file.name())) {
                CheckpointScan scan = CheckpointScan.of(in, file.octets(), file.name());
                boolean damaged = false;
                for (Optional<CheckpointRecord> r = scan.next(); r.isPresent(); r = scan.next()) {
                    Optional<StoredCheckpoint> stored = StoredCheckpoint.of(r.get());
                    damaged |= stored.isEmpty();
                    if (stored.isPresent()) {
                        visitor.checkpoint(stored.get());
                    }
                }
                if (damaged || scan.isDamaged() || scan.hasRest()) {
                    visitor.damaged(file.name());
                }
            }
        }
    }
}
