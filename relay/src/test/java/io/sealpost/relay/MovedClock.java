package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clocks, which the test moves on, or has run faster. */
final class MovedClock implements NanoClock {
    private final NanoClock system = NanoClock.system();
    private final long startNanos = system.nanos();
    private final long startMicros = system.epochMicros();
    private final AtomicLong ahead = new AtomicLong();
    private final int speed;

    private MovedClock(int speed) {
        this.speed = speed;
    }

    static MovedClock atNow() {
        return new MovedClock(1);
    }

    /** Runs so many times as fast as the machine's. */
    static MovedClock faster(int speed) {
        return new MovedClock(speed);
    }

    void advance(Duration time) {
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
