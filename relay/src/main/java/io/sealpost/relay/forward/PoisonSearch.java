package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * Finds the one message that a peer always answers by closing the connection. Told what happened,
 * says how to go on; does no I/O. Confined to the forwarder's thread.
 */
final class PoisonSearch {
    /*
     * A message that the peer chokes on would be sent again for ever and block everything behind it.
     * But most closes have nothing to do with what was sent: servers restart, flap, refuse, speak
     * TLS on that port. Setting a good message aside loses it, so the search must be sure.
     *
     * After FAILURES connections in a row that were accepted, had something unconfirmed, and ended
     * without any progress, sending becomes cautious: a burst at a time, beginning with one message,
     * each only after the one before it has passed (acknowledged, and not answered by a close for
     * a moment). A burst that passes doubles the next. So a server that merely restarted is back at
     * full speed in seconds. A burst that is answered by a close narrows the search: everything
     * before it goes out in the largest bursts up to exactly there, must be confirmed, and then
     * comes a burst of half the size, which must be confirmed as well. So a message in the midst of
     * megabytes is found in a dozen steps or two.
     *
     * A close after a burst of exactly one message is a strike against it. Five strikes against the
     * same message, with no pass between them, make it exhausted. What keeps good messages safe:
     *
     * - Each cautious connection must first stay open unused for a while, longer with each strike.
     *   A close in that time proves that the peer closes by itself: the search is given up, all
     *   strikes are forgotten. A flapping or restarting server hardly passes five of these waits
     *   and dies each time in the short moment before the message passes.
     * - A refused connection is no connection: it counts nowhere. Nor does one that the kernel gave
     *   up, because the peer had been silent for too long: it hangs, or is gone.
     * - An exhausted message is set aside only if another fared better: one of the next messages is
     *   sent alone, on a connection that had carried nothing else. If that is answered by a close
     *   too, the peer is at fault and nobody is set aside (a TLS port closes at everything). The
     *   distance grows with each trial, because the next message may be just as poisonous.
     * - Where no message follows, one must have been confirmed since the last set-aside. So a peer
     *   that begins to refuse everything costs at most one message. If none was, nothing is decided,
     *   and another connection of the upstream may try, if it has any.
     *
     * Rejected: judging by the position in the stream of the failed connections (what the peer read
     * before it closed is not known), and a time limit per message (slow is not poisonous).
     */

    /** Fruitless connections in a row that make sending cautious. */
    static final int FAILURES = 2;

    /** Tries of one message alone before it is exhausted. */
    static final int TRIES = 5;

    /** Largest burst, in octets. */
    static final int MAX_BURST = 1024 * 1024;

    /** How many of the messages behind an exhausted one are tried in its place. */
    static final int SUBSTITUTES = 5;

    /** How long a connection must stay open unused; once more for each strike. */
    static final Duration UNUSED = Duration.ofMillis(200);

    /** How long an acknowledged burst must stay unanswered to pass. */
    static final Duration UNANSWERED = Duration.ofMillis(150);

    /** The same once the search is narrowed, where the burst is not confirmed before. */
    static final Duration LONG_UNANSWERED = Duration.ofSeconds(2);

    private static final long NOBODY = -1;

    private int failures;
    private boolean cautious;
    private long end;
    private int burst = 1;
    private boolean narrowed;
    private long low;
    private long suspect = NOBODY;
    private int strikes;
    private int trials;
    private boolean othersTaken;
    private boolean undecided;

    /** Whether to send in bursts. */
    boolean cautious() {
        return cautious;
    }

    /** Octets of the next burst, which begins here; at least one message, however long. */
    int burst(long first) {
        return narrowed && first < low ? MAX_BURST : burst;
    }

    /** How many of so many messages the burst may hold. */
    int limit(long first, int messages) {
        return narrowed && first < low ? (int) Math.min(messages, low - first) : messages;
    }

    /** Whether a burst that begins at one message must end before the other. */
    boolean divides(long first, long other) {
        return narrowed && first < low && other >= low;
    }

    /** How long a burst that ends here must stay unanswered unless it is confirmed before. */
    Duration unanswered(long end) {
        return narrowed && end >= low ? LONG_UNANSWERED : UNANSWERED;
    }

    /** How long the connection must stay open before anything is sent. */
    Duration unused() {
        return UNUSED.multipliedBy(1 + Math.min(strikes, TRIES));
    }

    /** Something was confirmed. */
    void progressed() {
        othersTaken = true;
        failures = 0;
    }

    /**
     * An accepted connection has ended while sending was not cautious.
     *
     * @param fruitless whether something was unconfirmed and nothing was confirmed
     * @param sentEnd the message behind the last one sent
     */
    void ended(boolean fruitless, long sentEnd) {
        failures = fruitless ? failures + 1 : 0;
        if (failures >= FAILURES) {
            cautious = true;
            burst = 1;
            end = sentEnd;
        }
    }

    /** A cautious connection ended before anything was sent on it. */
    void endedUnused() {
        giveUp();
    }

    /** A burst passed. */
    void passed(long first, int messages, int octets) {
        if (suspect >= first && suspect < first + messages) {
            forgetSuspect();
        }
        if (!narrowed || first >= low) {
            burst = Math.min(MAX_BURST, Math.max(burst, octets) * 2);
        }
        reached(first + messages);
    }

    /** Everything before this message is behind us. */
    void reached(long sequence) {
        if (sequence >= end) {
            giveUp();
        }
    }

    /** A burst was answered by a close. */
    void closedAt(long first, int messages, int octets) {
        narrowed = true;
        low = first;
        if (messages > 1) {
            burst = Math.max(1, octets / 2);
            end = first + messages;
            return;
        }
        burst = 1;
        end = first + 1;
        if (suspect != first) {
            suspect = first;
            strikes = 0;
            trials = 0;
        }
        strikes++;
    }

    /** Whether this message has been tried often enough. */
    boolean exhausted(long sequence) {
        return suspect == sequence && strikes >= TRIES;
    }

    /** Strikes against the present suspect. */
    int strikes() {
        return strikes;
    }

    /** Which of the messages behind the exhausted one to try now: 1 is the next. */
    int substitute() {
        return 1 + trials;
    }

    /** The substitute was answered by a close as well. */
    void substituteClosed() {
        trials++;
        if (trials >= SUBSTITUTES) {
            giveUp();
        }
    }

    /** Whether an exhausted message may be set aside though none follows it. */
    boolean othersTaken() {
        return othersTaken;
    }

    /** It cannot be told whether the exhausted message or the peer is at fault. */
    void undecided() {
        undecided = true;
    }

    /** Whether that was found since last asked. */
    boolean takeUndecided() {
        boolean taken = undecided;
        undecided = false;
        return taken;
    }

    /** The suspect was set aside. */
    void setAside() {
        othersTaken = false;
        giveUp();
    }

    private void giveUp() {
        cautious = false;
        failures = 0;
        burst = 1;
        narrowed = false;
        forgetSuspect();
    }

    private void forgetSuspect() {
        suspect = NOBODY;
        strikes = 0;
        trials = 0;
    }
}
