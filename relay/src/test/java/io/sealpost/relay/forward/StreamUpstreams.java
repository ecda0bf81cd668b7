package io.sealpost.relay.forward;

import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.ClientTlsSettings;
import io.sealpost.relay.tls.PermittedPeers;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** What tests of upstreams with several servers share. */
final class StreamUpstreams {
    /** Its threads are daemons and stay. */
    static final TcpNetwork NETWORK =
            new TcpNetwork(
                    new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()), new Random(1));

    /** The same for connections without a forwarder. */
    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    private StreamUpstreams() {}

    /** Quick to try again; frames that count their octets. */
    static TcpUpstreamSettings settings(
            List<Server> servers, Duration probe, Optional<ClientTls> tls) {
        return settings(servers, Framing.OCTET_COUNTING, probe, tls);
    }

    /** Quick to try again. */
    static TcpUpstreamSettings settings(
            List<Server> servers, Framing framing, Duration probe, Optional<ClientTls> tls) {
        return new TcpUpstreamSettings(
                "upstream",
                servers,
                new Protocol.Syslog(),
                new Layout(Format.RFC5424, framing),
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                probe,
                tls);
    }

    /** A forwarder of what the spool is fed to this port of the loopback address, begun. */
    static TcpForwarder start(
            SpoolFeed spool, int port, Framing framing, Optional<ClientTls> tls, NanoClock clock) {
        TcpForwarder forwarder =
                new TcpForwarder(
                        settings(servers(port), framing, Duration.ofMillis(100), tls),
                        spool.queue(),
                        NETWORK,
                        clock,
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }

    /** A connection to this port of the loopback address, for which no forwarder sends. */
    static TcpConnection connect(int port) {
        TcpConnection connection =
                new TcpConnection(new PlainWire(), Optional.empty(), NanoClock.system(), () -> {});
        new Bootstrap()
                .group(LOOPS)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                connection.join(channel.pipeline());
                            }
                        })
                .connect(InetAddress.getLoopbackAddress(), port)
                .syncUninterruptibly();
        await().atMost(Duration.ofSeconds(30)).until(connection::wasOpened);
        return connection;
    }

    /** Trusts the shared authority; has no certificate of its own. */
    static ClientTls tls(TlsVersion least, Duration handshakeTimeout) throws Exception {
        return ClientTls.open(
                new ClientTlsSettings(
                        Optional.of(TestCertificates.shared().certificate("ca")),
                        Optional.empty(),
                        Optional.empty(),
                        PermittedPeers.ANYBODY,
                        Optional.empty(),
                        least,
                        handshakeTimeout));
    }

    static List<Server> servers(int... ports) {
        return IntStream.of(ports).mapToObj(port -> new Server("127.0.0.1", port)).toList();
    }

    /** What all of them received. */
    static Set<String> union(SyslogSink... sinks) {
        Set<String> all = new HashSet<>();
        for (SyslogSink sink : sinks) {
            all.addAll(sink.received());
        }
        return all;
    }
}
