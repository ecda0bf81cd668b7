package io.sealpost.relay.admin;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How the admin server is reached, and its limits.
 *
 * @param bind address and port; port 0 takes any free one
 * @param maxRequestBytes longest head or body of a request
 * @param maxConnections connections open at a time; more are closed at once
 * @param idleTimeout after so long without a request a connection is closed
 */
public record AdminSettings(
        InetSocketAddress bind, int maxRequestBytes, int maxConnections, Duration idleTimeout) {
    private static final int MAX_REQUEST_BYTES = 8 * 1024;
    private static final int MAX_CONNECTIONS = 64;
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    /** The usual limits. */
    public static AdminSettings at(InetSocketAddress bind) {
        return new AdminSettings(bind, MAX_REQUEST_BYTES, MAX_CONNECTIONS, IDLE_TIMEOUT);
    }
}
