package io.sealpost.relay.spool;

/**
 * Told what the spool does, for logs and metrics. Called on the writer thread, the housekeeping
 * thread and, for quarantine, on reading threads: must be thread-safe and quick.
 */
public interface SpoolObserver {
    /** A commit is durable: how long the sync took, and what it made durable. */
    default void synced(long nanos, long messages, long octets) {}

    /** A sync failed; the messages are kept in memory and go to a new segment. */
    default void syncFailed(String reason, long messages) {}

    /** Writing failed or the reserve is reached; the messages are kept and tried again. */
    default void writeFailed(String reason, long messages) {}

    /** Writing works again. */
    default void writable() {}

    /**
     * Damage was found and set apart: messages {@code firstSequence} to before {@code endSequence}
     * are lost. {@code file} below the data folder holds the damaged octets.
     */
    default void quarantined(long firstSequence, long endSequence, long octets, String file) {}

    /** An upstream's cursor was moved on; {@code reason} is one of {@link DropReason}'s names. */
    default void dropped(String upstream, long messages, String reason) {}

    /** A cursor could not be made durable; it is tried again. */
    default void cursorFailed(String upstream, String reason) {}

    /** The cursor file was unreadable: the upstream begins with the oldest message kept. */
    default void cursorLost(String upstream) {}

    /** A callback of another room threw: a bug, but not one that stops the log. */
    default void callbackFailed(RuntimeException failure) {}

    /** Tells nobody. */
    SpoolObserver NONE = new SpoolObserver() {};
}
