package io.sealpost.relay.config;

import io.sealpost.relay.config.RelayConfig.TcpListener.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes the records from the checked blocks. Nothing can be wrong any more. */
final class ConfigMapper {
    private ConfigMapper() {}

    static RelayConfig map(Block root, Path file, Facts facts) {
        long spoolBytes = root.block("spool").get("max-size", Long.class);
        return new RelayConfig(
                file,
                root.find("name", String.class).orElseGet(facts::hostName),
                root.get("data-dir", Path.class),
                listeners(root.block("listeners"), facts),
                networks(root),
                upstreams(root.block("upstreams"), spoolBytes),
                RewriteMapper.rewrites(root),
                RouteMapper.routes(root),
                spool(root.block("spool")),
                IntegrityKeys.map(root.block("integrity")),
                root.get("annotate", RelayConfig.Annotate.class),
                root.find("enterprise-number", Integer.class)
                        .map(OptionalInt::of)
                        .orElseGet(OptionalInt::empty),
                new RelayConfig.Admin(root.block("admin").get("bind", Endpoint.class)),
                log(root.block("log")),
                root.get("shutdown-grace", Duration.class),
                Lines.of(root));
    }

    private static List<RelayConfig.Listener> listeners(Block listeners, Facts facts) {
        List<RelayConfig.Listener> result = new ArrayList<>();
        listeners
                .named()
                .forEach(
                        (name, block) -> {
                            RelayConfig.Door door = door(name, block, facts);
                            Schema.ListenerTransport transport =
                                    block.get("transport", Schema.ListenerTransport.class);
                            result.add(
                                    switch (transport) {
                                        case UDP -> new RelayConfig.UdpListener(door);
                                        case TCP, TLS -> tcp(door, Protocol.SYSLOG, block);
                                        case RELP -> tcp(door, Protocol.RELP, block);
                                    });
                        });
        return result;
    }

    private static RelayConfig.TcpListener tcp(
            RelayConfig.Door door, Protocol protocol, Block block) {
        return new RelayConfig.TcpListener(
                door,
                protocol,
                block.get("max-connections", Integer.class),
                block.find("max-connections-per-address", Integer.class).orElse(Integer.MAX_VALUE),
                block.get("idle-timeout", Duration.class),
                protocol == Protocol.RELP ? delivered(block) : Optional.empty(),
                protocol == Protocol.RELP ? block.list("chain-from", Network.class) : List.of(),
                block.find("tls", Block.class).map(ConfigMapper::tls));
    }

    private static Optional<RelayConfig.Delivered> delivered(Block block) {
        if (block.get("ack", RelayConfig.Ack.class) == RelayConfig.Ack.STORED) {
            return Optional.empty();
        }
        Block delivered = block.block("delivered");
        return Optional.of(
                new RelayConfig.Delivered(
                        delivered.list("upstreams", String.class),
                        delivered.get("at-most", Duration.class)));
    }

    private static RelayConfig.Tls tls(Block block) {
        Optional<Path> trust = block.find("trust", Path.class);
        return new RelayConfig.Tls(
                block.get("certificate", Path.class),
                block.get("key", Path.class),
                trust,
                block.find("crl", Path.class),
                block.find("client-auth", RelayConfig.ClientAuth.class)
                        .orElse(
                                trust.isPresent()
                                        ? RelayConfig.ClientAuth.REQUIRE
                                        : RelayConfig.ClientAuth.NONE),
                block.list("permitted-peers", String.class),
                block.get("min-version", RelayConfig.TlsVersion.class),
                block.get("handshake-timeout", Duration.class));
    }

