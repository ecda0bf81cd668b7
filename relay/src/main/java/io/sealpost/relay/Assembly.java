package io.sealpost.relay;

import io.netty.channel.epoll.EpollServerSocketChannel;
import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.relay.admin.AdminContent;
import io.sealpost.relay.admin.AdminServer;
import io.sealpost.relay.admin.AdminSettings;
import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.config.Endpoint;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.forward.BalancedForwarder;
import io.sealpost.relay.forward.FileForwarder;
import io.sealpost.relay.forward.FileUpstreamSettings;
import io.sealpost.relay.forward.Format;
import io.sealpost.relay.forward.Forwarder;
import io.sealpost.relay.forward.Framing;
import io.sealpost.relay.forward.Layout;
import io.sealpost.relay.forward.PathTemplate;
import io.sealpost.relay.forward.Protocol;
import io.sealpost.relay.forward.Server;
import io.sealpost.relay.forward.TcpForwarder;
import io.sealpost.relay.forward.TcpNetwork;
import io.sealpost.relay.forward.TcpUpstreamSettings;
import io.sealpost.relay.forward.UdpForwarder;
import io.sealpost.relay.forward.UdpUpstreamSettings;
import io.sealpost.relay.listen.EventLoops;
import io.sealpost.relay.listen.Listener;
import io.sealpost.relay.listen.ListenerSettings;
import io.sealpost.relay.listen.Network;
import io.sealpost.relay.listen.PeerRules;
import io.sealpost.relay.listen.RateLimit;
import io.sealpost.relay.listen.TcpListener;
import io.sealpost.relay.listen.TcpListenerSettings;
import io.sealpost.relay.listen.UdpListener;
import io.sealpost.relay.listen.UdpListenerSettings;
import io.sealpost.relay.pipeline.Admission;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.SelfLog;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Books;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Lane;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.ServerTls;
import io.sealpost.relay.tls.TlsFileException;
import io.sealpost.relay.watch.Account;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.RelayMetrics;
import io.sealpost.relay.watch.SpoolReadings;
import io.sealpost.relay.watch.UpstreamReading;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires the rooms together as the configuration says, from the spool outwards: log, queues,
 * forwarders, admin, and the listeners last. What was opened before a failure is closed again.
 */
final class Assembly implements Upstreams.Factory {
    private static final Logger log = LoggerFactory.getLogger(Assembly.class);
    private static final int MOST_EVENT_LOOPS = 4;

    /** Wait after a first failure of a file upstream, and the longest one. */
    private static final Duration FILE_RETRY_FIRST = Duration.ofMillis(100);

    private static final Duration FILE_RETRY_MAX = Duration.ofSeconds(30);

    private final RelayConfig config;
    private final NanoClock clock;
    private final RelayMetrics metrics = new RelayMetrics();
    private final Optional<SelfLog> selfLog;
    private final Events events;
    private final UpstreamEvents outages;
    private final Relay relay;
    private @Nullable EventLoops loops;
    private @Nullable Spool opened;

    private Assembly(RelayConfig config, NanoClock clock) {
        this.config = config;
        this.clock = clock;
        this.selfLog =
                switch (config.log().events()) {
                    case ON ->
                            Optional.of(
                                    new SelfLog(
                                            config.name(),
                                            config.effectiveEnterpriseNumber(),
                                            metrics,
                                            clock));
                    case OFF -> Optional.empty();
                };
        this.events = selfLog.<Events>map(log -> log).orElseGet(Events::none);
        this.outages = new UpstreamEvents(events, metrics);
        this.relay = new Relay(config, metrics, events);
    }

    /**
     * A running relay.
     *
     * @throws IOException with a sentence for the operator; nothing is left open then
     */
    static Relay of(RelayConfig config, NanoClock clock) throws IOException {
        Assembly assembly = new Assembly(config, clock);
        try {
            assembly.build();
            return assembly.relay;
        } catch (IOException | RuntimeException e) {
            assembly.relay.abandon();
            throw e;
        }
    }

