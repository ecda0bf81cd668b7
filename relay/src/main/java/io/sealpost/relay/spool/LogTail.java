package io.sealpost.relay.spool;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows the durable end of the log for somebody who looks on: all messages, whoever they are
 * routed to. It has no cursor and holds nothing back; who reads too slowly misses messages.
 * Confined to one thread.
 */
public final class LogTail implements AutoCloseable {
    /** Whoever is so far behind goes on at the end. */
    private static final long MAX_BEHIND_BYTES = 64L << 20;

    private final Storage storage;
    private final SegmentLog log;
    private final SpoolWriter writer;
    private @Nullable Segment segment;
    private @Nullable SegmentReader file;
    private @Nullable BatchSearch search;
    private long sequence;

    /** Where the next batch begins in the segment of this first sequence, or -1. */
    private long offset;

    private long offsetIn;
    private @Nullable BatchHeader batch;
    private long framesAt;
    private int framesLeft;
    private long skipped;

    LogTail(Storage storage, SegmentLog log, SpoolWriter writer) {
        this.storage = storage;
        this.log = log;
        this.writer = writer;
        toEnd(writer.published());
        skipped = 0;
    }

    /**
     * Copies what comes next of the frames {@code LEN SP MSG}, and waits for it up to this time.
     * The octets of all calls together are whole frames one after the other.
     *
     * @return octets copied, 0 if nothing came
     */
    public int read(byte[] into, Duration timeout) throws IOException {
        while (batch == null) {
            if (sequence >= writer.published().sequence()
                    && !writer.await(
                            () -> sequence < writer.published().sequence(), timeout.toNanos())) {
                return 0;
            }
            load();
        }
        return copy(into);
    }

    /** Messages passed over since last asked; they lie before what was read last. */
    public long takeSkipped() {
        long taken = skipped;
        skipped = 0;
        return taken;
    }

    private int copy(byte[] into) throws IOException {
        BatchHeader header = current();
        int count = opened().read(into, 0, Math.min(into.length, framesLeft), framesAt);
        if (count <= 0) {
            throw new IOException("the segment ends inside a batch");
        }
        framesAt += count;
        framesLeft -= count;
        if (framesLeft == 0) {
            offset += header.batchLength();
            sequence = header.endSequence();
            batch = null;
        }
        return count;
    }

    private BatchHeader current() {
        BatchHeader known = batch;
        if (known == null) {
            throw new IllegalStateException("no batch");
        }
        return known;
    }

    private SegmentReader opened() {
        SegmentReader known = file;
        if (known == null) {
            throw new IllegalStateException("no segment");
        }
        return known;
    }

    private void load() throws IOException {
        Published end = writer.published();
        Segment holding = log.holding(sequence);
        if (holding == null
                || log.bytesFrom(new Position(sequence, offsetIn, offset)) > MAX_BEHIND_BYTES
                || !enter(holding)) {
            toEnd(end);
            return;
        }
        BatchSearch known = search;
        BatchHeader header = known == null ? null : known.at(offset);
        if (known != null && header != null && header.count() == 0) {
            offset += header.batchLength();
            header = known.at(offset);
        }
        if (header == null || header.firstSequence() != sequence) {
            toEnd(end); // damaged: readers of queues report it
            return;
        }
        batch = header;
        framesAt = offset + BatchHeader.LENGTH;
        framesLeft = header.framesLength();
    }

    /** False where the place of the next batch is not known. */
    private boolean enter(Segment holding) throws IOException {
        if (sequence == holding.first()) {
            offset = SegmentHeader.LENGTH;
            offsetIn = holding.first();
        }
        if (offset < 0 || offsetIn != holding.first()) {
            return false;
        }
        if (holding != segment) {
            close();
            file = new SegmentReader(storage.openForReading(holding.path));
            search = new BatchSearch(opened(), holding.header.salt());
            segment = holding;
        }
        return true;
    }

    private void toEnd(Published end) {
        skipped += end.sequence() - sequence;
        sequence = end.sequence();
        offset = end.offset();
        offsetIn = end.segment();
        batch = null;
    }

    @Override
    public void close() throws IOException {
        SegmentReader old = file;
        file = null;
        search = null;
        segment = null;
        if (old != null) {
            old.release();
        }
    }
}
