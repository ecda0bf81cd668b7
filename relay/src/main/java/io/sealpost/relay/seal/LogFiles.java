package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.MetadataFiles;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.util.Optional;

/**
 * Everything that a log has on disk, opened as the newest checkpoint says. After a failure of any
 * part all of it is closed and opened again. Confined to the thread that seals.
 */
record LogFiles(CheckpointStore checkpoints, IntegrityLog log, MetadataFiles metadata)
        implements AutoCloseable {
    /** Opens them, at the start and after each failure. */
    @FunctionalInterface
    interface Opener {
        /** The files as they are now. */
        LogFiles open() throws IOException;
    }

    static LogFiles open(Storage storage, LogSigner signer) throws IOException {
        CheckpointStore checkpoints = CheckpointStore.open(storage, signer);
        IntegrityLog log = null;
        try {
            log = IntegrityLog.open(storage, checkpoints);
            return new LogFiles(checkpoints, log, MetadataFiles.open(storage, log.size()));
        } catch (IOException | RuntimeException e) {
            if (log != null) {
                log.close();
            }
            checkpoints.close();
            throw e;
        }
    }

    Optional<StoredCheckpoint> newest() {
        return checkpoints.newest();
    }

    /** Octets of hashes, metadata and checkpoints. */
    long octets() {
        return log.octets() + metadata.octets() + checkpoints.octets();
    }

    @Override
    public void close() throws IOException {
        try (checkpoints;
                log) {
            metadata.close();
        }
    }
}
