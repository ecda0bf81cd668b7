package io.sealpost.relay.listen;

/**
 * How many durable messages of one connection wait for which place of the spool to be delivered: a
 * ring of chunks, the oldest first. Confined to the connection's event loop. A chunk for which it
 * has no place is counted with the one before, which then waits for both.
 */
final class Undelivered {
    /** A power of two. */
    private static final int CHUNKS = 64;

    private static final int MASK = CHUNKS - 1;

    private final long[] places = new long[CHUNKS];
    private final long[] messages = new long[CHUNKS];
    private final long[] since = new long[CHUNKS];
    private long first;
    private long next;

    /** So many messages are delivered when the upstreams are at this place of the spool. */
    void add(long moreMessages, long place, long nowNanos) {
        boolean merge = next - first == CHUNKS;
        int at = (int) (merge ? next - 1 : next++) & MASK;
        messages[at] = merge ? messages[at] + moreMessages : moreMessages;
        places[at] = place;
        since[at] = nowNanos;
    }

    /** Takes out the messages that are delivered when the upstreams are there. */
    long take(long reached) {
        long taken = 0;
        while (next > first && places[(int) first & MASK] <= reached) {
            taken += messages[(int) first++ & MASK];
        }
        return taken;
    }

    /** Takes out the messages that were added before this time or then. */
    long takeSince(long nanos) {
        long taken = 0;
        while (next > first && since[(int) first & MASK] - nanos <= 0) {
            taken += messages[(int) first++ & MASK];
        }
        return taken;
    }

    boolean isEmpty() {
        return next == first;
    }
}
