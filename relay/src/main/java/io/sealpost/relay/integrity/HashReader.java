package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads durable hashes of a log, while it grows. Keeps the file of the last answer open, for each
 * level. For one thread at a time; any thread may have its own.
 */
public final class HashReader implements TiledNodes.Runs, AutoCloseable {
    private static final int LEVELS = Long.SIZE / Tiles.HEIGHT;

    private final HashFolder folder;
    private final LongSupplier durable;
    private final @Nullable StorageFile[] files = new StorageFile[LEVELS];
    private final long[] firsts = new long[LEVELS];

    HashReader(HashFolder folder, LongSupplier durable) {
        this.folder = folder;
        this.durable = durable;
    }

    /**
     * Reads a log's files by themselves.
     *
     * @param log folder that has the log
     * @param size leaves that the log has a checkpoint over
     */
    public static HashReader of(Storage storage, String log, long size) {
        return new HashReader(HashFolder.of(storage, log), () -> size);
    }

    /** First leaf whose hash is on disk; {@link #size} where there is none. */
    public long firstLeaf() throws IOException {
        List<Long> firsts = folder.list(0);
        return firsts.isEmpty() ? size() : firsts.getFirst();
    }

    /** Leaves in the largest tree that can be read whole, now. */
    public long size() {
        return durable.getAsLong();
    }

    @Override
    public void read(int tileLevel, long first, int count, byte[] out, int at) throws IOException {
        long hashes = Tiles.hashes(tileLevel, size());
        if (first < 0 || count < 0 || count > hashes - first) {
            throw new IllegalArgumentException(
                    count + " hashes from " + first + " of " + hashes + " of level " + tileLevel);
        }
        ByteBuffer into = ByteBuffer.wrap(out, at, count * Hash.OCTETS);
        if (file(tileLevel, folder.fileOf(first)).read(into, folder.offset(first))
                < count * Hash.OCTETS) {
            throw new IntegrityException(
                    Reason.HASHES_MISSING,
                    folder.path(tileLevel, folder.fileOf(first))
                            + " is cut off: hash "
                            + first
                            + " is not in it");
        }
    }

    private StorageFile file(int level, long first) throws IOException {
        StorageFile open = files[level];
        if (open != null && firsts[level] == first) {
            return open;
        }
        if (!folder.storage().exists(folder.path(level, first))) {
            throw new FileNotFoundException(
                    "hashes of level " + level + " from " + first + " are not kept any more");
        }
        if (open != null) {
            open.close();
        }
        files[level] = null;
        StorageFile opened = folder.open(level, first);
        files[level] = opened;
        firsts[level] = first;
        return opened;
    }

    @Override
    public void close() throws IOException {
        for (StorageFile file : files) {
            if (file != null) {
                file.close();
            }
        }
    }
}
