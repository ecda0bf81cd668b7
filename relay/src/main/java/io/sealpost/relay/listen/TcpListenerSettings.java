package io.sealpost.relay.listen;

import io.sealpost.relay.tls.ServerTls;
import java.time.Duration;
import java.util.Optional;

/**
 * What a TCP listener needs to know.
 *
 * @param common what all listeners have
 * @param maxConnections more are refused
 * @param idleTimeout connections that send nothing for so long are closed; zero keeps them
 * @param tls what connections are wrapped in (RFC 5425); the listener closes it
 */
public record TcpListenerSettings(
        ListenerSettings common,
        int maxConnections,
        Duration idleTimeout,
        Optional<ServerTls> tls) {
    public TcpListenerSettings {
        if (maxConnections < 1 || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("listener " + common.name() + ": invalid limit");
        }
    }

    /** Without TLS. */
    public TcpListenerSettings(ListenerSettings common, int maxConnections, Duration idleTimeout) {
        this(common, maxConnections, idleTimeout, Optional.empty());
    }
}
