package io.sealpost.relay.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.ssl.SslHandler;
import io.sealpost.relay.listen.TcpListenerSettings.Protocol;
import io.sealpost.relay.pipeline.Sender;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.tls.ServerTls;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Syslog over TCP (RFC 6587) or TLS (RFC 5425), both framings; or RELP over either. */
public final class TcpListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(TcpListener.class);

    /** Connections that wait to be accepted; the kernel may allow fewer. */
    private static final int BACKLOG = 4096;

    private static final int CLOSE_LATER_SECONDS = 10;

    private static final String NOT_ALLOWED = "allow";
    private static final String TOO_MANY = "max-connections";
    private static final String TOO_MANY_OF_ADDRESS = "max-connections-per-address";
    private static final String SPEAKS_TLS = "tls";
    private static final String NUMBERED = "repeat-kept";
    static final String IDLE = "idle-timeout";

    private final TcpListenerSettings settings;
    private final EventLoops loops;
    private final ListenerCounters counters;
    private final SourceLimits limits;

    private final PeerLog told;

    private final AtomicInteger connections = new AtomicInteger();

    /** Written by control threads. */
    private volatile Optional<ListeningSocket> socket = Optional.empty();

    /** Where it listens, or did; written by control threads. */
    private volatile InetSocketAddress address;

    /** A listener that does not listen yet. */
    public TcpListener(TcpListenerSettings settings, EventLoops loops, ListenerCounters counters) {
        this.settings = settings;
        this.loops = loops;
        this.counters = counters;
        this.address = settings.common().bind();
        this.told =
                new PeerLog(log, loops.events(), loops.clock(), loops.group(), PeerLog.PATIENCE);
        this.limits =
                new SourceLimits(
                        settings.common().rateLimit(),
                        loops.group(),
                        loops.clock(),
                        SourceLimits.INTERVAL,
                        counters::rateLimited);
    }

    @Override
    public String name() {
        return settings.common().name();
    }

    @Override
    public String transport() {
        return switch (settings.protocol()) {
            case Protocol.Syslog _ -> speaksTls() ? "tls" : "tcp";
            case Protocol.Relp _ -> "relp";
        };
    }

    @Override
    public void bind() throws IOException {
        ListeningSocket listening = new ListeningSocket(this);
        InetSocketAddress bind = settings.common().bind();
        SocketProtocolFamily family =
                bind.getAddress() instanceof Inet4Address
                        ? SocketProtocolFamily.INET
                        : SocketProtocolFamily.INET6;
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channelFactory(() -> new EpollServerSocketChannel(family))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        listening.owner().accepted(channel, listening);
                                    }
                                });
        if (settings.protocol() instanceof Protocol.Relp) {
            // tells whether the end came in order
            bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        int receiveBuffer = settings.common().receiveBufferBytes();
        if (receiveBuffer > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receiveBuffer);
        }
        ChannelFuture bound = bootstrap.bind(bind).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            settings.tls().ifPresent(ServerTls::close);
            throw new IOException(
                    "listener %s: cannot listen on %s (tcp): %s"
                            .formatted(name(), Addresses.text(bind), bound.cause().getMessage()),
                    bound.cause());
        }
        listening.channel(bound.channel());
        address = (InetSocketAddress) bound.channel().localAddress();
        socket = Optional.of(listening);
    }

    @Override
    public void start() {
        socket.orElseThrow().channel().config().setAutoRead(true);
    }

    @Override
    public boolean canSucceed(Listener other) {
        return other instanceof TcpListener before
                && before.socket.isPresent()
                && before.settings.common().bind().equals(settings.common().bind())
                && before.settings.common().receiveBufferBytes()
                        == settings.common().receiveBufferBytes();
    }

    @Override
    public void succeed(Listener other) {
        TcpListener before = (TcpListener) other;
        ListeningSocket taken = before.socket.orElseThrow();
        address = before.address;
        socket = Optional.of(taken);
        taken.owner(this);
        before.socket = Optional.empty();
        before.settings.tls().ifPresent(before::closeLater);
    }

    /** An event loop may be accepting a connection with it at this moment. */
    private void closeLater(ServerTls tls) {
        var _ = loops.group().schedule(tls::close, CLOSE_LATER_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void retire(Duration patience) throws InterruptedException {
        Optional<ListeningSocket> closing = socket;
        socket = Optional.empty();
        if (closing.isPresent()) {
            closing.get().close(2 * BACKLOG);
            settings.tls().ifPresent(ServerTls::close);
        }
    }

    @Override
    public int connections() {
        return connections.get();
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    /** On the connection's event loop. */
    private void accepted(SocketChannel channel, ListeningSocket listening) {
        InetSocketAddress peer = channel.remoteAddress();
        if (peer == null) {
            channel.close();
            return;
        }
        if (!settings.common().peers().admits(peer.getAddress())) {
            refuse(channel, peer, NOT_ALLOWED);
            return;
        }
        if (!listening.admits(settings.maxConnections())) {
            refuse(channel, peer, TOO_MANY);
            return;
        }
        if (!listening.admits(peer.getAddress(), settings.maxPerAddress())) {
            refuse(channel, peer, TOO_MANY_OF_ADDRESS);
            return;
        }
        connections.incrementAndGet();
        counters.connectionOpened();
        channel.closeFuture().addListener(_ -> listening.left(peer.getAddress()));
        Loop loop = loops.of(channel.eventLoop());
        Source source =
                new Source(
                        name(),
                        sourceTransport(),
                        peer,
                        loops.nextConnection(),
                        Source.NO_CERTIFICATE);
        Sender sender =
                new Sender(
                        source,
                        settings.common().peers().origin(peer),
                        limits.of(peer.getAddress()));
        StreamConnection connection =
                switch (settings.protocol()) {
                    case Protocol.Syslog _ -> new TcpConnection(this, loop, channel, sender);
                    case Protocol.Relp relp ->
                            new RelpConnection(this, loop, channel, sender, relp, loops);
                };
        loop.add(connection);
        if (settings.tls().isPresent()) {
            // TLS keeps unfinished records, so it reads into buffers of its own
            SslHandler tls = settings.tls().get().handler(channel.alloc());
            channel.pipeline().addLast(tls, new TlsGate(this, tls, connection));
        } else {
            channel.config().setRecvByteBufAllocator(loop.readBuffers());
        }
        channel.pipeline().addLast(connection);
    }

    private Source.Transport sourceTransport() {
        return switch (settings.protocol()) {
            case Protocol.Syslog _ -> speaksTls() ? Source.Transport.TLS : Source.Transport.TCP;
            case Protocol.Relp _ -> speaksTls() ? Source.Transport.RELP_TLS : Source.Transport.RELP;
        };
    }

    boolean speaksTls() {
        return settings.tls().isPresent();
    }

    /** A peer that was taken first turned out not to be one of ours. */
    void refused(InetSocketAddress peer, String reason, String text) {
        counters.refused(reason);
        told.tell(
                peer.getAddress(), reason, () -> refusal(peer, reason, text + " (" + reason + ")"));
    }

    /** The relay ended a RELP session, which the peer had opened or not. */
    void ended(InetSocketAddress peer, boolean opened, String reason, String text) {
        if (opened) {
            cutOff(peer, reason, text);
        } else {
            refused(peer, reason, text);
        }
    }

    void refusedTls(InetSocketAddress peer) {
        refused(
                peer,
                SPEAKS_TLS,
                "it speaks TLS, but this listener takes plain text only; let it use a listener with "
                        + switch (settings.protocol()) {
                            case Protocol.Syslog _ -> "transport = tls";
                            case Protocol.Relp _ -> "a tls block";
                        });
    }

    /**
     * A message is stored although another is here under its number.
     *
     * @param different whether that is known to be another message
     */
    void keptRepeat(InetSocketAddress peer, boolean different) {
        counters.keptRepeat();
        String text =
                different
                        ? "it sent another message under a number that is here; does a copy of its"
                                + " data-dir run?"
                        : "it sent a message again that may be here, but is no longer known";
        told.tell(
                peer.getAddress(),
                NUMBERED,
                () ->
                        event(
                                EventKind.REPEAT_KEPT,
                                peer,
                                different ? "different" : "unknown",
                                "stored a message of %s: %s"
                                        .formatted(Addresses.text(peer), text)));
    }

    /** The peer of an open connection sent nothing for the idle timeout. */
    void cutOffIdle(InetSocketAddress peer) {
        double seconds = settings.idleTimeout().toMillis() / 1000.0;
        cutOff(peer, IDLE, "it sent nothing for " + seconds + " s");
    }

    private void cutOff(InetSocketAddress peer, String reason, String text) {
        counters.cutOff(reason);
        told.tell(
                peer.getAddress(),
                reason,
                () ->
                        event(
                                EventKind.CONNECTION_CUT_OFF,
                                peer,
                                reason,
                                "closed the connection of %s: %s (%s)"
                                        .formatted(Addresses.text(peer), text, reason)));
    }

    private void refuse(SocketChannel channel, InetSocketAddress peer, String reason) {
        counters.refused(reason);
        told.tell(peer.getAddress(), reason, () -> refusal(peer, reason, reason));
        channel.close();
    }

    private Event refusal(InetSocketAddress peer, String reason, String why) {
        return event(
                EventKind.CONNECTION_REFUSED,
                peer,
                reason,
                "refused a connection of " + Addresses.text(peer) + ": " + why);
    }

    private Event event(EventKind kind, InetSocketAddress peer, String reason, String text) {
        return Event.ofListener(kind, name(), "listener " + name() + ": " + text)
                .with("peer", Addresses.text(peer))
                .with("reason", reason);
    }

    void connectionClosed() {
        connections.decrementAndGet();
        counters.connectionClosed();
    }

    int maxMessageBytes() {
        return settings.common().maxMessageBytes();
    }

    long idleNanos() {
        return settings.idleTimeout().toNanos();
    }

    ListenerCounters counters() {
        return counters;
    }

    @Override
    public void stop(Duration patience) throws InterruptedException {
        retire(patience);
        CompletableFuture.allOf(
                        loops.loops().stream()
                                .map(loop -> Drain.start(loop, this, patience))
                                .toArray(CompletableFuture[]::new))
                .join();
    }
}
