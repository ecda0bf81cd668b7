package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hashes of one level of tiles, growing at the end. Confined to the log's thread. */
final class HashLevel {
    private final HashFolder folder;
    private final int level;
    private final ByteBuffer buffer;

    /** Hashes in the files, whatever is synced; the buffer's come behind. */
    private long written;

    private @Nullable StorageFile file;
    private boolean unsynced;
    private boolean madeFile;

    /**
     * A level that has so many hashes on disk.
     *
     * @param room hashes that can be added before {@link #flush}
     */
    HashLevel(HashFolder folder, int level, long written, int room) {
        this.folder = folder;
        this.level = level;
        this.written = written;
        this.buffer = ByteBuffer.allocateDirect(room * Hash.OCTETS);
    }

    /**
     * Makes sure that the files hold all the hashes that the level should have.
     *
     * @return the first hash that is there
     */
    long check() throws IOException {
        List<Long> firsts = folder.list(level).stream().filter(first -> first < written).toList();
        if (written == 0) {
            return 0;
        }
        // Only leaf hashes are ever dropped.
        long first = level > 0 || firsts.isEmpty() ? 0 : firsts.getFirst();
        long expected = first;
        for (long at : firsts) {
            if (at != expected) {
                break;
            }
            checkLength(at);
            expected += folder.span();
        }
        if (expected < written) {
            throw missing(expected);
        }
        return first;
    }

    private void checkLength(long first) throws IOException {
        try (StorageFile opened = folder.open(level, first)) {
            long hashes = Math.min(folder.span(), written - first);
            long held = (opened.size() - HashFolder.HEADER) / Hash.OCTETS;
            if (held < hashes) {
                throw missing(first + held);
            }
        }
    }

    private IntegrityException missing(long index) {
        return new IntegrityException(
                Reason.HASHES_MISSING,
                folder.path(level, folder.fileOf(index))
                        + " lacks hash "
                        + index
                        + ", but "
                        + written
                        + " of this level stand below the newest checkpoint: the file was lost, cut"
                        + " or put back from a copy");
    }

    /** Removes what is behind the hashes that count; a crash may bring it back, to be cut again. */
    void cut() throws IOException {
        for (long first : folder.list(level)) {
            String path = folder.path(level, first);
            if (first >= written) {
                folder.storage().delete(path);
            } else if (written - first < folder.span()) {
                StorageFile opened = folder.storage().openForAppending(path);
                file = opened;
                if (opened.size() > folder.offset(written)) {
                    opened.truncate(folder.offset(written));
                }
            }
        }
    }

    void add(byte[] b, int at) {
        buffer.put(b, at, Hash.OCTETS);
    }

    /** Hashes that can be added before {@link #flush}. */
    int room() {
        return buffer.remaining() / Hash.OCTETS;
    }

    /** Writes what was added; it is not durable. */
    void flush() throws IOException {
        buffer.flip();
        int end = buffer.limit();
        while (buffer.position() < end) {
            long left = folder.fileOf(written) + folder.span() - written;
            int count = (int) Math.min(left, (end - buffer.position()) / Hash.OCTETS);
            StorageFile to = file == null ? create() : file;
            buffer.limit(buffer.position() + count * Hash.OCTETS);
            to.write(buffer, folder.offset(written));
            buffer.limit(end);
            unsynced = true;
            written += count;
            if (count == left) {
                finish(to);
            }
        }
        buffer.clear();
    }

    private StorageFile create() throws IOException {
        StorageFile made =
                folder.storage().openForAppending(folder.path(level, folder.fileOf(written)));
        file = made;
        madeFile = true;
        made.write(folder.header(level, folder.fileOf(written)), 0);
        return made;
    }

    private void finish(StorageFile full) throws IOException {
        full.sync();
        unsynced = false;
        full.close();
        file = null;
    }

    /** Makes what was flushed durable, but for names of new files: whether there are any. */
    boolean sync() throws IOException {
        if (file != null && unsynced && !folder.has(Flaw.HEAD_BEFORE_SYNC)) {
            file.sync();
            unsynced = false;
        }
        boolean made = madeFile;
        madeFile = false;
        return made;
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
