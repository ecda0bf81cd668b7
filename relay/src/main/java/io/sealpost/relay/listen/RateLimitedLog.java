package io.sealpost.relay.listen;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.Events;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * At most one line a second about one kind of event, and as often an event of the relay; the next
 * one says how many were left out.
 */
public final class RateLimitedLog {
    private static final long NOT_NOW = -1;
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Logger log;
    private final NanoClock clock;
    private final AtomicLong lastNanos;
    private final AtomicLong leftOut = new AtomicLong();

    /** Writes to this log. */
    public RateLimitedLog(Logger log, NanoClock clock) {
        this.log = log;
        this.clock = clock;
        this.lastNanos = new AtomicLong(clock.nanos() - INTERVAL_NANOS);
    }

    /** Warns, unless it did so within the last second. */
    public void warn(String format, Object... arguments) {
        long more = turn();
        if (more != NOT_NOW) {
            log.warn(format + suffix(more), arguments);
        }
    }

    /** Makes the event only if it is its turn, logs its text and raises it. */
    void tell(Events events, Supplier<Event> event) {
        long more = turn();
        if (more != NOT_NOW) {
            Event told = event.get();
            log.warn("{}{}", told.text(), suffix(more));
            events.raise(told.after(more));
        }
    }

    /** How many were left out before the one that may be told now, or NOT_NOW. */
    private long turn() {
        long now = clock.nanos();
        long last = lastNanos.get();
        if (now - last < INTERVAL_NANOS || !lastNanos.compareAndSet(last, now)) {
            leftOut.incrementAndGet();
            return NOT_NOW;
        }
        return leftOut.getAndSet(0);
    }

    static String suffix(long more) {
        return more > 0 ? " (and " + more + " more like it)" : "";
    }
}
