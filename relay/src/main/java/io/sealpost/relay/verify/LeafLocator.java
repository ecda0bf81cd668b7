package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.TiledNodes;
import io.sealpost.relay.integrity.Tiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Says which leaf a line is. Lines stand nearly always where they are expected or near, so a few
 * segments of the log are in memory, some 25 MiB; what is not in them is looked for in all of the
 * log, many lines at once. Confined.
 */
final class LeafLocator {
    static final long NONE = -1;

    private static final int NEAR = 4;
    private static final int SEGMENTS = 8;
    private static final int FILTER_BITS = 20;

    private final TiledNodes.Runs log;
    private final long begin;
    private final long size;
    private final LeafSet seen;
    private final LongPredicate routed;
    private final Map<Long, LeafSegment> segments =
            new LinkedHashMap<>(SEGMENTS * 2, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, LeafSegment> eldest) {
                    return size() > SEGMENTS;
                }
            };

    /**
     * A locator over leaves from {@code begin}, the first of a tile, to the end.
     *
     * @param routed which of them can have a line at all
     */
    LeafLocator(TiledNodes.Runs log, long begin, long size, LeafSet seen, LongPredicate routed) {
        this.log = log;
        this.begin = begin;
        this.size = size;
        this.seen = seen;
        this.routed = routed;
    }

    /** The leaf of a hash that has no line yet, best one at or behind {@code expected}; or -1. */
    long near(byte[] hash, int at, long expected) throws IOException {
        long from = Math.clamp(expected, begin, size);
        for (long leaf = from; leaf < Math.min(from + NEAR, size); leaf++) {
            if (segment(leaf / LeafSegment.LEAVES).isAt(leaf, hash, at) && !seen.has(leaf)) {
                return leaf;
            }
        }
        long number = from / LeafSegment.LEAVES;
        long found = unseen(number, hash, at, from);
        found = found < 0 ? unseen(number + 1, hash, at, from) : found;
        found = found < 0 ? unseen(number, hash, at, 0) : found;
        return found < 0 ? unseen(number - 1, hash, at, 0) : found;
    }

    private long unseen(long number, byte[] hash, int at, long from) throws IOException {
        return exists(number) ? segment(number).unseen(hash, at, from, seen) : NONE;
    }

    private boolean exists(long number) {
        return number >= begin / LeafSegment.LEAVES && number * LeafSegment.LEAVES < size;
    }

    /** A leaf of this hash near the expected one, though it has a line; or -1. */
    long taken(byte[] hash, int at, long expected) throws IOException {
        long number = Math.clamp(expected, begin, size) / LeafSegment.LEAVES;
        for (long n = number - 1; n <= number + 1; n++) {
            long leaf = exists(n) ? segment(n).any(hash, at) : NONE;
            if (leaf >= 0) {
                return leaf;
            }
        }
        return NONE;
    }

    private LeafSegment segment(long number) throws IOException {
        LeafSegment known = segments.get(number);
        if (known == null) {
            known = load(number);
            segments.put(number, known);
        }
        return known;
    }

    private LeafSegment load(long number) throws IOException {
        long first = Math.max(begin, number * LeafSegment.LEAVES);
        int count = (int) (Math.min(size, (number + 1) * LeafSegment.LEAVES) - first);
        byte[] hashes = new byte[count * Hash.OCTETS];
        for (int at = 0; at < count; at += Tiles.WIDTH) {
            int width = Math.min(Tiles.WIDTH, count - at);
            log.read(0, first + at, width, hashes, at * Hash.OCTETS);
        }
        for (int i = 0; i < count; i++) {
            if (!routed.test(first + i)) { // no line has this hash
                Arrays.fill(hashes, i * Hash.OCTETS, (i + 1) * Hash.OCTETS, (byte) 0);
            }
        }
        return new LeafSegment(first, count, hashes);
    }

    /** What a search through the log tells. */
    interface Hits {
        /**
         * A leaf has the hash of these lines.
         *
         * @return whether to go on
         */
        boolean at(long leaf, List<UnknownLine> lines);
    }

    /**
     * Looks for lines in all of the log, from the segment of {@code start} on and then from the
     * beginning.
     */
    void search(Collection<UnknownLine> lines, long start, Hits hits) throws IOException {
        Map<Long, List<UnknownLine>> byKey = new HashMap<>();
        long[] filter = new long[1 << (FILTER_BITS - 6)];
        for (UnknownLine line : lines) {
            for (Hash hash : line.hashes()) {
                long key = ByteBuffer.wrap(hash.octets()).getLong();
                byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(line);
                int bit = bit(key);
                filter[bit >>> 6] |= 1L << bit;
            }
        }
        long low = begin / LeafSegment.LEAVES;
        long all = Math.ceilDiv(size, LeafSegment.LEAVES) - low;
        long from = Math.clamp(start / LeafSegment.LEAVES, low, low + Math.max(0, all - 1)) - low;
        for (long i = 0; i < all; i++) {
            if (!search(load(low + (from + i) % all), byKey, filter, hits)) {
                return;
            }
        }
    }

    private static int bit(long key) {
        return (int) (key >>> (Long.SIZE - FILTER_BITS));
    }

    private static boolean search(
            LeafSegment segment, Map<Long, List<UnknownLine>> byKey, long[] filter, Hits hits) {
        ByteBuffer hashes = ByteBuffer.wrap(segment.hashes());
        for (int i = 0; i < segment.count(); i++) {
            long key = hashes.getLong(i * Hash.OCTETS);
            int bit = bit(key);
            if ((filter[bit >>> 6] & 1L << bit) == 0) {
                continue;
            }
            Hash leaf = Hash.at(segment.hashes(), i * Hash.OCTETS);
            List<UnknownLine> same =
                    byKey.getOrDefault(key, List.of()).stream()
                            .filter(line -> line.hashes().contains(leaf))
                            .toList();
            if (!same.isEmpty() && !hits.at(segment.first() + i, same)) {
                return false;
            }
        }
        return true;
    }
}
