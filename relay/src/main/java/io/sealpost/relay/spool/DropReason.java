package io.sealpost.relay.spool;

/**
 * Why the spool itself dropped messages of an upstream; forwarders may add reasons of their own.
 */
public final class DropReason {
    /** The upstream held back more of the log than its {@code buffer.max-size}. */
    public static final String BUFFER_FULL = "buffer-full";

    /** The message was older than the upstream's {@code buffer.max-age}. */
    public static final String MAX_AGE = "max-age";

    /** The octets on disk were damaged. */
    public static final String QUARANTINED = "quarantined";

    /** The upstream is no longer in the conf file. */
    public static final String REMOVED = "removed";

    private DropReason() {}
}
