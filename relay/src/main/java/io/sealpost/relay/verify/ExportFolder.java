package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.StorageFolder;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A folder with an exported log. Under its own name no file is ever less than whole, not even after
 * a power cut. For one thread at a time.
 */
public final class ExportFolder implements TiledLog.Paths {
    private static final String TEMPORARY = ".tmp";
    private static final int BUFFER_OCTETS = 64 * 1024;

    private final Storage storage;

    /** Folders in which a power cut may still undo renames. */
    private final Set<String> unsynced = new TreeSet<>();

    /** The folder that the storage is below; it need not be there yet. */
    public ExportFolder(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Optional<InputStream> open(String path) throws IOException {
        return storage.exists(path)
                ? Optional.of(StorageFolder.stream(storage.openForReading(path)))
                : Optional.empty();
    }

    /** Whether there is a file of this length. */
    boolean has(String path, long octets) throws IOException {
        if (!storage.exists(path)) {
            return false;
        }
        try (StorageFile file = storage.openForReading(path)) {
            return file.size() == octets;
        }
    }

    /** Makes a file with these octets, or replaces it; durable after {@link #sync}. */
    void write(String path, InputStream octets) throws IOException {
        String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        String temporary = path + TEMPORARY;
        storage.createFolder(folder);
        storage.delete(temporary);
        try (StorageFile file = storage.openForWriting(temporary)) {
            byte[] buffer = new byte[BUFFER_OCTETS];
            long at = 0;
            int filled;
            while ((filled = octets.readNBytes(buffer, 0, buffer.length)) > 0) {
                file.write(ByteBuffer.wrap(buffer, 0, filled), at);
                at += filled;
            }
            // Before the rename: else it could outlive what the file has in it.
            file.sync();
        }
        storage.rename(temporary, path);
        unsynced.add(folder);
    }

    /** Makes everything durable that was written. */
    void sync() throws IOException {
        for (String folder : unsynced) {
            storage.syncFolder(folder);
        }
        unsynced.clear();
    }
}
