package io.sealpost.relay.listen;

import java.time.Duration;

/**
 * What a TCP listener needs to know.
 *
 * @param common what all listeners have
 * @param maxConnections more are refused
 * @param idleTimeout connections that send nothing for so long are closed; zero keeps them
 */
public record TcpListenerSettings(
        ListenerSettings common, int maxConnections, Duration idleTimeout) {
    public TcpListenerSettings {
        if (maxConnections < 1 || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("listener " + common.name() + ": invalid limit");
        }
    }
}
