package io.sealpost.relay.forward;

/**
 * What outlives the single connection: how far sending ever got, what was delivered by silence
 * only, and the search for a message that the peer does not bear. Confined to the forwarder's
 * thread but for the count.
 */
final class TcpProgress {
    private final PoisonSearch search = new PoisonSearch();
    private final SilentTail tail;
    private long sentEnd;

    // Read by the metrics; written by the forwarder's thread only.
    private volatile long unconfirmed;

    /** Nothing sent yet; the first connection is tried to this server. */
    TcpProgress(Server first) {
        tail = new SilentTail(first);
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
