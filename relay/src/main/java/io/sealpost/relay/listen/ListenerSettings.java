package io.sealpost.relay.listen;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What all listeners have in common.
 *
 * @param name in the conf file
 * @param bind address and port; port 0 takes a free one
 * @param maxMessageBytes longer messages are cut
 * @param receiveBufferBytes of each socket; 0 leaves it to the kernel
 * @param peers who may send
 * @param rateLimit how much each of them may send; empty: all it likes
 */
public record ListenerSettings(
        String name,
        InetSocketAddress bind,
        int maxMessageBytes,
        int receiveBufferBytes,
        PeerRules peers,
        Optional<RateLimit> rateLimit) {
    public ListenerSettings {
        if (bind.isUnresolved() || maxMessageBytes < 1 || receiveBufferBytes < 0) {
            throw new IllegalArgumentException("listener " + name + ": invalid bind or size");
        }
    }
}
