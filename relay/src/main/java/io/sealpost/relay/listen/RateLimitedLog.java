package io.sealpost.relay.listen;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** At most one line a second about one kind of event; the next one says how many were left out. */
final class RateLimitedLog {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Logger log;
    private final NanoClock clock;
    private final AtomicLong lastNanos;
    private final AtomicLong leftOut = new AtomicLong();

    RateLimitedLog(Logger log, NanoClock clock) {
        this.log = log;
        this.clock = clock;
        this.lastNanos = new AtomicLong(clock.nanos() - INTERVAL_NANOS);
    }

    void warn(String format, Object... arguments) {
        long now = clock.nanos();
        long last = lastNanos.get();
        if (now - last < INTERVAL_NANOS || !lastNanos.compareAndSet(last, now)) {
            leftOut.incrementAndGet();
            return;
        }
        long more = leftOut.getAndSet(0);
        String suffix = more > 0 ? " (and " + more + " more like it)" : "";
        log.warn(format + suffix, arguments);
    }
}
