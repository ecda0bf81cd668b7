package io.sealpost.relay.spool;

import java.time.Duration;

/**
 * How large the log may grow and how often it is synced.
 *
 * @param maxBytes octets of all segments together
 * @param segmentBytes a segment that has reached this size is followed by a new one
 * @param syncInterval commits start at least this far apart
 * @param keep how long a segment that everybody has read is kept, while there is room
 * @param reserveBytes octets the spool leaves free on its volume
 * @param whenFull what happens when the log has reached its size
 * @param maxMessageBytes longest message a listener takes in
 */
public record SpoolSettings(
        long maxBytes,
        long segmentBytes,
        Duration syncInterval,
        Duration keep,
        long reserveBytes,
        WhenFull whenFull,
        int maxMessageBytes) {
    /** What happens to new messages when the log is full. */
    public enum WhenFull {
        /** Lanes say FULL: senders are made to wait. */
        BLOCK,
        /** The pipeline drops and counts new messages. */
        DROP_NEW,
        /** The pipeline drops and counts the less severe ones first. */
        DROP_BY_SEVERITY
    }

    public SpoolSettings {
        if (segmentBytes < 1 || maxBytes < 3 * segmentBytes) {
            throw new IllegalArgumentException(
                    "spool.max-size must be at least 3 times spool.segment-size");
        }
        if (maxMessageBytes < 1 || reserveBytes < 0) {
            throw new IllegalArgumentException("negative spool limit");
        }
    }
}
