package io.sealpost.relay.forward;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubles from the first to the longest, each time shortened
 * by chance to between half and all of it, so that many senders do not return at once. Confined to
 * one thread.
 */
final class RetryDelay {
    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private long nextNanos;

    RetryDelay(Duration first, Duration max, RandomGenerator random) {
        firstNanos = first.toNanos();
        maxNanos = max.toNanos();
        this.random = random;
        nextNanos = firstNanos;
    }

    /** The next wait, which is longer than the one before it. */
    Duration next() {
        long full = Math.min(nextNanos, maxNanos);
        nextNanos = full >= maxNanos / 2 ? maxNanos : full * 2;
        long half = full / 2;
        return Duration.ofNanos(half + (half == 0 ? 0 : random.nextLong(half + 1)));
    }

    /** Starts again with the first. */
    void reset() {
        nextNanos = firstNanos;
    }
}
