package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.MetadataReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Leaves of messages that should have a line and have none, ascending. Holds a million, and counts
 * what is more. Confined.
 */
final class MissingLeaves {
    private static final int MOST = 1 << 20;

    private long[] leaves = new long[64];
    private int count;

    /** Whether a leaf with a line lies between this missing one and the one before. */
    private final BitSet apart = new BitSet();

    private final BitSet taken = new BitSet();
    private boolean seenSince = true;
    private long expected;
    private long uncounted;
    private long last = LeafLocator.NONE;
    private final SortedSet<String> upstreams = new TreeSet<>();

    /** Which leaves should have a line. */
    record Range(long begin, long end, LongPredicate routed) {}

    /** Goes through all metadata. */
    static MissingLeaves of(MetadataReader metadata, Range range, LongPredicate hasLine)
            throws IOException {
        MissingLeaves missing = new MissingLeaves();
        metadata.seek(range.begin);
        for (Optional<BatchEntry> e = metadata.next(); e.isPresent(); e = metadata.next()) {
            if (e.get().firstIndex() >= range.end) {
                break;
            }
            missing.add(e.get(), range, hasLine);
        }
        return missing;
    }

    private void add(BatchEntry entry, Range range, LongPredicate hasLine) {
        upstreams.addAll(entry.upstreams().values());
        long end = Math.min(entry.endLeaf() - 1, range.end);
        for (long leaf = Math.max(entry.firstIndex(), range.begin); leaf < end; leaf++) {
            if (range.routed.test(leaf)) {
                add(leaf, hasLine.test(leaf));
            }
        }
    }

    private void add(long leaf, boolean hasLine) {
        expected++;
        last = leaf;
        if (hasLine) {
            seenSince = true;
            return;
        }
        if (count == MOST) {
            uncounted++;
            return;
        }
        if (count == leaves.length) {
            leaves = Arrays.copyOf(leaves, 2 * count);
        }
        apart.set(count, seenSince);
        leaves[count++] = leaf;
        seenSince = false;
    }

    /** Takes the first missing leaf between these two for one that was changed. */
    OptionalLong take(long after, long before) {
        int at = Arrays.binarySearch(leaves, 0, count, after + 1);
        at = taken.nextClearBit(at < 0 ? -at - 1 : at);
        if (at >= count || leaves[at] >= before) {
            return OptionalLong.empty();
        }
        taken.set(at);
        if (at + 1 < count) {
            apart.set(at + 1);
        }
        return OptionalLong.of(leaves[at]);
    }

    /** Is told of missing leaves side by side. */
    interface Visitor {
        /** From one leaf to another, so many. */
        void gap(long first, long last, long count);
    }

    /** Tells of all that were not taken. */
    void walk(Visitor visitor) {
        int at = taken.nextClearBit(0);
        while (at < count) {
            int end = at + 1;
            while (end < count && !apart.get(end) && !taken.get(end)) {
                end++;
            }
            visitor.gap(leaves[at], leaves[end - 1], end - at);
            at = taken.nextClearBit(end);
        }
    }

    /** The missing leaf behind another one with no line between, and how many more there are. */
    long at(long first, int next) {
        return leaves[Arrays.binarySearch(leaves, 0, count, first) + next];
    }

    /** More that are missing, of which nothing else is known. */
    long uncounted() {
        return uncounted;
    }

    /** Leaves that should have a line. */
    long expected() {
        return expected;
    }

    /** The last one of these, or -1. */
    long last() {
        return last;
    }

    /** Names of all upstreams that the metadata tells of. */
    SortedSet<String> upstreams() {
        return upstreams;
    }
}
