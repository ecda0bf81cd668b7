package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open segment file of one reader. Shared by the reader and the runs it gave out; closed with
 * the last of them. Each reader opens its own, because an interrupt closes a channel for everybody.
 */
final class SegmentReader {
    /** Longest reading at once; what is longer by itself is not read ahead. */
    static final int READ_AHEAD_BYTES = 32 * 1024;

    private final StorageFile file;

    // Guarded by this: runs of one reader may be read by several threads.
    private byte[] ahead = {};
    private long aheadFrom;
    private int aheadLength;
    private final AtomicInteger references = new AtomicInteger(1);

    SegmentReader(StorageFile file) {
        this.file = file;
    }

    void retain() {
        references.incrementAndGet();
    }

    void release() throws IOException {
        if (references.decrementAndGet() == 0) {
            file.close();
        }
    }

    @Nullable FileChannel channel() {
        return file.channel();
    }

    long size() throws IOException {
        return file.size();
    }

    /** Octets read, fewer than asked for only at the end of the file. */
    int read(byte[] into, int at, int length, long position) throws IOException {
        return file.read(ByteBuffer.wrap(into, at, length), position);
    }

    /**
     * The same for a few octets, from memory where possible: reads ahead up to {@code end}, before
     * which everything is durable, and so never changes.
     */
    synchronized int readAhead(byte[] into, int at, int length, long position, long end)
            throws IOException {
        if (position < aheadFrom || position + length > aheadFrom + aheadLength) {
            if (ahead.length == 0) {
                ahead = new byte[READ_AHEAD_BYTES];
            }
            aheadLength = 0;
            aheadFrom = position;
            int most = (int) Math.min(ahead.length, end - position);
            aheadLength = Math.max(0, read(ahead, 0, most, position));
        }
        int count = (int) Math.min(length, aheadFrom + aheadLength - position);
        System.arraycopy(ahead, (int) (position - aheadFrom), into, at, count);
        return count;
    }

    /** Whether these octets give this checksum; reads in pieces. */
    boolean matches(long from, long length, int expected, SaltedCrc crc, byte[] window)
            throws IOException {
        crc.start();
        long at = from;
        long rest = length;
        while (rest > 0) {
            int got = read(window, 0, (int) Math.min(window.length, rest), at);
            if (got <= 0) {
                return false;
            }
            crc.update(window, 0, got);
            at += got;
            rest -= got;
        }
        return crc.value() == expected;
    }
}
