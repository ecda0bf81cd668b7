package io.sealpost.relay.spool;

import java.util.Map;

/**
 * The account of one upstream, taken at one synced position: routed = delivered + queued + dropped.
 *
 * @param synced the position
 * @param dropped messages never delivered, by reason
 * @param resent deliveries tried again; outside the sum
 */
public record Books(
        long synced,
        long routed,
        long delivered,
        long queued,
        Map<String, Long> dropped,
        long resent) {
    /** Messages dropped for whatever reason. */
    public long droppedTotal() {
        long sum = 0;
        for (long count : dropped.values()) {
            sum += count;
        }
        return sum;
    }

    /** Whether the sum holds; false is a bug. */
    public boolean balance() {
        return queued >= 0 && routed == delivered + queued + droppedTotal();
    }
}
