package io.sealpost.relay.runtime;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Time, handed in wherever it is needed so that tests can hold it. Thread-safe. */
public interface NanoClock {
    /** A monotonic reading in nanoseconds; only differences mean something. */
    long nanos();

    /** Wall clock time in microseconds since the epoch. */
    long epochMicros();

    /** The machine's clocks. */
    static NanoClock system() {
        return SystemClock.INSTANCE;
    }

    /** The machine's clocks. */
    enum SystemClock implements NanoClock {
        INSTANCE;

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochMicros() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        }
    }
}