    private void build() throws IOException {
        Storage storage = FileStorage.at(config.dataDir());
        SpoolLog observer = new SpoolLog(config.spool().whenFull(), metrics, clock, events);
        Spool spool = relay.spool(Spool.open(spoolSettings(), storage, observer, clock));
        opened = spool;
        observer.recovered(spool.recovery());
        metrics.spool(new SpoolReadings(spool::bytes, spool::written, spool::synced));

        Upstreams upstreams = relay.upstreams(new Upstreams(spool, metrics, this));
        upstreams.open(config.upstreams());
        Rules rules = Rulebook.of(config, upstreams.numbers(config)::get);
        loops = relay.loops(eventLoops(spool, rules));
        Optional<Intake> own = selfLog.map(_ -> intake(spool, spool.smallLane(() -> {}), rules));
        config.listeners().forEach(listener -> metrics.listener(listener.door().name()));
        relay.counters(CounterFile.open(storage, metrics));
        relay.seals(
                Seals.open(
                        new Seals.Surroundings(config, spool, metrics, events, clock),
                        upstreams.numbers(config)));
        spool.start();
        relay.seals().ifPresent(Seals::start);
        selfLog.ifPresent(log -> relay.start(log, own.orElseThrow()));

        upstreams.start();
        relay.admin(
                AdminServer.open(
                        AdminSettings.at(config.admin().bind().resolve()),
                        loops().group(),
                        EpollServerSocketChannel.class,
                        new AdminContent(metrics, relay::obstacle, IntegrityPages.of(config))));
        relay.doors(new Doors(this::listener)).open(config);
        relay.watch(new CertificateWatch(relay));
        relay.control(Control.open(config.dataDir(), commands(spool)));
    }

    /** What the relay answers on its control socket. */
    private Map<String, ControlCommand> commands(Spool spool) {
        return Map.of(
                "status",
                new StatusReport(config, relay, spool, metrics, outages, clock),
                "tail",
                new TailFeed(spool),
                ReloadCommand.WORD,
                new ReloadAnswer(relay.reloading()));
    }

    private EventLoops loops() {
        return Objects.requireNonNull(loops, "not started");
    }

    private SpoolSettings spoolSettings() {
        RelayConfig.Spool spool = config.spool();
        return new SpoolSettings(
                spool.maxBytes(),
                spool.segmentBytes(),
                spool.syncInterval(),
                spool.keep(),
                spool.reserveBytes(),
                switch (spool.whenFull()) {
                    case BLOCK -> SpoolSettings.WhenFull.BLOCK;
                    case DROP_NEW -> SpoolSettings.WhenFull.DROP_NEW;
                    case DROP_BY_SEVERITY -> SpoolSettings.WhenFull.DROP_BY_SEVERITY;
                },
                Reload.longestMessage(config));
    }

    @Override
    public QueueSettings queueSettings(UpstreamConfig upstream) {
        UpstreamConfig.Buffer buffer = upstream.buffer();
        return new QueueSettings(
                buffer.maxBytes(),
                buffer.maxAge(),
                switch (buffer.whenFull()) {
                    case BLOCK -> QueueSettings.WhenQueueFull.BLOCK;
                    case DROP_OLDEST -> QueueSettings.WhenQueueFull.DROP_OLDEST;
                },
                switch (upstream.lifecycle().start()) {
                    case NOW -> QueueSettings.StartAt.NOW;
                    case RETAINED -> QueueSettings.StartAt.RETAINED;
                });
    }

    private EventLoops eventLoops(Spool spool, Rules rules) {
        return EventLoops.start(
                eventLoopCount(),
                (onSpace, onSynced) -> intake(spool, spool.lane(onSpace, onSynced), rules),
                spool.streams(),
                clock,
                events);
    }

    private Intake intake(Spool spool, Lane lane, Rules rules) {
        Admission admission =
                switch (config.spool().whenFull()) {
                    case BLOCK -> new Admission.Block();
                    case DROP_NEW -> new Admission.DropNew(spool::fillPercent);
                    case DROP_BY_SEVERITY -> new Admission.DropBySeverity(spool::fillPercent);
                };
        Annotate annotate =
                switch (config.annotate()) {
                    case NONE -> Annotate.NONE;
                    case CHANGED -> Annotate.CHANGED;
                    case ALL -> Annotate.ALL;
                };
        int number = config.effectiveEnterpriseNumber();
        return new Intake(lane, new Rfc5424Encoder(annotate, number), admission, rules, clock);
    }

