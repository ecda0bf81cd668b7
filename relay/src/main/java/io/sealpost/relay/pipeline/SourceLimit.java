package io.sealpost.relay.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * How much one source may send: a token bucket, filled evenly. Shared by all connections of the
 * source and thread-safe without locks.
 */
/*
 * Instead of tokens it keeps the time at which the bucket would be full again: the generic cell
 * rate algorithm of ITU-T I.371, which needs one number and no clockwork.
 */
public final class SourceLimit {
    /** Lets everything in. */
    public static final SourceLimit NONE = new SourceLimit(0, 0, 0, _ -> {});

    private final long nanosPerMessage;
    private final long burstNanos;
    private final AtomicLong fullAt;
    private final AtomicLong dropped = new AtomicLong();
    private final Consumer<SourceLimit> firstDrop;

    private SourceLimit(
            long nanosPerMessage, long burstNanos, long now, Consumer<SourceLimit> firstDrop) {
        this.nanosPerMessage = nanosPerMessage;
        this.burstNanos = burstNanos;
        this.fullAt = new AtomicLong(now);
        this.firstDrop = firstDrop;
    }

    /**
     * A limit whose bucket is full.
     *
     * @param perSecond messages a second in the long run, at least 1
     * @param burst messages at once, at least 1
     * @param now of the clock that {@link #take} will use, in nanoseconds
     * @param firstDrop called when something is dropped after a quiet time or after {@link
     *     #takeDropped}; on an event loop, so it must be quick
     */
    public static SourceLimit of(
            int perSecond, int burst, long now, Consumer<SourceLimit> firstDrop) {
        long nanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        return new SourceLimit(nanos, nanos * burst, now, firstDrop);
    }

    /** Whether one more message may come in now; it is then paid for. */
    boolean take(long now) {
        if (nanosPerMessage == 0) {
            return true;
        }
        while (true) {
            long before = fullAt.get();
            long from = before - now > 0 ? before : now;
            if (from + nanosPerMessage - now > burstNanos) {
                return false;
            }
            if (fullAt.compareAndSet(before, from + nanosPerMessage)) {
                return true;
            }
        }
    }

    /** What was taken last was not used. */
    void giveBack() {
        fullAt.addAndGet(-nanosPerMessage);
    }

    /** Counts a message that was not let in. */
    public void drop() {
        if (dropped.getAndIncrement() == 0) {
            firstDrop.accept(this);
        }
    }

    /** Messages dropped since the last call. */
    public long takeDropped() {
        return dropped.getAndSet(0);
    }
}
