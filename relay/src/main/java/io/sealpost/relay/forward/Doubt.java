package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * How long it has been unknown of one connection whether its peer's process has read what it was
 * sent, and when that has to be found out. Confined to the forwarder's thread.
 */
final class Doubt {
    /*
     * Of messages that trickle the kernel proves nothing (ConfirmedRule), for as long as they trickle.
     * What is in doubt is kept, and goes out again when the connection ends badly: so it must not
     * grow for ever. A peer that ends the connection in order when we do has read everything, and
     * that costs a connection of its own each time. So it is asked for only when the connection has
     * much in doubt, and then at most once a minute, or something for long.
     */

    /** As much in doubt as this, in octets, for LEAST is found out. */
    static final long MUCH = SilentTail.MAX_OCTETS;

    /** Least time between two times. */
    static final Duration LEAST = Duration.ofMinutes(1);

    /** Anything in doubt for this long is found out. */
    static final Duration MOST = Duration.ofMinutes(10);

    private long end;
    private long since;

    /** Nothing sent yet on a connection made at this time. */
    Doubt(long nowNanos) {
        since = nowNanos;
    }

    /**
     * Whether it is time to find out.
     *
     * @param sent octets sent so far on the connection
     * @param proven how many of them were read
     * @param factor how many times as long as usual it may last
     */
    boolean unbearable(long nowNanos, long sent, long proven, long factor) {
        if (proven >= end) {
            end = sent;
            since = nowNanos;
        }
        Duration most = sent - proven >= MUCH ? LEAST : MOST;
        return sent > proven && nowNanos - since >= most.toNanos() * factor;
    }
}
