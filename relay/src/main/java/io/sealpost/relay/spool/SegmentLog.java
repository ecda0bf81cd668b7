package io.sealpost.relay.spool;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The segments there are, by first sequence. Thread-safe. */
final class SegmentLog {
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** Adds a segment; one of the same first sequence, which then held nothing, is replaced. */
    void add(Segment segment) {
        Segment old = segments.put(segment.first(), segment);
        bytes.addAndGet(segment.bytes - (old == null ? 0 : old.bytes));
    }

    void remove(Segment segment) {
        if (segments.remove(segment.first(), segment)) {
            bytes.addAndGet(-segment.bytes);
        }
    }

    void resize(Segment segment, long size) {
        bytes.addAndGet(size - segment.bytes);
        segment.bytes = size;
    }

    /** The segment that holds or will hold this sequence, or null below the oldest. */
    @Nullable Segment holding(long sequence) {
        Map.Entry<Long, Segment> entry = segments.floorEntry(sequence);
        return entry == null ? null : entry.getValue();
    }

    @Nullable Segment after(Segment segment) {
        Map.Entry<Long, Segment> entry = segments.higherEntry(segment.first());
        return entry == null ? null : entry.getValue();
    }

    @Nullable Segment oldest() {
        Map.Entry<Long, Segment> entry = segments.firstEntry();
        return entry == null ? null : entry.getValue();
    }

    long bytes() {
        return bytes.get();
    }

    /** Octets of the log from this position on. */
    long bytesFrom(Position position) {
        long sum = 0;
        for (Segment segment : segments.tailMap(position.sequence(), true).values()) {
            sum += segment.bytes;
        }
        Segment holding = holding(position.sequence());
        if (holding != null && holding.first() < position.sequence()) {
            sum += holding.bytes;
            if (position.segment() == holding.first() && position.batch() > 0) {
                sum -= position.batch();
            }
        }
        return sum;
    }
}
