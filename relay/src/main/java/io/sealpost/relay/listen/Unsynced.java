package io.sealpost.relay.listen;

/**
 * How many messages of one connection wait for which position of the lane to be durable: a ring of
 * chunks, the oldest first. Confined to the connection's event loop. A chunk for which it has no
 * place is counted with the one before, which then waits for both.
 */
final class Unsynced {
    /** A power of two. */
    private static final int CHUNKS = 16;

    private static final int MASK = CHUNKS - 1;

    private final long[] positions = new long[CHUNKS];
    private final long[] messages = new long[CHUNKS];
    private final long[] octets = new long[CHUNKS];
    private long first;
    private long next;
    private long allOctets;

    /** So many messages of so many octets are durable when the lane is, up to this position. */
    void add(long moreMessages, long moreOctets, long position) {
        int last = (int) (next - 1) & MASK;
        boolean merge = next > first && (next - first == CHUNKS || positions[last] == position);
        int at = merge ? last : (int) next++ & MASK;
        positions[at] = position;
        messages[at] = merge ? messages[at] + moreMessages : moreMessages;
        octets[at] = merge ? octets[at] + moreOctets : moreOctets;
        allOctets += moreOctets;
    }

    /** Takes out the messages that are durable when the lane is so far, and says how many. */
    long take(long synced) {
        long taken = 0;
        while (next > first && positions[(int) first & MASK] <= synced) {
            int at = (int) first++ & MASK;
            taken += messages[at];
            allOctets -= octets[at];
        }
        return taken;
    }

    boolean isEmpty() {
        return next == first;
    }

    /** What the oldest chunk waits for. */
    long oldest() {
        return positions[(int) first & MASK];
    }

    /** Octets of all chunks. */
    long octets() {
        return allOctets;
    }
}
