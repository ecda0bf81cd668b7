package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A piece of the log's leaf hashes, found by their octets. Equal messages have equal hashes, so one
 * may stand in several places. Confined.
 */
final class LeafSegment {
    static final int LEAVES = 1 << 16;

    private static final int SLOTS = 2 * LEAVES;
    private static final int NONE = -1;

    /** Of equal hashes so many are looked at: all the others are as good. */
    private static final int MOST_EQUALS = 1 << 12;

    private final long first;
    private final int count;
    private final byte[] hashes;

    /** By slot: first and last of equal leaves, and the one that was found last. */
    private final int[] heads = new int[SLOTS];

    private final int[] tails = new int[SLOTS];
    private final int[] cursors = new int[SLOTS];

    /** By leaf: the next with the same hash. */
    private final int[] next;

    LeafSegment(long first, int count, byte[] hashes) {
        this.first = first;
        this.count = count;
        this.hashes = hashes;
        this.next = new int[count];
        Arrays.fill(heads, NONE);
        Arrays.fill(next, NONE);
        for (int i = 0; i < count; i++) {
            int slot = slot(hashes, i * Hash.OCTETS);
            if (heads[slot] == NONE) {
                heads[slot] = i;
                cursors[slot] = i;
            } else {
                next[tails[slot]] = i;
            }
            tails[slot] = i;
        }
    }

    private int slot(byte[] b, int at) {
        int slot = ByteBuffer.wrap(b).getInt(at) & (SLOTS - 1);
        while (heads[slot] != NONE && !isAt(heads[slot], b, at)) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }

    private boolean isAt(int leaf, byte[] b, int at) {
        int from = leaf * Hash.OCTETS;
        return Arrays.equals(hashes, from, from + Hash.OCTETS, b, at, at + Hash.OCTETS);
    }

    boolean covers(long leaf) {
        return leaf >= first && leaf < first + count;
    }

    /** Whether this leaf of the segment has the hash. */
    boolean isAt(long leaf, byte[] b, int at) {
        return isAt((int) (leaf - first), b, at);
    }

    /** The first leaf with this hash from there on that was not seen, or -1. */
    long unseen(byte[] b, int at, long from, LeafSet seen) {
        int slot = slot(b, at);
        int leaf = heads[slot];
        if (leaf == NONE) {
            return NONE;
        }
        if (first + cursors[slot] <= from) {
            leaf = cursors[slot];
        }
        for (int looked = 0; leaf != NONE && looked < MOST_EQUALS; looked++) {
            if (first + leaf >= from && !seen.has(first + leaf)) {
                cursors[slot] = leaf;
                return first + leaf;
            }
            leaf = next[leaf];
        }
        return NONE;
    }

    /** A leaf with this hash, seen or not, or -1. */
    long any(byte[] b, int at) {
        int leaf = heads[slot(b, at)];
        return leaf == NONE ? NONE : first + leaf;
    }

    long first() {
        return first;
    }

    int count() {
        return count;
    }

    byte[] hashes() {
        return hashes;
    }
}
