package io.sealpost.relay.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes connections to servers. The name is looked up again each time, and all its addresses are
 * tried in turn. Confined to the forwarder's thread, which it blocks.
 */
final class TcpDialer {
    private static final int KEEPALIVE_SECONDS = 1;
    private static final int KEEPALIVE_PROBES = 20;
    private static final Duration USER_TIMEOUT = Duration.ofSeconds(20);

    /** What a peer sends is thrown away or short, so little room does. */
    private static final int READ_OCTETS = 4 * 1024;

    private final TcpUpstreamSettings settings;
    private final EventLoopGroup group;
    private final NanoClock clock;
    private final Doorbell doorbell;
    private final StopOrder stop;

    TcpDialer(
            TcpUpstreamSettings settings,
            EventLoopGroup group,
            NanoClock clock,
            Doorbell doorbell,
            StopOrder stop) {
        this.settings = settings;
        this.group = group;
        this.clock = clock;
        this.doorbell = doorbell;
        this.stop = stop;
    }

    /**
     * Makes the JVM forget looked-up names at once. Takes effect only before the first look-up of
     * the process.
     */
    static void forgetNames() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /**
     * An open connection.
     *
     * @throws IOException if no address took one; says why for the operator
     */
    TcpConnection connect(Server server, Runnable wake) throws IOException, InterruptedException {
        String failures = "";
        for (InetAddress address : addresses(server)) {
            if (!stop.maySend()) {
                break;
            }
            TcpConnection connection = new TcpConnection(wire(server), inbound(), clock, wake);
            String failure = connect(connection, new InetSocketAddress(address, server.port()));
            if (failure.isEmpty()) {
                return connection;
            }
            failures += (failures.isEmpty() ? "" : "; ") + failure;
        }
        throw new ConnectException(failures);
    }

    private Optional<Inbound> inbound() {
        return switch (settings.protocol()) {
            case Protocol.Syslog _ -> Optional.empty();
            case Protocol.Relp _ -> Optional.of(new Inbound());
        };
    }

    private Wire wire(Server server) {
        return settings.tls().isPresent()
                ? new TlsWire(settings.tls().get(), server.host(), server.port())
                : new PlainWire();
    }

    private static InetAddress[] addresses(Server server) throws IOException {
        try {
            return InetAddress.getAllByName(server.host());
        } catch (UnknownHostException e) {
            throw new IOException("no address found for the name " + server.host(), e);
        }
    }

    /** Why it failed, or empty. */
    private String connect(TcpConnection connection, InetSocketAddress address)
            throws InterruptedException {
        ChannelFuture future = bootstrap(connection).connect(address);
        future.addListener(_ -> doorbell.ring());
        Duration patience =
                settings.connectTimeout()
                        .plus(settings.tls().map(ClientTls::handshakeTimeout).orElse(Duration.ZERO))
                        .plusSeconds(1);
        boolean settled =
                doorbell.await(
                        patience,
                        () ->
                                connection.wasOpened()
                                        || !connection.isOpen()
                                        || (future.isDone() && !future.isSuccess())
                                        || !stop.maySend());
        if (settled && connection.wasOpened()) {
            return "";
        }
        var _ = future.channel().close();
        return address.getAddress().getHostAddress() + ": " + reason(connection, future);
    }

    private static String reason(TcpConnection connection, ChannelFuture future) {
        if (future.cause() != null) {
            return TcpConnection.reason(future.cause());
        }
        return connection.isOpen() ? "no answer" : connection.ended();
    }

    private Bootstrap bootstrap(TcpConnection connection) {
        return new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(settings.connectTimeout().toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
                .option(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_SECONDS)
                .option(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES)
                .option(
                        EpollChannelOption.TCP_USER_TIMEOUT,
                        Math.toIntExact(USER_TIMEOUT.toMillis()))
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_OCTETS))
                .handler(
                        new ChannelInitializer<EpollSocketChannel>() {
                            @Override
                            protected void initChannel(EpollSocketChannel channel) {
                                connection.join(channel.pipeline());
                            }
                        });
    }
}
