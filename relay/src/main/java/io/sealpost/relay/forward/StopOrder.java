package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;

/** The order to stop, and how long each step of it may take. Thread-safe. */
final class StopOrder {
    private final NanoClock clock;
    private volatile boolean given;
    private volatile long sendUntil;
    private volatile long closeAt;

    StopOrder(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Gives the order. Sending goes on for the first half of the grace; the rest is for what was
     * sent to be confirmed, which takes a moment of quiet.
     */
    void give(Duration grace) {
        long now = clock.nanos();
        sendUntil = now + grace.toNanos() / 2;
        closeAt = now + grace.toNanos();
        given = true;
    }

    boolean given() {
        return given;
    }

    /** Whether new messages may still be sent. */
    boolean maySend() {
        return !given || clock.nanos() - sendUntil < 0;
    }

    /** Whether the connection must be closed now, whatever is confirmed. */
    boolean over() {
        return given && clock.nanos() - closeAt >= 0;
    }
}
