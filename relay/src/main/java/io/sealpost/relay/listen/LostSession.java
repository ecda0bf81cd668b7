package io.sealpost.relay.listen;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

/**
 * A RELP session that has ended without its client having closed it: what the client may send again
 * on its next one. Immutable.
 */
final class LostSession {
    private final long[] hashes;
    private final BooleanSupplier durable;

    /** Those messages that occur once. */
    private final BitSet unique = new BitSet();

    /**
     * A lost session.
     *
     * @param hashes of its last messages, in order
     * @param durable whether all of them are; asked from any thread
     */
    LostSession(long[] hashes, BooleanSupplier durable) {
        this.hashes = hashes;
        this.durable = durable;
        long[] sorted = hashes.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < hashes.length; i++) {
            int at = Arrays.binarySearch(sorted, hashes[i]);
            boolean before = at > 0 && sorted[at - 1] == hashes[i];
            boolean behind = at + 1 < sorted.length && sorted[at + 1] == hashes[i];
            unique.set(i, !before && !behind);
        }
    }

    int length() {
        return hashes.length;
    }

    long hash(int index) {
        return hashes[index];
    }

    boolean durable() {
        return durable.getAsBoolean();
    }

    /** Whether one of the messages in {@code [from, end)} occurs nowhere else in the session. */
    boolean hasUnique(int from, int end) {
        int first = unique.nextSetBit(from);
        return first >= 0 && first < end;
    }
}
