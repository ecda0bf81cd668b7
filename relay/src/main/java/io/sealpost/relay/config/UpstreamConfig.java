package io.sealpost.relay.config;

import io.sealpost.relay.config.RelayConfig.TlsVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A place that messages are forwarded to, as the conf file has it. */
public sealed interface UpstreamConfig {
    /** Name in the conf file. */
    String name();

    /** The client's side of TLS, where it is spoken. */
    default Optional<UpstreamTls> tls() {
        return Optional.empty();
    }

    /** What it may leave waiting in the spool. */
    Buffer buffer();

    /** How it comes and goes. */
    Lifecycle lifecycle();

    /** The same with these, to see whether anything else differs. */
    UpstreamConfig with(Buffer buffer, Lifecycle lifecycle);

    /**
     * Messages into files.
     *
     * @param path absolute; {@code %Y %m %d} stand for the day (UTC), {@code %host% %app%
     *     %facility%} for values of the message, and {@code %%} for a per cent sign
     * @param keep files older than this are removed
     * @param maxBytes the oldest files are removed when all together are larger
     */
    record FileUpstream(
            String name,
            String path,
            Duration keep,
            long maxBytes,
            MessageFormat format,
            Framing framing,
            Buffer buffer,
            Lifecycle lifecycle)
            implements UpstreamConfig {
        @Override
        public UpstreamConfig with(Buffer other, Lifecycle life) {
            return new FileUpstream(name, path, keep, maxBytes, format, framing, other, life);
        }
    }

    /**
     * Messages to a syslog receiver over TCP or TLS.
     *
     * @param strategy what several servers are for
     * @param tls absent: plain TCP
     */
    record TcpUpstream(
            String name,
            List<Endpoint> servers,
            Strategy strategy,
            Optional<UpstreamTls> tls,
            MessageFormat format,
            Framing framing,
            Retry retry,
            Buffer buffer,
            Lifecycle lifecycle)
            implements UpstreamConfig {
        public TcpUpstream {
            servers = List.copyOf(servers);
        }

        @Override
        public UpstreamConfig with(Buffer other, Lifecycle life) {
            return new TcpUpstream(
                    name, servers, strategy, tls, format, framing, retry, other, life);
        }
    }

    /** The first of several servers gets everything, or each its share. */
    enum Strategy {
        FAILOVER,
        BALANCE
    }

    /**
     * Messages to a RELP receiver.
     *
     * @param strategy what several servers are for
     * @param tls absent: plain TCP
     * @param window messages under way at most
     */
    record RelpUpstream(
            String name,
            List<Endpoint> servers,
            Strategy strategy,
            Optional<UpstreamTls> tls,
            MessageFormat format,
            int window,
            Retry retry,
            Buffer buffer,
            Lifecycle lifecycle)
            implements UpstreamConfig {
        public RelpUpstream {
            servers = List.copyOf(servers);
        }

        @Override
        public UpstreamConfig with(Buffer other, Lifecycle life) {
            return new RelpUpstream(
                    name, servers, strategy, tls, format, window, retry, other, life);
        }
    }

    /**
     * Messages to a syslog receiver over UDP.
     *
     * @param maxMessageBytes longer ones are cut
     * @param perSecond the most datagrams a second
     */
    record UdpUpstream(
            String name,
            Endpoint server,
            MessageFormat format,
            int maxMessageBytes,
            int perSecond,
            Retry retry,
            Buffer buffer,
            Lifecycle lifecycle)
            implements UpstreamConfig {
        @Override
        public UpstreamConfig with(Buffer other, Lifecycle life) {
            return new UdpUpstream(
                    name, server, format, maxMessageBytes, perSecond, retry, other, life);
        }
    }

    /**
     * The client's side of TLS.
     *
     * @param trust authorities that sign certificates of servers
     * @param crl what they have taken back
     * @param serverName absent: the host of the server
     * @param permittedPeers names and fingerprints that count instead of the server's name
     * @param certificate what is shown to the server, if anything; its key goes with it
     */
    record UpstreamTls(
            Optional<Path> trust,
            Optional<Path> crl,
            Optional<String> serverName,
            List<String> permittedPeers,
            Optional<Path> certificate,
            Optional<Path> key,
            TlsVersion minVersion,
            Duration handshakeTimeout) {
        public UpstreamTls {
            permittedPeers = List.copyOf(permittedPeers);
        }
    }

    /** What is written of each message. */
    enum MessageFormat {
        RFC5424,
        RFC3164,
        JSON,
        ORIGINAL
    }

    /** How messages are told apart in a stream or file. */
    enum Framing {
        LF,
        OCTET_COUNTING
    }

    /** Pauses between tries: the first, doubling up to the longest. */
    record Retry(Duration first, Duration max) {}

    /** What one upstream may leave waiting in the spool. */
    record Buffer(long maxBytes, Optional<Duration> maxAge, WhenQueueFull whenFull) {}

    /** What happens when an upstream's buffer is full. */
    enum WhenQueueFull {
        BLOCK,
        DROP_OLDEST
    }

    /**
     * How an upstream comes and goes.
     *
     * @param onRemove what happens to waiting messages when it is taken out of the conf file;
     *     empty: then it cannot be taken out
     * @param was its name before
     */
    record Lifecycle(Start start, Optional<OnRemove> onRemove, Optional<String> was) {}

    /** What happens to the messages that wait for an upstream that was taken out. */
    enum OnRemove {
        DROP,
        DRAIN
    }

    /** Where a new upstream begins: with new messages or with all that the spool still holds. */
    enum Start {
        NOW,
        RETAINED
    }
}
