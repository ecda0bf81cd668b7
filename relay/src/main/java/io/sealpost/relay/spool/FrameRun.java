package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive messages for one upstream as they lie in a segment: octet-counted RFC 5424 frames
 * ({@code LEN SP MSG}), contiguous. The segment stays readable, even when it has been released,
 * until {@link #close}, which may be called from any thread and must be called once.
 */
public final class FrameRun implements AutoCloseable {
    /** The batch that messages of a run lie in. */
    record InBatch(SegmentReader file, long at, BatchHeader header) {
        /** Where its frames end in the segment. */
        long framesEnd() {
            return at + BatchHeader.LENGTH + header.framesLength();
        }
    }

    private final InBatch batch;
    private final SegmentReader file;
    private final Position start;
    private final Position end;
    private final long offset;
    private final int length;
    private final long receivedMicros;
    private final long number;
    private final AtomicBoolean closed = new AtomicBoolean();

    FrameRun(
            InBatch batch,
            Position start,
            Position end,
            long offset,
            int length,
            long receivedMicros,
            long number) {
        this.number = number;
        this.batch = batch;
        this.file = batch.file();
        this.start = start;
        this.end = end;
        this.offset = offset;
        this.length = length;
        this.receivedMicros = receivedMicros;
        file.retain();
    }

    /** Sequence of the first message. */
    public long firstSequence() {
        return start.sequence();
    }

    /**
     * Number of the first message among those routed to the upstream, the same each time it is read
     * for the upstream's queue; without meaning elsewhere. Messages without a gap between their
     * numbers have none between them in the queue.
     */
    public long number() {
        return number;
    }

    /** Messages in this run. */
    public int count() {
        return (int) (end.sequence() - start.sequence());
    }

    /** Octets of all frames. */
    public int length() {
        return length;
    }

    /** Before the first message. */
    public Position start() {
        return start;
    }

    /** Behind the last message. */
    public Position end() {
        return end;
    }

    /**
     * When the first message was received, in microseconds since the epoch. All messages of a run
     * were received in the same quarter of an hour, so on the same day and hour in any zone.
     */
    public long receivedMicros() {
        return receivedMicros;
    }

    /** Copies all {@link #length} octets. */
    public void read(byte[] into, int at) throws IOException {
        read(into, at, 0, length);
    }

    /** Copies {@code count} octets from octet {@code from} of this run on. */
    public void read(byte[] into, int at, int from, int count) throws IOException {
        if (from < 0 || count < 0 || from + count > length) {
            throw new IndexOutOfBoundsException(from + "+" + count + " of " + length);
        }
        long position = offset + from;
        int got =
                count > SegmentReader.READ_AHEAD_BYTES / 2
                        ? file.read(into, at, count, position)
                        : file.readAhead(into, at, count, position, batch.framesEnd());
        if (got < count) {
            throw new IOException("segment ends inside the frames from " + start);
        }
    }

    /** The segment file for sendfile, open until {@link #close}; null where copying is needed. */
    public @Nullable FileChannel channel() {
        return file.channel();
    }

    /** Where the first frame begins in {@link #channel}. */
    public long offset() {
        return offset;
    }

    /** The same messages under other numbers, from this one on; takes the place of this run. */
    public FrameRun renumbered(long first) throws IOException {
        try (this) {
            return new FrameRun(
                    batch,
                    new Position(first, start.segment(), start.batch()),
                    new Position(first + count(), end.segment(), end.batch()),
                    offset,
                    length,
                    receivedMicros,
                    number);
        }
    }

    InBatch batch() {
        return batch;
    }

    /** The position before the message with this index; {@link #count} gives the end. */
    public Position positionOf(int index) {
        if (index < 0 || index > count()) {
            throw new IndexOutOfBoundsException(index + " of " + count());
        }
        return new Position(start.sequence() + index, start.segment(), start.batch());
    }

    /** The position behind the last message that lies wholly in the first {@code octets}. */
    public Position positionBehind(int octets) throws IOException {
        if (octets >= length) {
            return end;
        }
        FrameWalk walk = new FrameWalk(file, offset, length);
        walk.upTo(octets, Integer.MAX_VALUE);
        return positionOf(walk.frames());
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            file.release();
        }
    }
}
