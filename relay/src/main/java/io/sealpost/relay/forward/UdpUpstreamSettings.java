package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * What a syslog upstream over UDP is told.
 *
 * @param name name of the upstream in the conf file
 * @param host name or address of the server; an IPv6 address may stand in brackets
 * @param port its port
 * @param format what a datagram holds
 * @param maxMessageBytes longer messages are cut
 * @param perSecond the most datagrams a second
 * @param retryFirst wait before the second try
 * @param retryMax longest wait between two tries
 */
public record UdpUpstreamSettings(
        String name,
        String host,
        int port,
        Format format,
        int maxMessageBytes,
        int perSecond,
        Duration retryFirst,
        Duration retryMax) {
    /** The longest text of a datagram over IPv4 (RFC 5426 §3.2). */
    public static final int MAX_MESSAGE_BYTES = 65_507;

    /** Validates. */
    public UdpUpstreamSettings {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
        if (maxMessageBytes < 1 || maxMessageBytes > MAX_MESSAGE_BYTES || perSecond < 1) {
            throw new IllegalArgumentException(
                    maxMessageBytes + " octets, " + perSecond + " a second");
        }
    }

    /** The server as it is written in the conf file and the log. */
    String server() {
        boolean literal = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (literal ? "[" + host + "]" : host) + ":" + port;
    }
}
