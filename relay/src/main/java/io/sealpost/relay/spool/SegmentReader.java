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
    private final StorageFile file;
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
