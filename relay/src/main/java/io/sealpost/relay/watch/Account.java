package io.sealpost.relay.watch;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of the messages routed to one upstream, all figures taken at one synced position.
 *
 * @param upstream name of the upstream
 * @param routed messages routed to it
 * @param delivered messages it has
 * @param queued messages that wait for it
 * @param dropped messages given up, by reason
 */
public record Account(
        String upstream, long routed, long delivered, long queued, Map<String, Long> dropped) {
    public Account {
        SortedMap<String, Long> sorted = new TreeMap<>(dropped);
        dropped = Collections.unmodifiableSortedMap(sorted);
    }

    /** Messages given up for any reason. */
    public long droppedSum() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Messages routed that appear nowhere; negative if some appear twice. 0 is the only good value.
     */
    public long missing() {
        return routed - delivered - queued - droppedSum();
    }
}
