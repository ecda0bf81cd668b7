package io.sealpost.relay.seal;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;

/** A clock that tests move. */
final class HandClock implements NanoClock {
    private long micros = 1_800_000_000_000_000L;

    void pass(Duration time) {
        micros += time.toNanos() / 1000;
    }

    void passNanos(long nanos) {
        micros += Math.ceilDiv(nanos, 1000);
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
