package io.sealpost.relay.listen;

import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Socket;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Syslog over UDP (RFC 5426). */
public final class UdpListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(UdpListener.class);
    private static final String NOT_ALLOWED = "allow";

    private final UdpListenerSettings settings;
    private final EventLoops loops;
    private final ListenerCounters counters;
    private final UdpPeers peers;
    private final PeerLog refusals;
    private final RateLimitedLog drops;
    private final RateLimitedLog failures;

    /** Its sockets, one of each loop in their order; replaced by control threads. */
    private volatile List<UdpSocket> sockets = List.of();

    /** Its sockets are read; written by control threads. */
    private volatile boolean started;

    /** Written by the control thread that starts it. */
    private volatile InetSocketAddress address;

    /** A listener that does not listen yet. */
    public UdpListener(UdpListenerSettings settings, EventLoops loops, ListenerCounters counters) {
        this.settings = settings;
        this.loops = loops;
        this.counters = counters;
        this.peers =
                UdpPeers.of(
                        settings.common(),
                        new SourceLimits(
                                settings.common().rateLimit(),
                                loops.group(),
                                loops.clock(),
                                SourceLimits.INTERVAL,
                                counters::rateLimited));
        this.refusals =
                new PeerLog(log, loops.events(), loops.clock(), loops.group(), PeerLog.PATIENCE);
        this.drops = new RateLimitedLog(log, loops.clock());
        this.failures = new RateLimitedLog(log, loops.clock());
        this.address = settings.common().bind();
    }

    @Override
    public String name() {
        return settings.common().name();
    }

    @Override
    public String transport() {
        return "udp";
    }

    @Override
    public void bind() throws IOException {
        List<UdpSocket> bound = new ArrayList<>();
        try {
            // alone, so that a port in use is noticed: sockets that share one never fail
            Socket first = bind(address, false);
            address = first.localAddress();
            int wanted = Math.min(settings.sockets(), loops.loops().size());
            if (wanted == 1) {
                bound.add(reading(loops.loops().getFirst(), first));
            } else {
                first.close();
                for (Loop loop : loops.loops().subList(0, wanted)) {
                    bound.add(reading(loop, bind(address, true)));
                }
            }
            sockets = List.copyOf(bound);
        } catch (IOException e) {
            bound.forEach(UdpSocket::close);
            throw new IOException(
                    "listener %s: cannot listen on %s (udp): %s"
                            .formatted(name(), Addresses.text(address), e.getMessage()),
                    e);
        }
    }

    private Socket bind(InetSocketAddress to, boolean shared) throws IOException {
        Socket socket =
                new Socket(DatagramReader.newSocket(to.getAddress() instanceof Inet6Address));
        try {
            int wanted = settings.common().receiveBufferBytes();
            int granted = wanted > 0 ? UdpSocketOptions.receiveBuffer(socket, wanted) : wanted;
            if (granted < wanted && !shared) {
                log.warn(
                        "listener {}: the kernel grants a receive buffer of {} octets instead of {};"
                                + " bursts may be dropped. Raise sysctl net.core.rmem_max, or grant"
                                + " CAP_NET_ADMIN",
                        name(),
                        granted,
                        wanted);
            }
            socket.setReusePort(shared);
            socket.bind(to);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private UdpSocket reading(Loop loop, Socket socket) {
        return new UdpSocket(this, loop, socket, DatagramReader.of(socket.intValue()));
    }

    @Override
    public void start() {
        started = true;
        sockets.forEach(UdpListener::register);
    }

    private static void register(UdpSocket reading) {
        Loop loop = reading.loop();
        loop.eventLoop()
                .register(reading)
                .addListener(
                        registered ->
                                loop.eventLoop()
                                        .execute(
                                                () ->
                                                        reading.open(
                                                                (IoRegistration)
                                                                        registered.getNow())));
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public boolean canSucceed(Listener other) {
        return other instanceof UdpListener before
                && !before.sockets.isEmpty()
                && before.settings.common().bind().equals(settings.common().bind())
                && before.settings.common().receiveBufferBytes()
                        == settings.common().receiveBufferBytes();
    }

    @Override
    public void succeed(Listener other) {
        UdpListener before = (UdpListener) other;
        address = before.address;
        started = true;
        sockets = before.sockets;
        before.sockets = List.of();
        CompletableFuture.allOf(
                        sockets.stream()
                                .map(
                                        taken ->
                                                CompletableFuture.runAsync(
                                                        () -> taken.belongTo(this),
                                                        taken.loop().eventLoop()))
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    @Override
    public void retire(Duration patience) throws InterruptedException {
        stop(patience);
    }

    @Override
    public int connections() {
        return 0;
    }

    int maxMessageBytes() {
        return settings.common().maxMessageBytes();
    }

    UdpPeers.Peer peer(InetSocketAddress from) {
        return peers.of(from);
    }

    ListenerCounters counters() {
        return counters;
    }

    void refused(UdpPeers.Peer peer) {
        counters.refused(NOT_ALLOWED);
        InetSocketAddress address = peer.sender().source().peer();
        refusals.tell(
                address.getAddress(),
                NOT_ALLOWED,
                () -> {
                    String from = Addresses.text(address);
                    return event(
                                    EventKind.CONNECTION_REFUSED,
                                    "refused a datagram of " + from + ": " + NOT_ALLOWED)
                            .with("peer", from)
                            .with("reason", NOT_ALLOWED);
                });
    }

    void kernelDrops(long datagrams) {
        counters.kernelDrops(datagrams);
        drops.tell(
                loops.events(),
                () ->
                        event(
                                        EventKind.MESSAGES_DROPPED,
                                        "the kernel dropped "
                                                + datagrams
                                                + " datagrams for lack of room; a larger"
                                                + " receive-buffer takes longer bursts")
                                .with("reason", "kernel")
                                .with("count", datagrams));
    }

    private Event event(EventKind kind, String text) {
        return Event.ofListener(kind, name(), "listener " + name() + ": " + text);
    }

    void readFailed(IOException e) {
        failures.warn("listener {}: {}", name(), String.valueOf(e.getMessage()));
    }

    @Override
    public void stop(Duration patience) throws InterruptedException {
        List<UdpSocket> closing = sockets;
        sockets = List.of();
        if (!started) {
            closing.forEach(UdpSocket::close);
            return;
        }
        CompletableFuture.allOf(
                        loops.loops().stream()
                                .map(loop -> Drain.start(loop, this, patience))
                                .toArray(CompletableFuture[]::new))
                .join();
    }
}
