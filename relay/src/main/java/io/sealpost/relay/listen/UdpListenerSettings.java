package io.sealpost.relay.listen;

/**
 * What a UDP listener needs to know.
 *
 * @param common what all listeners have
 * @param sockets so many sockets share the port, one event loop each; a sender always meets the
 *     same
 */
public record UdpListenerSettings(ListenerSettings common, int sockets) {
    public UdpListenerSettings {
        if (sockets < 1) {
            throw new IllegalArgumentException("listener " + common.name() + ": no socket");
        }
    }
}
