package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A clock that tests move. */
final class FakeClock implements NanoClock {
    private volatile long micros;

    FakeClock(String instant) {
        micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }

    void advance(Duration time) {
        micros += time.toNanos() / 1000;
    }

    void set(String instant) {
        micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }

    @Override
    public long nanos() {
        return micros * 1000;
    }

    @Override
    public long epochMicros() {
        return micros;
    }
}
