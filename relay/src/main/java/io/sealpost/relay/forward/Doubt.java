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
     * that costs a connection of its own each time. So a doubt that has lasted a minute is looked
     * into only if it is about much; one that has lasted ten minutes, whatever it is about.
     */

    /** Octets in doubt that are much. */
    static final long MUCH = SilentTail.MAX_OCTETS;

    /** How long a doubt about much may last: the least time between two times of finding out. */
    static final Duration MUCH_BORNE = Duration.ofMinutes(1);

    /** How long a doubt about anything may last. */
    static final Duration LITTLE_BORNE = Duration.ofMinutes(10);

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
        Duration borne = sent - proven >= MUCH ? MUCH_BORNE : LITTLE_BORNE;
        return sent > proven && nowNanos - since >= borne.toNanos() * factor;
    }
}
