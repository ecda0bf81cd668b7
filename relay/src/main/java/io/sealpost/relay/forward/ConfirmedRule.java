package io.sealpost.relay.forward;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * How much of what one TCP connection was given its peer's process has read, judged by what the
 * kernel knows of the connection. Confined to the event loop of the connection; does no I/O.
 *
 * <p>All positions are octets of the stream. What is confirmed never goes back.
 */
final class ConfirmedRule {
    /*
     * Syslog over TCP has no acknowledgement. What the peer's kernel has acknowledged may still lie in
     * its receive buffer, and is lost when its process dies or closes. Only one thing that the kernel
     * tells is proof, and two more are reasons to trust:
     *
     * - Distance proves: a buffer cannot hold more than was offered. What the peer offers ends at
     *   acknowledged + window, and it never takes that back. With M the largest window there was, what
     *   lies 2 M before that end has left the buffer. (M alone is not enough: the window may be kept
     *   below what the buffer holds.) M is no window that was seen: a window may rise and be
     *   filled between two samples, from what the kernel had to send. So M is the largest step from
     *   what was acknowledged at one sample to what is offered at the next, and no window was larger.
     *   Octets that the peer could take without offering them do not count in that distance. Its
     *   kernel rounds what is left of its offer up to the unit in which it tells windows (1 KiB where
     *   buffers may grow to 32 MB): so a segment of one small message does not make the window
     *   smaller at all, and a process that hangs can have hundreds of KiB of them unread behind a
     *   window as large as ever. For a trickle there is no proof in the kernel.
     * - Drained is trusted: nothing in flight, and the window as large as it ever was seen, hence
     *   nothing unread that shows. While it is still tuned upwards this would claim too much, so it
     *   must have stood still for WINDOW_SETTLED. And a peer that chokes on a message closes right
     *   after the read and throws away what it read behind it, so the connection must outlive it
     *   by REACTION; and it must have carried more than the distance, for the window of a young one
     *   may have been as large with octets unread from the first.
     * - Silence is trusted: drained, everything acknowledged, no traffic for SILENCE.
     *
     * A process that hangs looks drained and silent, too, and when it dies it takes unread messages
     * with it. So what is only trusted moves the cursor, but is kept (SilentTail) until it is proven,
     * by distance or by the peer's FIN (Doubt, PeerClose), in case the connection ends badly.
     *
     * Without a window (old kernels, sandboxes) only distance and quiet are left: as much as the
     * largest receive buffer that Linux makes by itself, or ten seconds without traffic.
     */

    /** Time that the largest window must stand still before "drained" is believed. */
    static final long WINDOW_SETTLED = Duration.ofMillis(200).toNanos();

    /**
     * Time that a peer has to answer what it read by closing, after which what was drained is
     * trusted. What is trusted is read from the spool once more, so not sooner.
     */
    static final long REACTION = Duration.ofMillis(500).toNanos();

    /**
     * Time without traffic after which everything drained is trusted; longer than the keepalive,
     * which has the peer tell its window again, and shorter than two seconds.
     */
    static final long SILENCE = Duration.ofMillis(1500).toNanos();

    /** Never believe that less than this distance proves anything, in octets. */
    static final long LEAST_DISTANCE = 512 * 1024;

    /** The distance is measured in steps of this part of it. */
    static final int STEPS = 64;

    /** Distance that proves whatever the window, in octets. */
    static final long BLIND_DISTANCE = 32 * 1024 * 1024;

    /** Quiet to trust where the window is not known. */
    static final long BLIND_QUIET = Duration.ofSeconds(10).toNanos();

    private static final long NONE = -1;

    /** How much had been acknowledged, and how much of that in segments that show. */
    private record Step(long acknowledged, long showing) {}

    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private long largestWindow;
    private long largestSince;
    private long mostOffered;
    private long acknowledged;
    private long showing;
    private long unseen;
    private long handed;
    private long lastTraffic;
    private long candidate = NONE;
    private long candidateSince;
    private long proven;
    private long trusted;

    /** A rule for a connection that was made at this time. */
    ConfirmedRule(long nowNanos) {
        largestSince = nowNanos;
        lastTraffic = nowNanos;
        steps.add(new Step(0, 0));
    }

    /**
     * Takes in what the kernel says now, while the connection is known to be open.
     *
     * @param nowHanded octets given to the connection so far
     * @param nowAcknowledged octets acknowledged by the peer's kernel
     * @param inFlight whether segments are not acknowledged yet
     * @param window the send window in octets, 0 where it is not known
     * @param nowUnseen octets that the peer may have taken so far without a smaller window
     */
    void sample(
            long nowNanos,
            long nowHanded,
            long nowAcknowledged,
            boolean inFlight,
            long window,
            long nowUnseen) {
        long reached = Math.min(nowAcknowledged, nowHanded);
        if (nowHanded != handed || reached != acknowledged) {
            lastTraffic = nowNanos;
        }
        handed = nowHanded;
        if (window > 0 || largestWindow > 0) {
            mostOffered = Math.max(mostOffered, reached + window - acknowledged);
        }
        if (reached > acknowledged) {
            showing += Math.max(0, reached - acknowledged - (nowUnseen - unseen));
            acknowledged = reached;
        }
        unseen = nowUnseen;
        if (window > largestWindow) {
            largestWindow = window;
            largestSince = nowNanos;
            candidate = NONE;
        }
        prove(acknowledged - Math.max(2 * mostOffered, BLIND_DISTANCE));
        if (largestWindow == 0) {
            trust(quiet(nowNanos, BLIND_QUIET) ? handed : 0);
        } else {
            measure(window);
            boolean settled = nowNanos - largestSince >= WINDOW_SETTLED;
            weigh(nowNanos, !inFlight && window >= largestWindow && settled);
        }
    }

    private long distance() {
        return Math.max(2 * mostOffered, LEAST_DISTANCE);
    }

    private void measure(long window) {
        long distance = distance();
        long offered = showing + window;
        while (!steps.isEmpty() && offered - steps.getFirst().showing() >= distance) {
            prove(steps.removeFirst().acknowledged());
        }
        if (steps.isEmpty() || showing - steps.getLast().showing() >= distance / STEPS) {
            steps.addLast(new Step(acknowledged, showing));
        }
    }

    private void weigh(long nowNanos, boolean drained) {
        if (candidate != NONE && nowNanos - candidateSince >= REACTION) {
            trust(candidate);
            candidate = NONE;
        }
        boolean young = acknowledged <= distance();
        if (drained && !young && candidate == NONE && acknowledged > trusted) {
            candidate = acknowledged;
            candidateSince = nowNanos;
        }
        if (drained && quiet(nowNanos, SILENCE)) {
            trust(handed);
        }
    }

    private boolean quiet(long nowNanos, long howLong) {
        return acknowledged == handed && nowNanos - lastTraffic >= howLong;
    }

    private void prove(long upTo) {
        proven = Math.max(proven, upTo);
    }

    private void trust(long upTo) {
        trusted = Math.max(trusted, upTo);
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return proven;
    }

    /** Octets that count as delivered: proven, or trusted. */
    long confirmed() {
        return Math.max(proven, trusted);
    }

    /** Octets acknowledged by the peer's kernel, at the last sample. */
    long acknowledged() {
        return acknowledged;
    }

    /** When anything was last handed over or acknowledged, as seen by the samples. */
    long lastTraffic() {
        return lastTraffic;
    }
}
