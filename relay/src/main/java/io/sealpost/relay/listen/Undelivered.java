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
    private final long[] octets = new long[CHUNKS];
    private final long[] since = new long[CHUNKS];
    private long first;
    private long next;
    private long allOctets;
    private long late;

    /** So many messages of so many octets are delivered when the upstreams are at this place. */
    void add(long moreMessages, long moreOctets, long place, long nowNanos) {
        boolean merge = next - first == CHUNKS;
        int at = (int) (merge ? next - 1 : next++) & MASK;
        messages[at] = merge ? messages[at] + moreMessages : moreMessages;
        octets[at] = merge ? octets[at] + moreOctets : moreOctets;
        places[at] = merge ? Math.max(places[at], place) : place;
        since[at] = nowNanos;
        allOctets += moreOctets;
    }

    /**
     * Takes out the messages, in order, that are delivered when the upstreams are there, or were
     * added before this time or then; says how many.
     */
    long take(long reached, long nanos) {
        long taken = 0;
        late = 0;
        while (next > first) {
            int at = (int) first & MASK;
            boolean delivered = places[at] <= reached;
            if (!delivered && since[at] - nanos > 0) {
                break;
            }
            first++;
            taken += messages[at];
            late += delivered ? 0 : messages[at];
            allOctets -= octets[at];
        }
        return taken;
    }

    /** So many of those taken out last were not delivered. */
    long late() {
        return late;
    }

    boolean isEmpty() {
        return next == first;
    }

    /** Octets of all chunks. */
    long octets() {
        return allOctets;
    }
}
