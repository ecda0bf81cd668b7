package io.sealpost.relay.forward;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What outlives the single connection: how far sending ever got, what was delivered by silence
 * only, and the search for a message that the peer does not bear. Confined to the forwarder's
 * thread but for the count.
 */
final class TcpProgress {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration MOST_PATIENCE = Duration.ofHours(1);

    private final PoisonSearch search = new PoisonSearch();
    private final SilentTail tail;
    private final Map<Long, Integer> refusals = new HashMap<>();
    private final NavigableSet<Long> acknowledged = new TreeSet<>();
    private Duration patience = PATIENCE;
    private long sentEnd;
    private long nextNumber;

    // Read by the metrics; written by the forwarder's thread only.
    private volatile long unconfirmed;

    /** Nothing sent yet; the first connection is tried to this server. */
    TcpProgress(Server first) {
        tail = new SilentTail(first);
    }

    /** How long everything may be acknowledged by the peer's kernel and not confirmed. */
    Duration patience() {
        return patience;
    }

    /** That was in vain; next time it may take twice as long. */
    void impatient() {
        Duration twice = patience.multipliedBy(2);
        patience = twice.compareTo(MOST_PATIENCE) < 0 ? twice : MOST_PATIENCE;
    }

    /** How many times as long as at first anything may be in doubt. */
    long impatience() {
        return patience.dividedBy(PATIENCE);
    }

    /** Something was proven. */
    void calm() {
        patience = PATIENCE;
    }

    /** Messages that a server has refused, and how often. */
    Map<Long, Integer> refusals() {
        return refusals;
    }

    /** Messages behind the cursor that a server has acknowledged, though not those before them. */
    NavigableSet<Long> acknowledged() {
        return acknowledged;
    }

    /** The next session of a numbered stream begins with this number, if that is not earlier. */
    void nextNumber(long number) {
        nextNumber = number;
    }

    long nextNumber() {
        return nextNumber;
    }

    /** The messages go over another connection now. */
    void forgetAnswers() {
        refusals.clear();
        acknowledged.clear();
    }

    PoisonSearch search() {
        return search;
    }

    SilentTail tail() {
        return tail;
    }

    /** Notes messages as sent; how many of them had been sent before. */
    long sent(long first, int count) {
        long again = Math.clamp(sentEnd - first, 0, count);
        sentEnd = Math.max(sentEnd, first + count);
        return again;
    }

    /** The message behind the last one ever sent. */
    long sentEnd() {
        return sentEnd;
    }

    void unconfirmed(long messages) {
        unconfirmed = messages;
    }

    /** Messages sent on the present connection and not confirmed. */
    long unconfirmed() {
        return unconfirmed;
    }
}
