package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** An open file of a {@link Storage}. Positions are octets from its start. */
public interface StorageFile extends AutoCloseable {
    /** Writes all of the buffer at the position; on an exception any part may have been written. */
    void write(ByteBuffer from, long position) throws IOException;

    /** Reads until the buffer is full or the file ends; returns the octets read, 0 at the end. */
    int read(ByteBuffer into, long position) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /** Makes content and size durable (fdatasync). After a failure the content counts as lost. */
    void sync() throws IOException;

    /** Identity of the open file (its inode), whatever its name is by now. */
    long identity() throws IOException;

    /** The channel for sendfile, where this is a real file; else null: then copy with read. */
    @Nullable FileChannel channel();

    @Override
    void close() throws IOException;
}
