package io.sealpost.relay.spool;

import java.util.List;

/**
 * What opening the log found.
 *
 * @param segments segment files kept
 * @param bytes their octets
 * @param oldest first message kept
 * @param next number of the next message
 * @param cutOctets octets behind the last sound batch that were never durable, and were cut; zeros
 *     written ahead do not count
 * @param damages what was set apart
 */
public record Recovery(
        int segments, long bytes, long oldest, long next, long cutOctets, List<Damage> damages) {
    /**
     * Messages lost to damage.
     *
     * @param octets length of the damaged place
     */
    public record Damage(long firstSequence, long endSequence, long octets) {}
}