    private static int eventLoopCount() {
        return Math.min(MOST_EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
    }

    @Override
    public Forwarder forwarder(UpstreamConfig upstream, UpstreamQueue queue) throws IOException {
        return switch (upstream) {
            case UpstreamConfig.FileUpstream file -> {
                PathTemplate path = PathTemplate.parse(file.path());
                yield FileForwarder.of(
                        new FileUpstreamSettings(
                                file.name(),
                                path,
                                ZoneOffset.UTC,
                                file.keep(),
                                file.maxBytes(),
                                layout(file.format(), file.framing()),
                                FILE_RETRY_FIRST,
                                FILE_RETRY_MAX,
                                FileUpstreamSettings.MAX_OPEN),
                        queue,
                        FileStorage.at(path.root()),
                        clock,
                        outages);
            }
            case UpstreamConfig.UdpUpstream udp ->
                    new UdpForwarder(
                            new UdpUpstreamSettings(
                                    udp.name(),
                                    server(udp.server()),
                                    format(udp.format()),
                                    udp.maxMessageBytes(),
                                    udp.perSecond(),
                                    udp.retry().first(),
                                    udp.retry().max()),
                            queue,
                            sharedRandom(),
                            clock,
                            outages);
            case UpstreamConfig.TcpUpstream tcp ->
                    stream(
                            new Stream(
                                    tcp.name(),
                                    tcp.servers(),
                                    tcp.strategy(),
                                    tcp.tls(),
                                    new Protocol.Syslog(),
                                    layout(tcp.format(), tcp.framing()),
                                    tcp.retry()),
                            queue);
            case UpstreamConfig.RelpUpstream relp ->
                    stream(
                            new Stream(
                                    relp.name(),
                                    relp.servers(),
                                    relp.strategy(),
                                    relp.tls(),
                                    new Protocol.Relp(
                                            relp.window(),
                                            Protocol.Relp.PATIENCE,
                                            Version.ofBuild().relpSoftware()),
                                    layout(relp.format(), UpstreamConfig.Framing.OCTET_COUNTING),
                                    relp.retry()),
                            queue);
        };
    }

    /** An upstream over TCP or TLS. */
    private record Stream(
            String name,
            List<Endpoint> servers,
            UpstreamConfig.Strategy strategy,
            Optional<UpstreamConfig.UpstreamTls> tls,
            Protocol protocol,
            Layout layout,
            UpstreamConfig.Retry retry) {}

    private Forwarder stream(Stream upstream, UpstreamQueue queue) throws IOException {
        TcpNetwork network = new TcpNetwork(loops().group(), sharedRandom());
        List<Server> servers = upstream.servers().stream().map(Assembly::server).toList();
        if (upstream.strategy() == UpstreamConfig.Strategy.FAILOVER) {
            return new TcpForwarder(settings(upstream, servers), queue, network, clock, outages);
        }
        List<TcpUpstreamSettings> each = new ArrayList<>();
        for (Server server : servers) {
            each.add(settings(upstream, List.of(server)));
        }
        return new BalancedForwarder(each, queue, network, clock, outages);
    }

    private TcpUpstreamSettings settings(Stream upstream, List<Server> servers) throws IOException {
        return new TcpUpstreamSettings(
                upstream.name(),
                servers,
                upstream.protocol(),
                upstream.layout(),
                upstream.retry().first(),
                upstream.retry().max(),
                TcpUpstreamSettings.CONNECT_TIMEOUT,
                TcpUpstreamSettings.PROBE,
                clientTls(upstream.name(), upstream.tls()));
    }

    private static Server server(Endpoint endpoint) {
        return new Server(endpoint.host(), endpoint.port());
    }

    /** Safe for all threads. */
    private static RandomGenerator sharedRandom() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    private static Format format(UpstreamConfig.MessageFormat format) {
        return switch (format) {
            case RFC5424 -> Format.RFC5424;
            case RFC3164 -> Format.RFC3164;
            case JSON -> Format.JSON;
            case ORIGINAL -> Format.ORIGINAL;
        };
    }

    private static Layout layout(
            UpstreamConfig.MessageFormat format, UpstreamConfig.Framing framing) {
        return new Layout(
                format(format),
                switch (framing) {
                    case LF -> Framing.LF;
                    case OCTET_COUNTING -> Framing.OCTET_COUNTING;
                });
    }

    @Override
    public Supplier<UpstreamReading> reading(UpstreamQueue queue, Forwarder forwarder) {
        return () -> {
            Books counts = queue.books();
            long oldest = queue.oldestQueuedMicros();
            double lag = oldest < 0 ? 0 : Math.max(0, clock.epochMicros() - oldest) / 1e6;
            return new UpstreamReading(
                    new Account(
                            queue.name(),
                            counts.routed(),
                            counts.delivered(),
                            counts.queued(),
                            counts.dropped()),
                    lag,
                    forwarder.unconfirmed(),
                    counts.resent(),
                    forwarder.connected());
        };
    }

    private Listener listener(RelayConfig.Listener listener, RelayConfig all) throws IOException {
        MeteredListener counters =
                new MeteredListener(listener.door().name(), metrics, clock, events);
        return switch (listener) {
            case RelayConfig.UdpListener udp ->
                    new UdpListener(
                            new UdpListenerSettings(door(udp.door(), all), eventLoopCount()),
                            loops(),
                            counters);
            case RelayConfig.TcpListener tcp ->
                    new TcpListener(
                            new TcpListenerSettings(
                                    door(tcp.door(), all),
                                    switch (tcp.protocol()) {
                                        case SYSLOG -> new TcpListenerSettings.Protocol.Syslog();
                                        case RELP ->
                                                new TcpListenerSettings.Protocol.Relp(
                                                        Version.ofBuild().relpSoftware(),
                                                        tcp.delivered().map(this::delivered),
                                                        tcp.chainFrom().stream()
                                                                .map(Assembly::network)
                                                                .toList());
                                    },
                                    tcp.maxConnections(),
                                    tcp.maxPerAddress(),
                                    tcp.idleTimeout(),
                                    serverTls(tcp)),
                            loops(),
                            counters);
        };
    }

    private Optional<ServerTls> serverTls(RelayConfig.TcpListener listener) throws IOException {
        if (listener.tls().isEmpty()) {
            return Optional.empty();
        }
        String owner = "listener " + listener.door().name();
        try {
            ServerTls tls = ServerTls.open(TlsBlocks.server(listener.tls().get()));
            warn(owner, tls.outOfDate(now()));
            return Optional.of(tls);
        } catch (TlsFileException e) {
            throw new IOException(owner + ": " + e.key() + ": " + e.problem(), e);
        }
    }

    private TcpListenerSettings.Delivered delivered(RelayConfig.Delivered delivered) {
        Spool spool = Objects.requireNonNull(opened, "not started");
        return new TcpListenerSettings.Delivered(
                spool::synced,
                () -> spool.delivered(delivered.upstreams()),
                () -> spool.numbers(delivered.upstreams()),
                delivered.atMost());
    }

    private Optional<ClientTls> clientTls(
            String upstream, Optional<UpstreamConfig.UpstreamTls> block) throws IOException {
        if (block.isEmpty()) {
            return Optional.empty();
        }
        String owner = "upstream " + upstream;
        try {
            ClientTls tls = ClientTls.open(TlsBlocks.client(block.get()));
            warn(owner, tls.outOfDate(now()));
            return Optional.of(tls);
        } catch (TlsFileException e) {
            throw new IOException(owner + ": " + e.key() + ": " + e.problem(), e);
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMicros() / 1000);
    }

    private static void warn(String owner, List<String> sentences) {
        sentences.forEach(sentence -> log.warn("{}: {}", owner, sentence));
    }

    private static ListenerSettings door(RelayConfig.Door door, RelayConfig all)
            throws UnknownHostException {
        return new ListenerSettings(
                door.name(),
                door.bind().resolve(),
                door.maxMessageBytes(),
                (int) Math.min(Integer.MAX_VALUE, door.receiveBuffer().orElse(0)),
                new PeerRules(
                        door.allow().stream().map(Assembly::network).toList(),
                        door.timezone(),
                        all.networks().stream()
                                .map(n -> new PeerRules.Zoned(network(n.net()), n.timezone()))
                                .toList()),
                door.rateLimit().map(limit -> new RateLimit(limit.perSource(), limit.burst())));
    }

    private static Network network(io.sealpost.relay.config.Network network) {
        return Network.parse(network.toString());
    }
}
