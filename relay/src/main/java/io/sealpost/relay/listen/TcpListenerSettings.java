package io.sealpost.relay.listen;

import io.sealpost.relay.tls.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a TCP listener needs to know.
 *
 * @param common what all listeners have
 * @param protocol what is spoken on its connections
 * @param maxConnections more are refused
 * @param maxPerAddress more of one address are refused
 * @param idleTimeout connections that send nothing for so long are closed; zero keeps them
 * @param tls what connections are wrapped in; the listener closes it
 */
public record TcpListenerSettings(
        ListenerSettings common,
        Protocol protocol,
        int maxConnections,
        int maxPerAddress,
        Duration idleTimeout,
        Optional<ServerTls> tls) {
    /** What is spoken on connections. */
    public sealed interface Protocol {
        /** RFC 6587, and RFC 5425 over TLS: nothing is acknowledged. */
        record Syslog() implements Protocol {}

        /**
         * Each message is acknowledged once it is durable.
         *
         * @param software what peers are told of this software: name and version
         * @param delivered what else is waited for, if anything
         * @param chainFrom peers without a certificate whose numbers of messages are believed
         */
        record Relp(String software, Optional<Delivered> delivered, List<Network> chainFrom)
                implements Protocol {
            public Relp {
                chainFrom = List.copyOf(chainFrom);
            }

            /** From nobody without a certificate. */
            public Relp(String software, Optional<Delivered> delivered) {
                this(software, delivered, List.of());
            }
        }
    }

    /**
     * A message is acknowledged when upstreams have it.
     *
     * @param synced messages of the spool before this one are durable
     * @param reached those before this one are with the upstreams
     * @param upstreams these upstreams: bit n is that with number n
     * @param atMost how long that is waited for
     */
    public record Delivered(
            LongSupplier synced, LongSupplier reached, LongSupplier upstreams, Duration atMost) {}

    public TcpListenerSettings {
        if (maxConnections < 1 || maxPerAddress < 1 || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("listener " + common.name() + ": invalid limit");
        }
    }

    /** Without a limit per address. */
    public TcpListenerSettings(
            ListenerSettings common,
            Protocol protocol,
            int maxConnections,
            Duration idleTimeout,
            Optional<ServerTls> tls) {
        this(common, protocol, maxConnections, Integer.MAX_VALUE, idleTimeout, tls);
    }

    /** Syslog without TLS. */
    public TcpListenerSettings(ListenerSettings common, int maxConnections, Duration idleTimeout) {
        this(common, new Protocol.Syslog(), maxConnections, idleTimeout, Optional.empty());
    }
}
