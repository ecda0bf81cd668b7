package io.sealpost.relay.spool;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of the log one upstream may hold back.
 *
 * @param maxBytes octets of the log from the upstream's cursor to the end
 * @param maxAge messages that have lain longer are dropped
 * @param whenFull what happens at {@code maxBytes}
 * @param start where a new upstream begins
 */
public record QueueSettings(
        long maxBytes, Optional<Duration> maxAge, WhenQueueFull whenFull, StartAt start) {
    /** What happens when an upstream holds back more than it may. */
    public enum WhenQueueFull {
        /** Intake waits for it. */
        BLOCK,
        /** Its cursor is moved on; the skipped messages are counted as dropped. */
        DROP_OLDEST
    }

    /** Where an upstream begins that was not in the conf file before. */
    public enum StartAt {
        /** With the next message. */
        NOW,
        /** With the oldest message that the log still has; all of them are routed to it. */
        RETAINED
    }
}
