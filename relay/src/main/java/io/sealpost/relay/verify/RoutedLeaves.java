package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.MetadataReader;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Which entries may have a line: those of the messages that were routed to the upstream whose files
 * are read, under each name that it has had. A message that went elsewhere only has been slipped in
 * here, sealed or not.
 */
final class RoutedLeaves {
    private RoutedLeaves() {}

    /**
     * Goes through all metadata from a leaf on, if it is asked for some upstreams' entries.
     *
     * @param upstreams empty: all of them together
     * @throws IllegalArgumentException if nothing was ever routed to one of them
     */
    static LongPredicate of(Set<String> upstreams, MetadataReader metadata, long from, long size)
            throws IOException {
        if (upstreams.isEmpty()) {
            return _ -> true;
        }
        LeafSet routed = new LeafSet(size);
        SortedSet<String> known = new TreeSet<>();
        metadata.seek(from);
        for (Optional<BatchEntry> e = metadata.next(); e.isPresent(); e = metadata.next()) {
            known.addAll(e.get().upstreams().values());
            add(e.get(), bits(e.get(), upstreams), size, routed);
        }
        if (!known.containsAll(upstreams)) {
            throw new IllegalArgumentException(
                    "nothing was ever routed to an upstream "
                            + upstreams.stream().filter(name -> !known.contains(name)).toList()
                            + "; the log knows "
                            + known);
        }
        return routed::has;
    }

    private static void add(BatchEntry entry, long to, long size, LeafSet routed) {
        long first = entry.firstIndex();
        for (BatchEntry.Run run : entry.runs()) {
            long end = Math.min(size, first + run.count());
            if ((run.upstreams() & to) != 0) {
                for (long leaf = first; leaf < end; leaf++) {
                    routed.add(leaf);
                }
            }
            first = end;
        }
    }

    private static long bits(BatchEntry entry, Set<String> names) {
        long bits = 0;
        for (var upstream : entry.upstreams().entrySet()) {
            bits |= names.contains(upstream.getValue()) ? 1L << upstream.getKey() : 0;
        }
        return bits;
    }
}
