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
    private final boolean[] onwards = new boolean[CHUNKS];
    private long first;
    private long next;
    private long allOctets;

    /**
     * So many messages of so many octets are durable when the lane is, up to this position.
     *
     * @param deliver whether they are to be delivered as well before they are acknowledged
     */
    void add(long moreMessages, long moreOctets, long position, boolean deliver) {
        int last = (int) (next - 1) & MASK;
        boolean merge = next > first && (next - first == CHUNKS || positions[last] == position);
        int at = merge ? last : (int) next++ & MASK;
        positions[at] = position;
        messages[at] = merge ? messages[at] + moreMessages : moreMessages;
        octets[at] = merge ? octets[at] + moreOctets : moreOctets;
        onwards[at] = merge ? onwards[at] || deliver : deliver;
        allOctets += moreOctets;
    }

    /**
     * Takes out the messages that are durable when the lane is so far, and says how many: the
     * oldest, and those behind it that are to be delivered as it is, or not.
     */
    long take(long synced) {
        boolean deliver = toDeliver();
        long taken = 0;
        while (next > first
                && positions[(int) first & MASK] <= synced
                && onwards[(int) first & MASK] == deliver) {
            int at = (int) first++ & MASK;
            taken += messages[at];
            allOctets -= octets[at];
        }
        return taken;
    }

    /** Whether the oldest chunk is to be delivered as well. */
    boolean toDeliver() {
        return onwards[(int) first & MASK];
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
