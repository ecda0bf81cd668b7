package io.sealpost.relay.watch;

import java.util.concurrent.atomic.LongAdder;

/**
 * One series of a metric: its label values are resolved once, when it is made. Thread-safe; adding
 * allocates nothing.
 */
public final class Tally {
    private final LongAdder sum = new LongAdder();

    Tally() {}

    /** Counts one. */
    public void increment() {
        sum.increment();
    }

    /** Counts so many; negative only for gauges. */
    public void add(long count) {
        sum.add(count);
    }

    /** The count so far. */
    public long get() {
        return sum.sum();
    }
}