    private static RelayConfig.Door door(String name, Block block, Facts facts) {
        return new RelayConfig.Door(
                name,
                block.get("bind", Endpoint.class),
                Math.toIntExact(block.get("max-message-size", Long.class)),
                block.find("timezone", ZoneId.class).orElseGet(facts::zone),
                block.list("allow", Network.class),
                rateLimit(block.block("rate-limit")),
                block.find("receive-buffer", Long.class)
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty));
    }

    private static Optional<RelayConfig.RateLimit> rateLimit(Block block) {
        return block.find("per-source", Integer.class)
                .map(
                        rate ->
                                new RelayConfig.RateLimit(
                                        rate, block.find("burst", Integer.class).orElse(rate)));
    }

    private static List<RelayConfig.PeerNetwork> networks(Block root) {
        return root.list("networks", Block.class).stream()
                .map(
                        block ->
                                new RelayConfig.PeerNetwork(
                                        block.get("net", Network.class),
                                        block.get("timezone", ZoneId.class)))
                .toList();
    }

    private static List<UpstreamConfig> upstreams(Block upstreams, long spoolBytes) {
        return upstreams.named().entrySet().stream()
                .map(entry -> upstream(entry.getKey(), entry.getValue(), spoolBytes))
                .toList();
    }

    private static UpstreamConfig upstream(String name, Block block, long spoolBytes) {
        UpstreamConfig.MessageFormat format =
                block.get("format", UpstreamConfig.MessageFormat.class);
        UpstreamConfig.Buffer buffer = buffer(block.block("buffer"), spoolBytes);
        UpstreamConfig.Lifecycle lifecycle =
                new UpstreamConfig.Lifecycle(
                        block.get("start", UpstreamConfig.Start.class),
                        block.find("on-remove", UpstreamConfig.OnRemove.class),
                        block.find("was", String.class));
        return switch (block.get("type", Schema.UpstreamType.class)) {
            case FILE ->
                    new UpstreamConfig.FileUpstream(
                            name,
                            block.get("path", String.class),
                            block.get("keep", Duration.class),
                            block.get("max-size", Long.class),
                            format,
                            block.get("framing", UpstreamConfig.Framing.class),
                            buffer,
                            lifecycle);
            case RELP ->
                    new UpstreamConfig.RelpUpstream(
                            name,
                            block.list("servers", Endpoint.class),
                            block.get("strategy", UpstreamConfig.Strategy.class),
                            block.isWritten("tls")
                                    ? Optional.of(upstreamTls(block.block("tls")))
                                    : Optional.empty(),
                            format,
                            block.get("window", Integer.class),
                            retry(block.block("retry")),
                            buffer,
                            lifecycle);
            case SYSLOG ->
                    switch (block.get("transport", Schema.UpstreamTransport.class)) {
                        case UDP ->
                                new UpstreamConfig.UdpUpstream(
                                        name,
                                        block.list("servers", Endpoint.class).getFirst(),
                                        format,
                                        Math.toIntExact(block.get("max-message-size", Long.class)),
                                        block.get("max-rate", Integer.class),
                                        retry(block.block("retry")),
                                        buffer,
                                        lifecycle);
                        case TCP ->
                                stream(name, block, format, Optional.empty(), buffer, lifecycle);
                        case TLS ->
                                stream(
                                        name,
                                        block,
                                        format,
                                        Optional.of(upstreamTls(block.block("tls"))),
                                        buffer,
                                        lifecycle);
                    };
        };
    }

    private static UpstreamConfig stream(
            String name,
            Block block,
            UpstreamConfig.MessageFormat format,
            Optional<UpstreamConfig.UpstreamTls> tls,
            UpstreamConfig.Buffer buffer,
            UpstreamConfig.Lifecycle lifecycle) {
        return new UpstreamConfig.TcpUpstream(
                name,
                block.list("servers", Endpoint.class),
                block.get("strategy", UpstreamConfig.Strategy.class),
                tls,
                format,
                block.get("framing", UpstreamConfig.Framing.class),
                retry(block.block("retry")),
                buffer,
                lifecycle);
    }

    private static UpstreamConfig.UpstreamTls upstreamTls(Block block) {
        return new UpstreamConfig.UpstreamTls(
                block.find("trust", Path.class),
                block.find("crl", Path.class),
                block.find("server-name", String.class),
                block.list("permitted-peers", String.class),
                block.find("certificate", Path.class),
                block.find("key", Path.class),
                block.get("min-version", RelayConfig.TlsVersion.class),
                block.get("handshake-timeout", Duration.class));
    }

    private static UpstreamConfig.Retry retry(Block block) {
        return new UpstreamConfig.Retry(
                block.get("first", Duration.class), block.get("max", Duration.class));
    }

    private static UpstreamConfig.Buffer buffer(Block block, long spoolBytes) {
        return new UpstreamConfig.Buffer(
                block.find("max-size", Long.class).orElse(spoolBytes / 5 * 4),
                block.find("max-age", Duration.class),
                block.get("when-full", UpstreamConfig.WhenQueueFull.class));
    }

    private static RelayConfig.Spool spool(Block block) {
        long maxBytes = block.get("max-size", Long.class);
        return new RelayConfig.Spool(
                maxBytes,
                block.find("segment-size", Long.class)
                        .orElse(Math.min(Schema.SEGMENT_BYTES, maxBytes / 4)),
                block.get("sync-interval", Duration.class),
                block.get("keep", Duration.class),
                block.get("reserve", Long.class),
                block.get("when-full", RelayConfig.WhenFull.class));
    }

    private static RelayConfig.Log log(Block block) {
        return new RelayConfig.Log(
                block.get("level", RelayConfig.Log.Level.class),
                block.get("format", RelayConfig.Log.Format.class),
                block.get("events", RelayConfig.Log.Events.class));
    }
}
