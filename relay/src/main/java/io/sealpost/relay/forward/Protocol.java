package io.sealpost.relay.forward;

import java.time.Duration;

/** How a stream carries messages to a server, and what the server answers. */
public sealed interface Protocol {
    /** Syslog (RFC 6587, RFC 5425): nothing is answered. */
    record Syslog() implements Protocol {}

    /**
     * RELP: each message is acknowledged.
     *
     * @param window messages that may be under way
     * @param patience how long nothing may be acknowledged while some are
     * @param software what servers are told of this software: name and version
     */
    record Relp(int window, Duration patience, String software) implements Protocol {
        /** How long an acknowledgement may take unless told otherwise. */
        public static final Duration PATIENCE = Duration.ofSeconds(30);

        /** Validates. */
        public Relp {
            if (window < 1 || !patience.isPositive()) {
                throw new IllegalArgumentException("window " + window + ", patience " + patience);
            }
        }
    }
}
