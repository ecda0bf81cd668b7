package io.sealpost.relay;

import io.sealpost.relay.config.Endpoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code send} is to do.
 *
 * @param count messages
 * @param rate messages a second, or 0 for as fast as it goes
 * @param counted whether frames are counted; else each message is a line
 * @param serverName the name that the peer's certificate must have; empty: the host of {@code to}
 */
record SendOrder(
        Endpoint to,
        Transport transport,
        int count,
        double rate,
        boolean counted,
        String text,
        Optional<Path> trust,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<String> serverName) {
    /** How messages travel. */
    enum Transport {
        UDP,
        TCP,
        TLS,
        RELP,
        /** RELP over TLS. */
        RELP_TLS
    }
}
