package io.sealpost.relay.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.relay.pipeline.Admission;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.MemoryStorage;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.spool.UpstreamQueue;
import io.sealpost.relay.tls.PermittedPeers;
import io.sealpost.relay.tls.ServerTls;
import io.sealpost.relay.tls.ServerTlsSettings;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import io.sealpost.relay.watch.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** Listeners on real sockets before a real spool in memory, and what arrives in its queue. */
final class Testbed implements AutoCloseable {
    static final int MAX_MESSAGE = 8192;
    static final PeerRules ANYBODY = new PeerRules(List.of(), ZoneOffset.UTC, List.of());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final QueueSettings KEEP_ALL =
            new QueueSettings(
                    Long.MAX_VALUE,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.BLOCK,
                    QueueSettings.StartAt.NOW);

    final RecordingCounters counters = new RecordingCounters();
    final AtomicLong clockOffsetNanos;
    final GatedStorage gate;
    final EventLoops loops;
    private final Spool spool;
    private final UpstreamQueue queue;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();

    private final BedClock clock;

    private Testbed(
            GatedStorage gate, EventLoops loops, Spool spool, UpstreamQueue queue, BedClock clock) {
        this.clock = clock;
        this.clockOffsetNanos = clock.offsetNanos;
        this.gate = gate;
        this.loops = loops;
        this.spool = spool;
        this.queue = queue;
    }

    static Testbed open() throws IOException {
        return open(1);
    }

    static Testbed open(int eventLoops) throws IOException {
        return open(eventLoops, new GatedStorage(new MemoryStorage()));
    }

    /** The same on what an earlier one has left. */
    static Testbed open(int eventLoops, GatedStorage gate) throws IOException {
        SpoolSettings settings =
                new SpoolSettings(
                        256 << 20,
                        64 << 20,
                        Duration.ofMillis(1),
                        Duration.ZERO,
                        0,
                        SpoolSettings.WhenFull.BLOCK,
                        MAX_MESSAGE);
        Spool spool = Spool.open(settings, gate.storage(), SpoolObserver.NONE, NanoClock.system());
        UpstreamQueue queue = spool.queue("all", KEEP_ALL);
        BedClock clock = new BedClock();
        EventLoops loops =
                EventLoops.start(
                        eventLoops,
                        (onSpace, onSynced) ->
                                new Intake(
                                        spool.lane(onSpace, onSynced),
                                        new Rfc5424Encoder(Annotate.CHANGED, 32473),
                                        new Admission.Block(),
                                        Rules.everywhere(1L << queue.number()),
                                        clock),
                        spool.streams(),
                        clock,
                        Events.none());
        spool.start();
        return new Testbed(gate, loops, spool, queue, clock);
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static ListenerSettings common(PeerRules peers) {
        return new ListenerSettings("test", loopback(), MAX_MESSAGE, 0, peers, Optional.empty());
    }

    static TcpListenerSettings tcpSettings() {
        return new TcpListenerSettings(common(ANYBODY), 100, Duration.ZERO);
    }

    <T extends Listener> T start(T listener) throws IOException {
        listener.bind();
        listener.start();
        listeners.add(listener);
        return listener;
    }

    /** A RELP listener over TLS that anybody may use. */
    TcpListener relpTls(TcpListenerSettings.Protocol relp) throws Exception {
        ServerTlsSettings tls =
                new ServerTlsSettings(
                        TestCertificates.shared().certificate("server"),
                        TestCertificates.shared().key("server"),
                        Optional.empty(),
                        Optional.empty(),
                        ServerTlsSettings.ClientCertificate.NONE,
                        PermittedPeers.ANYBODY,
                        TlsVersion.TLS_1_2,
                        Duration.ofSeconds(10));
        return tcp(
                new TcpListenerSettings(
                        common(ANYBODY),
                        relp,
                        100,
                        Duration.ZERO,
                        Optional.of(ServerTls.open(tls))));
    }

    TcpListener tcp() throws IOException {
        return tcp(tcpSettings());
    }

    TcpListener tcp(TcpListenerSettings settings) throws IOException {
        return start(new TcpListener(settings, loops, counters));
    }

    UdpListener udp(UdpListenerSettings settings) throws IOException {
        return start(new UdpListener(settings, loops, counters));
    }

    UdpListener udp() throws IOException {
        return udp(new UdpListenerSettings(common(ANYBODY), 1));
    }

    void awaitCount(String name, long atLeast) {
        Awaitility.await(name)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> counters.get(name) >= atLeast);
    }

    /** The messages that reached the queue, once there are at least so many. */
    List<String> messages(int atLeast) {
        Awaitility.await(atLeast + " messages")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> {
                            poll();
                            return messages.size() >= atLeast;
                        });
        return messages;
    }

    private void poll() throws IOException, InterruptedException {
        while (true) {
            try (FrameRun run = queue.poll(1 << 20, Duration.ZERO)) {
                if (run == null) {
                    return;
                }
                byte[] octets = new byte[run.length()];
                run.read(octets, 0);
                split(new String(octets, ISO_8859_1));
            }
        }
    }

    private void split(String frames) {
        int at = 0;
        while (at < frames.length()) {
            int blank = frames.indexOf(' ', at);
            int end = blank + 1 + Integer.parseInt(frames, at, blank, 10);
            messages.add(frames.substring(blank + 1, end));
            at = end;
        }
    }

    @Override
    public void close() {
        if (gate.held()) {
            gate.open();
        }
        try {
            for (Listener listener : listeners) {
                listener.stop(PATIENCE);
            }
            loops.close();
            spool.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The event loop that takes in the next chunk does this first. */
    void beforeNextChunk(Runnable action) {
        clock.beforeNextChunk.set(action);
    }

    /** The system's, some time ahead. */
    private static final class BedClock implements NanoClock {
        final AtomicLong offsetNanos = new AtomicLong();
        final AtomicReference<Runnable> beforeNextChunk = new AtomicReference<>(() -> {});

        @Override
        public long nanos() {
            return NanoClock.system().nanos() + offsetNanos.get();
        }

        /** Read once for each chunk, when it was read from the socket. */
        @Override
        public long epochMicros() {
            beforeNextChunk.getAndSet(() -> {}).run();
            return NanoClock.system().epochMicros();
        }
    }
}
