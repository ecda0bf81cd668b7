package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * What a syslog upstream over UDP is told.
 *
 * @param name name of the upstream in the conf file
 * @param server where to send
 * @param format what a datagram holds
 * @param maxMessageBytes longer messages are cut
 * @param perSecond the most datagrams a second
 * @param retryFirst wait before the second try
 * @param retryMax longest wait between two tries
 */
public record UdpUpstreamSettings(
        String name,
        Server server,
        Format format,
        int maxMessageBytes,
        int perSecond,
        Duration retryFirst,
        Duration retryMax) {
    /** The longest text of a datagram over IPv4 (RFC 5426 §3.2). */
    public static final int MAX_MESSAGE_BYTES = 65_507;

    /** Validates. */
    public UdpUpstreamSettings {
        if (maxMessageBytes < 1 || maxMessageBytes > MAX_MESSAGE_BYTES || perSecond < 1) {
            throw new IllegalArgumentException(
                    maxMessageBytes + " octets, " + perSecond + " a second");
        }
    }
}
