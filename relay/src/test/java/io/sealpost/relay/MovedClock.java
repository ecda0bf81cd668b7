package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clocks that the test moves on, or has run faster. They start at noon: no midnight comes unasked.
 */
public final class MovedClock implements NanoClock {
    private static final long MICROS_PER_DAY = Duration.ofDays(1).toNanos() / 1000;
    private static final Instant NOON = Instant.EPOCH.plus(Duration.ofHours(12));

    private final NanoClock system = NanoClock.system();
    private final long startNanos = system.nanos();
    private final long startMicros =
            NOON.plus(system.epochMicros() / MICROS_PER_DAY, ChronoUnit.DAYS).toEpochMilli() * 1000;
    private final AtomicLong ahead = new AtomicLong();
    private final int speed;

    private MovedClock(int speed) {
        this.speed = speed;
    }

    /** Runs as fast as the machine's. */
    public static MovedClock atNoon() {
        return new MovedClock(1);
    }

    /** Runs so many times as fast as the machine's. */
    public static MovedClock faster(int speed) {
        return new MovedClock(speed);
    }

    /** Moves them on. */
    public void advance(Duration time) {
        ahead.addAndGet(time.toNanos());
    }

    private long elapsed() {
        return (system.nanos() - startNanos) * speed + ahead.get();
    }

    @Override
    public long nanos() {
        return startNanos + elapsed();
    }

    @Override
    public long epochMicros() {
        return startMicros + elapsed() / 1000;
    }
}
