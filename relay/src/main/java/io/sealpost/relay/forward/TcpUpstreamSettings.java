package io.sealpost.relay.forward;

import io.sealpost.relay.tls.ClientTls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an upstream over TCP or TLS is told.
 *
 * @param name name of the upstream in the conf file
 * @param servers the first one that takes connections gets everything
 * @param protocol how the stream carries messages
 * @param layout how messages are written
 * @param retryFirst wait before the second try
 * @param retryMax longest wait between two tries
 * @param connectTimeout how long one address may take to answer
 * @param probe how often an earlier server is tried while a later one is in use
 * @param tls absent: plain TCP
 */
public record TcpUpstreamSettings(
        String name,
        List<Server> servers,
        Protocol protocol,
        Layout layout,
        Duration retryFirst,
        Duration retryMax,
        Duration connectTimeout,
        Duration probe,
        Optional<ClientTls> tls) {

    /** How long one address may take to answer unless told otherwise. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** How often an earlier server is tried unless told otherwise. */
    public static final Duration PROBE = Duration.ofSeconds(10);

    /** Validates. */
    public TcpUpstreamSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no server");
        }
        if (!retryFirst.isPositive() || retryMax.compareTo(retryFirst) < 0) {
            throw new IllegalArgumentException(
                    "retry from " + retryFirst + " to " + retryMax + " is no range");
        }
        if (!connectTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "connect timeout " + connectTimeout + " is not positive");
        }
    }
}
