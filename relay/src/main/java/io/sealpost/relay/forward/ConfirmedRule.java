package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * How much of what one TCP connection was given its peer's process must have read, judged by what
 * the kernel knows of the connection. Confined to the event loop of the connection; does no I/O.
 *
 * <p>All positions are octets of the stream. What is confirmed never goes back.
 */
final class ConfirmedRule {
    /*
     * Syslog over TCP has no acknowledgement. What the peer's kernel has acknowledged may still lie in
     * its receive buffer, and is lost when its process dies or closes. Three kinds of evidence:
     *
     * - Distance: a buffer cannot hold more than it once offered. With M the largest send window
     *   seen, what lies 2 M behind the acknowledged octets has left the buffer. (M alone was not
     *   enough: the window counts payload, the buffer overhead too, and M is sampled.)
     * - Drained: nothing is in flight, and the window is as large as it ever was: the buffer is
     *   empty. While the window is still tuned upwards this would claim too much, so M must have
     *   stood still for WINDOW_SETTLED. M may be a peak that never returns, so this evidence can
     *   fail for ever, and cannot stand alone.
     * - Silence: drained, everything is acknowledged, and nothing was sent or acknowledged for a
     *   while. That is how a quiet connection gets to no duplicates. It is trusted, but proves
     *   nothing.
     *
     * What drained cannot see: a peer's kernel offers less than its buffer holds, so a few unread
     * KiB do not show in the window (up to 16 were measured on connections that had carried much),
     * and on a young connection, whose M was set while octets lay unread, several dozen do not. So
     * drained counts only once the connection has carried more than the distance, and SLACK is held
     * back. For small amounts there is no evidence in the kernel at all, only silence. A process that
     * hangs is silent too, and when it dies it takes unread messages with it. So what nothing but
     * silence confirmed is kept in memory (SilentTail), in case the connection ends badly.
     *
     * Nor does drained say that the process has understood: a peer that chokes on a message closes
     * the connection right after the read, and throws away what it read behind it. So drained counts
     * only when the connection has outlived it by REACTION: the candidate waits that long, and no
     * sample is taken of a connection that is ending. Waiting is always safe: it costs duplicates,
     * never messages.
     *
     * Without a window (old kernels, sandboxes) only distance and quiet are left: 16 MB, or ten
     * seconds without traffic.
     */

    /** Time that the largest window must stand still before "drained" is believed. */
    static final long WINDOW_SETTLED = Duration.ofMillis(200).toNanos();

    /** Time that a peer has to answer what it read by closing. */
    static final long REACTION = Duration.ofMillis(100).toNanos();

    /**
     * Time without traffic after which everything drained is confirmed; longer than the keepalive,
     * which has the peer tell its window again, and shorter than two seconds.
     */
    static final long SILENCE = Duration.ofMillis(1500).toNanos();

    /** Never trust less than this distance, in octets. */
    static final long LEAST_DISTANCE = 256 * 1024;

    /** Octets held back while there is traffic. */
    static final long SLACK = 16 * 1024;

    /** Distance to trust where the window is not known, in octets. */
    static final long BLIND_DISTANCE = 16 * 1024 * 1024;

    /** Quiet to trust where the window is not known. */
    static final long BLIND_QUIET = Duration.ofSeconds(10).toNanos();

    private static final long NONE = -1;

    private long largestWindow;
    private long largestSince;
    private long acknowledged;
    private long handed;
    private long lastTraffic;
    private long candidate = NONE;
    private long candidateSince;
    private long drained = NONE;
    private long proven;
    private long silent;

    /** A rule for a connection that was made at this time. */
    ConfirmedRule(long nowNanos) {
        largestSince = nowNanos;
        lastTraffic = nowNanos;
    }

    /**
     * Takes in what the kernel says now, while the connection is known to be open.
     *
     * @param nowHanded octets given to the connection so far
     * @param nowAcknowledged octets acknowledged by the peer's kernel
     * @param inFlight whether segments are not acknowledged yet
     * @param window the send window in octets, 0 where it is not known
     */
    void sample(
            long nowNanos, long nowHanded, long nowAcknowledged, boolean inFlight, long window) {
        long reached = Math.min(nowAcknowledged, nowHanded);
        if (nowHanded != handed || reached != acknowledged) {
            lastTraffic = nowNanos;
        }
        handed = nowHanded;
        acknowledged = Math.max(acknowledged, reached);
        if (window > largestWindow) {
            largestWindow = window;
            largestSince = nowNanos;
        }
        if (largestWindow == 0) {
            confirmBlindly(nowNanos);
        } else {
            confirmByWindow(nowNanos, inFlight, window);
        }
    }

    private void confirmByWindow(long nowNanos, boolean inFlight, long window) {
        boolean empty =
                !inFlight && window >= largestWindow && nowNanos - largestSince >= WINDOW_SETTLED;
        weighDrained(nowNanos, empty);
        long distance = Math.max(2 * largestWindow, LEAST_DISTANCE);
        long behind = acknowledged - distance;
        prove((behind > 0 ? Math.max(drained, behind) : 0) - SLACK);
        if (empty && quiet(nowNanos, SILENCE)) {
            silent = handed;
        }
    }

    private void weighDrained(long nowNanos, boolean empty) {
        if (candidate != NONE && nowNanos - candidateSince >= REACTION) {
            drained = candidate;
            candidate = NONE;
        }
        if (empty && candidate == NONE && acknowledged > drained) {
            candidate = acknowledged;
            candidateSince = nowNanos;
        }
    }

    private void confirmBlindly(long nowNanos) {
        prove(acknowledged - BLIND_DISTANCE);
        if (quiet(nowNanos, BLIND_QUIET)) {
            silent = handed;
        }
    }

    private boolean quiet(long nowNanos, long howLong) {
        return acknowledged == handed && nowNanos - lastTraffic >= howLong;
    }

    private void prove(long upTo) {
        proven = Math.max(proven, upTo);
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return proven;
    }

    /** Octets that count as delivered: proven, or long enough silent. */
    long confirmed() {
        return Math.max(proven, silent);
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
