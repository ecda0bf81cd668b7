package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.Optional;

/** The order to stop, and how long each step of it may take. Thread-safe. */
final class StopOrder {
    private final NanoClock clock;

    /** An order to whoever this one belongs to holds here as well. */
    private final Optional<StopOrder> above;

    private volatile boolean given;
    private volatile long sendUntil;
    private volatile long closeAt;

    StopOrder(NanoClock clock) {
        this(clock, Optional.empty());
    }

    private StopOrder(NanoClock clock, Optional<StopOrder> above) {
        this.clock = clock;
        this.above = above;
    }

    /** An order for one part of what this one is for. */
    StopOrder within() {
        return new StopOrder(clock, Optional.of(this));
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

    /** Gives the order to send nothing more, and to close at the latest after this time. */
    void giveNow(Duration grace) {
        long now = clock.nanos();
        sendUntil = now;
        closeAt = now + grace.toNanos();
        given = true;
    }

    boolean given() {
        return given || above.map(StopOrder::given).orElse(false);
    }

    /** Whether new messages may still be sent. */
    boolean maySend() {
        return above.map(StopOrder::maySend).orElse(true)
                && (!given || clock.nanos() - sendUntil < 0);
    }

    /** Whether the connection must be closed now, whatever is confirmed. */
    boolean over() {
        return above.map(StopOrder::over).orElse(false) || (given && clock.nanos() - closeAt >= 0);
    }
}
