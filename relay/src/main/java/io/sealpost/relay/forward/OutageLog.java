package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;

/**
 * Tells the operator when an upstream goes down and comes up: one line each, and while it stays
 * down or flaps one line per {@link #REPEAT}. Confined to the forwarder's thread.
 */
final class OutageLog {
    /** Least time between two lines about the same trouble. */
    static final Duration REPEAT = Duration.ofSeconds(30);

    private final Logger logger;
    private final String upstream;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private String lastUp = "";
    private boolean toldDown;
    private boolean everDown;
    private boolean isDown;
    private long toldAt;
    private long untold;

    OutageLog(Logger logger, String upstream, NanoClock clock, ForwardObserver observer) {
        this.observer = observer;
        this.logger = logger;
        this.upstream = upstream;
        this.clock = clock;
    }

    /** A connection was made. */
    void up(String server, long queued) {
        if (toldDown || !everDown || !server.equals(lastUp)) {
            logger.info("upstream {}: connected to {}, {} queued", upstream, server, queued);
        }
        lastUp = server;
        toldDown = false;
        everDown = true;
        if (isDown) {
            isDown = false;
            observer.up(upstream, server);
        }
    }

    /**
     * No connection.
     *
     * @param what what happened, to stand before "SERVER: reason"
     */
    void down(String what, String server, String reason, long queued, Duration nextTry) {
        if (!isDown) {
            isDown = true;
            observer.down(upstream, what + " " + server + ": " + reason);
        }
        long now = clock.nanos();
        if (everDown && toldAt != 0 && now - toldAt < REPEAT.toNanos()) {
            untold++;
            return;
        }
        logger.warn(
                "upstream {}: {} {}: {}; {} queued, next try in {} s{}",
                upstream,
                what,
                server,
                reason,
                queued,
                String.format(Locale.ROOT, "%.1f", nextTry.toMillis() / 1000.0),
                untold == 0 ? "" : " (" + untold + " more like this not shown)");
        toldDown = true;
        everDown = true;
        toldAt = now;
        untold = 0;
    }
}
