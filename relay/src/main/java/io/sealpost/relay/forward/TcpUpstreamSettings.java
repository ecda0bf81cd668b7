package io.sealpost.relay.forward;

import io.sealpost.relay.tls.ClientTls;
import java.time.Duration;
import java.util.Optional;

/**
 * What a syslog upstream over TCP or TLS is told.
 *
 * @param name name of the upstream in the conf file
 * @param host name or address of the server; an IPv6 address may stand in brackets
 * @param port its port
 * @param layout how messages are written
 * @param retryFirst wait before the second try
 * @param retryMax longest wait between two tries
 * @param connectTimeout how long one address may take to answer
 * @param tls absent: plain TCP
 */
public record TcpUpstreamSettings(
        String name,
        String host,
        int port,
        Layout layout,
        Duration retryFirst,
        Duration retryMax,
        Duration connectTimeout,
        Optional<ClientTls> tls) {

    /** How long one address may take to answer unless told otherwise. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Validates. */
    public TcpUpstreamSettings {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
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

    /** The server as it is written in the conf file and the log. */
    String server() {
        boolean literal = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (literal ? "[" + host + "]" : host) + ":" + port;
    }
}
