package io.sealpost.relay.listen;

/**
 * Hashes of those messages of a RELP session whose acknowledgements its client may not have, in
 * order: all that are not acknowledged, and the last ones that are. Confined to the connection's
 * event loop.
 */
final class SessionTail {
    /** Acknowledgements that a client may have left unread; librelp sends 128 messages ahead. */
    static final int ACKNOWLEDGED = 2048;

    private static final int FIRST_ROOM = 64;

    private final Budget budget;

    /** A power of two long. */
    private long[] ring = new long[FIRST_ROOM];

    private long next;

    /** How much memory all sessions together may take for this. */
    interface Budget {
        /** So many more hashes; false if that is too much. */
        boolean take(int hashes);

        void giveBack(int hashes);
    }

    SessionTail(Budget budget) {
        this.budget = budget;
    }

    /** One more message, while so many of the session are acknowledged. */
    void add(long hash, long acknowledged) {
        if (next - first(acknowledged) == ring.length && budget.take(ring.length)) {
            long[] larger = new long[2 * ring.length];
            for (long i = next - ring.length; i < next; i++) {
                larger[(int) i & (larger.length - 1)] = ring[(int) i & (ring.length - 1)];
            }
            ring = larger;
        }
        ring[(int) next++ & (ring.length - 1)] = hash;
    }

    private long first(long acknowledged) {
        long unsure = Math.clamp(acknowledged - ACKNOWLEDGED, 0, next);
        return Math.max(next - ring.length, unsure);
    }

    /** All that is known; nothing is left of it here. */
    long[] take(long acknowledged) {
        long first = first(acknowledged);
        long[] hashes = new long[(int) (next - first)];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = ring[(int) (first + i) & (ring.length - 1)];
        }
        budget.giveBack(ring.length - FIRST_ROOM);
        ring = new long[FIRST_ROOM];
        next = 0;
        return hashes;
    }
}
