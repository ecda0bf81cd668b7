package io.sealpost.relay.config;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.relay.config.RelayConfig.Annotate;
import io.sealpost.relay.config.RelayConfig.ClientAuth;
import io.sealpost.relay.config.RelayConfig.TcpListener;
import io.sealpost.relay.config.RelayConfig.TcpListener.Protocol;
import io.sealpost.relay.config.RelayConfig.Tls;
import io.sealpost.relay.config.RelayConfig.TlsVersion;
import io.sealpost.relay.config.RelayConfig.UdpListener;
import io.sealpost.relay.config.RelayConfig.WhenFull;
import io.sealpost.relay.config.UpstreamConfig.FileUpstream;
import io.sealpost.relay.config.UpstreamConfig.Framing;
import io.sealpost.relay.config.UpstreamConfig.MessageFormat;
import io.sealpost.relay.config.UpstreamConfig.OnRemove;
import io.sealpost.relay.config.UpstreamConfig.RelpUpstream;
import io.sealpost.relay.config.UpstreamConfig.Start;
import io.sealpost.relay.config.UpstreamConfig.Strategy;
import io.sealpost.relay.config.UpstreamConfig.TcpUpstream;
import io.sealpost.relay.config.UpstreamConfig.UpstreamTls;
import io.sealpost.relay.config.UpstreamConfig.WhenQueueFull;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * For each key: what it is without being written, and what a written value becomes. The conf file
 * has listeners u (udp), t (tcp), x (tls) and r (relp) and upstreams f (file) and s (syslog).
 */
final class KeyCases {
    static final Facts FACTS = new Facts("testhost", ZoneId.of("Asia/Tokyo"));

    /** Of a required key: it has no default. */
    static final Object REQUIRED = "required";

    /**
     * @param written as in the conf file; not the default
     * @param becomes what read gives then
     */
    record KeyCase(
            Function<RelayConfig, Object> read, Object preset, String written, Object becomes) {}

    static final Map<String, KeyCase> ALL =
            Map.ofEntries(
                    e(
                            "rewrite[].match",
                            c -> rewrite(c).match().appNames(),
                            List.of(),
                            "{ app-name = shop }",
                            List.of("shop")),
                    e(
                            "rewrite[].set.facility",
                            c -> rewrite(c).set().facility(),
                            Optional.empty(),
                            "local3",
                            Optional.of(Facility.LOCAL3)),
                    e(
                            "rewrite[].set.severity",
                            c -> rewrite(c).set().severity(),
                            Optional.empty(),
                            "debug",
                            Optional.of(Severity.DEBUG)),
                    e(
                            "rewrite[].set.hostname",
                            c -> rewrite(c).set().hostname(),
                            Optional.empty(),
                            "www.example.com",
                            Optional.of("www.example.com")),
                    e(
                            "rewrite[].set.app-name",
                            c -> rewrite(c).set().appName(),
                            Optional.of("rest"),
                            "shop",
                            Optional.of("shop")),
                    e(
                            "rewrite[].map.facility",
                            c -> rewrite(c).map().facility(),
                            Map.of(),
                            "\"local0 -> auth\"",
                            Map.of(Facility.LOCAL0, Facility.AUTH)),
                    e(
                            "rewrite[].map.severity",
                            c -> rewrite(c).map().severity(),
                            Map.of(),
                            "[\"debug->info\", \"notice -> error\"]",
                            Map.of(
                                    Severity.DEBUG, Severity.INFO,
                                    Severity.NOTICE, Severity.ERROR)),
                    e(
                            "rewrite[].map.hostname",
                            c -> rewrite(c).map().hostname(),
                            Map.of(),
                            "[\"10.0.0.1 -> web1\"]",
                            Map.of("10.0.0.1", "web1")),
                    e(
                            "rewrite[].map.app-name",
                            c -> rewrite(c).map().appName(),
                            Map.of(),
                            "\"- -> unknown\"",
                            Map.of("-", "unknown")),
                    e(
                            "rewrite[].redact",
                            c -> rewrite(c).redact(),
                            List.of(),
                            "[\"[0-9]{16}\", secret]",
                            List.of("[0-9]{16}", "secret")),
                    e(
                            "rewrite[].redact-with",
                            c -> rewrite(c).redactWith(),
                            "***",
                            "\"\"\nredact = x",
                            ""),
                    e("routes[].name", c -> route(c).label(), "route-1", "noise", "noise"),
                    e(
                            "routes[].match.facility",
                            c -> route(c).match().facilities(),
                            Set.of(),
                            "[auth, local7]",
                            Set.of(Facility.AUTH, Facility.LOCAL7)),
                    e(
                            "routes[].match.severity",
                            c -> route(c).match().severities(),
                            Set.of(),
                            "[\">= critical\", info, \"< info\"]",
                            Set.of(
                                    Severity.EMERGENCY,
                                    Severity.ALERT,
                                    Severity.CRITICAL,
                                    Severity.INFO,
                                    Severity.DEBUG)),
                    e(
                            "routes[].match.hostname",
                            c -> route(c).match().hostnames(),
                            List.of(),
                            "\"web*\"",
                            List.of("web*")),
                    e(
                            "routes[].match.app-name",
                            c -> route(c).match().appNames(),
                            List.of(),
                            "[sshd, \"su?o\"]",
                            List.of("sshd", "su?o")),
                    e(
                            "routes[].match.message",
                            c -> route(c).match().messages(),
                            List.of(),
                            "\"^a|b$\"",
                            List.of("^a|b$")),
                    e(
                            "routes[].match.listener",
                            c -> route(c).match().listeners(),
                            List.of(),
                            "[u, t]",
                            List.of("u", "t")),
                    e(
                            "routes[].match.peer",
                            c -> route(c).match().peers().toString(),
                            "[]",
                            "\"10.0.0.0/8\"",
                            "[10.0.0.0/8]"),
                    e(
                            "routes[].match.not",
                            c -> route(c).match().not().map(RelayConfig.Match::appNames),
                            Optional.empty(),
                            "{ app-name = x }",
                            Optional.of(List.of("x"))),
                    e(
                            "routes[].match.any",
                            c ->
                                    route(c).match().any().stream()
                                            .map(RelayConfig.Match::hostnames)
                                            .toList(),
                            List.of(),
                            "[{ hostname = x }, { hostname = [y, z], any = [{ listener = u }] }]",
                            List.of(List.of("x"), List.of("y", "z"))),
                    e("routes[].to", c -> route(c).to(), REQUIRED, "[s, f]", List.of("s", "f")),
                    e("routes[].continue", c -> route(c).goesOn(), false, "true", true),
                    e("name", RelayConfig::name, "testhost", "relay1", "relay1"),
                    e(
                            "data-dir",
                            c -> belowParent(c, c.dataDir()),
                            "data",
                            "\"../spool\"",
                            "spool"),
                    e(
                            "listeners.*.transport",
                            c -> c.listeners().stream().filter(KeyCases::isPlainTcp).count(),
                            REQUIRED,
                            "tcp",
                            2L),
                    e(
                            "listeners.*.bind",
                            c -> udp(c).door().bind(),
                            REQUIRED,
                            "\"[::1]:99\"",
                            new Endpoint("::1", 99)),
                    e(
                            "listeners.*.max-message-size",
                            c -> udp(c).door().maxMessageBytes(),
                            65_536,
                            "32 B",
                            32),
                    e(
                            "listeners.*.timezone",
                            c -> udp(c).door().timezone(),
                            ZoneId.of("Asia/Tokyo"),
                            "\"Europe/Berlin\"",
                            ZoneId.of("Europe/Berlin")),
                    e(
                            "listeners.*.allow",
                            c -> udp(c).door().allow().toString(),
                            "[]",
                            "[\"10.0.0.0/8\", \"192.0.2.7\"]",
                            "[10.0.0.0/8, 192.0.2.7/32]"),
                    e(
                            "listeners.*.rate-limit.per-source",
                            c -> udp(c).door().rateLimit(),
                            Optional.empty(),
                            "7/s",
                            Optional.of(new RelayConfig.RateLimit(7, 7))),
                    e(
                            "listeners.*.rate-limit.burst",
                            c -> udp(c).door().rateLimit().map(RelayConfig.RateLimit::burst),
                            Optional.empty(),
                            "9",
                            Optional.of(9)),
                    e(
                            "listeners.*.receive-buffer@udp",
                            c -> udp(c).door().receiveBuffer(),
                            OptionalLong.of(32L << 20),
                            "16 MiB",
                            OptionalLong.of(16L << 20)),
                    e(
                            "listeners.*.receive-buffer@tcp",
                            c -> tcp(c).door().receiveBuffer(),
                            OptionalLong.empty(),
                            "1 MiB",
                            OptionalLong.of(1L << 20)),
                    e(
                            "listeners.*.max-connections@tcp",
                            c -> tcp(c).maxConnections(),
                            20_000,
                            "7",
                            7),
                    e(
                            "listeners.*.max-connections-per-address@tcp",
                            c -> tcp(c).maxPerAddress(),
                            Integer.MAX_VALUE,
                            "3",
                            3),
                    e(
                            "listeners.*.idle-timeout@tcp",
                            c -> tcp(c).idleTimeout(),
                            Duration.ZERO,
                            "5 m",
                            Duration.ofMinutes(5)),
                    e(
                            "listeners.*.receive-buffer@tls",
                            c -> tls(c).door().receiveBuffer(),
                            OptionalLong.empty(),
                            "1 MiB",
                            OptionalLong.of(1L << 20)),
                    e(
                            "listeners.*.max-connections@tls",
                            c -> tls(c).maxConnections(),
                            20_000,
                            "7",
                            7),
                    e(
                            "listeners.*.max-connections-per-address@tls",
                            c -> tls(c).maxPerAddress(),
                            Integer.MAX_VALUE,
                            "3",
                            3),
                    e(
                            "listeners.*.idle-timeout@tls",
                            c -> tls(c).idleTimeout(),
                            Duration.ZERO,
                            "5 m",
                            Duration.ofMinutes(5)),
                    e(
                            "listeners.*.tls.certificate@tls",
                            c -> belowParent(c, listenerTls(c).certificate()),
                            REQUIRED,
                            "\"../server.pem\"",
                            "server.pem"),
                    e(
                            "listeners.*.tls.key@tls",
                            c -> belowParent(c, listenerTls(c).key()),
                            REQUIRED,
                            "\"../server.key\"",
                            "server.key"),
                    e(
                            "listeners.*.tls.trust@tls",
                            c -> listenerTls(c).trust().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../ca.pem\"",
                            Optional.of("ca.pem")),
                    e(
                            "listeners.*.tls.crl@tls",
                            c -> listenerTls(c).crl().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../crl.pem\"",
                            Optional.of("crl.pem")),
                    e(
                            "listeners.*.tls.permitted-peers@tls",
                            c -> listenerTls(c).permittedPeers(),
                            List.of(),
                            "[\"*.example.com\"]",
                            List.of("*.example.com")),
                    e(
                            "listeners.*.tls.client-auth@tls",
                            c -> listenerTls(c).clientAuth(),
                            ClientAuth.REQUIRE,
                            "optional",
                            ClientAuth.OPTIONAL),
                    e(
                            "listeners.*.tls.min-version@tls",
                            c -> listenerTls(c).minVersion(),
                            TlsVersion.TLS_1_2,
                            "1.3",
                            TlsVersion.TLS_1_3),
                    e(
                            "listeners.*.tls.handshake-timeout@tls",
                            c -> listenerTls(c).handshakeTimeout(),
                            Duration.ofSeconds(10),
                            "3 s",
                            Duration.ofSeconds(3)),
                    e(
                            "listeners.*.receive-buffer@relp",
                            c -> relp(c).door().receiveBuffer(),
                            OptionalLong.empty(),
                            "1 MiB",
                            OptionalLong.of(1L << 20)),
                    e(
                            "listeners.*.max-connections@relp",
                            c -> relp(c).maxConnections(),
                            20_000,
                            "7",
                            7),
                    e(
                            "listeners.*.max-connections-per-address@relp",
                            c -> relp(c).maxPerAddress(),
                            Integer.MAX_VALUE,
                            "3",
                            3),
                    e(
                            "listeners.*.idle-timeout@relp",
                            c -> relp(c).idleTimeout(),
                            Duration.ZERO,
                            "5 m",
                            Duration.ofMinutes(5)),
                    e(
                            "listeners.*.ack@relp",
                            c -> relp(c).delivered().isPresent(),
                            false,
                            "delivered\nlisteners.r.delivered.upstreams = [f]",
                            true),
                    e(
                            "listeners.*.chain-from@relp",
                            c -> relp(c).chainFrom().toString(),
                            "[]",
                            "[\"10.0.0.0/8\"]",
                            "[10.0.0.0/8]"),
                    e(
                            "listeners.*.delivered.upstreams@relp",
                            c ->
                                    relp(c).delivered()
                                            .map(RelayConfig.Delivered::upstreams)
                                            .orElse(List.of()),
                            List.of(),
                            "[f]\nlisteners.r.ack = delivered",
                            List.of("f")),
                    e(
                            "listeners.*.delivered.at-most@relp",
                            c ->
                                    relp(c).delivered()
                                            .map(RelayConfig.Delivered::atMost)
                                            .orElse(Duration.ofSeconds(30)),
                            Duration.ofSeconds(30),
                            "5 s\nlisteners.r.ack = delivered\n"
                                    + "listeners.r.delivered.upstreams = [f]",
                            Duration.ofSeconds(5)),
                    e(
                            "listeners.*.tls.certificate@relp",
                            c -> belowParent(c, relpTls(c).certificate()),
                            REQUIRED,
                            "\"../server.pem\"",
                            "server.pem"),
                    e(
                            "listeners.*.tls.key@relp",
                            c -> belowParent(c, relpTls(c).key()),
                            REQUIRED,
                            "\"../server.key\"",
                            "server.key"),
                    e(
                            "listeners.*.tls.trust@relp",
                            c -> relpTls(c).trust().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../ca.pem\"",
                            Optional.of("ca.pem")),
                    e(
                            "listeners.*.tls.crl@relp",
                            c -> relpTls(c).crl().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../crl.pem\"",
                            Optional.of("crl.pem")),
                    e(
                            "listeners.*.tls.permitted-peers@relp",
                            c -> relpTls(c).permittedPeers(),
                            List.of(),
                            "[\"*.example.com\"]",
                            List.of("*.example.com")),
                    e(
                            "listeners.*.tls.client-auth@relp",
                            c -> relpTls(c).clientAuth(),
                            ClientAuth.REQUIRE,
                            "optional",
                            ClientAuth.OPTIONAL),
                    e(
                            "listeners.*.tls.min-version@relp",
                            c -> relpTls(c).minVersion(),
                            TlsVersion.TLS_1_2,
                            "1.3",
                            TlsVersion.TLS_1_3),
                    e(
                            "listeners.*.tls.handshake-timeout@relp",
                            c -> relpTls(c).handshakeTimeout(),
                            Duration.ofSeconds(10),
                            "3 s",
                            Duration.ofSeconds(3)),
                    e(
                            "networks[].net",
                            c -> c.networks().getFirst().net().toString(),
                            REQUIRED,
                            "\"10.2.0.0/16\"",
                            "10.2.0.0/16"),
                    e(
                            "networks[].timezone",
                            c -> c.networks().getFirst().timezone(),
                            REQUIRED,
                            "\"+02:00\"",
                            ZoneOffset.ofHours(2)),
                    e(
                            "upstreams.*.type",
                            c ->
                                    c.upstreams().stream()
                                            .filter(FileUpstream.class::isInstance)
                                            .count(),
                            REQUIRED,
                            "file",
                            1L),
                    e(
                            "upstreams.*.path@file",
                            c -> belowParent(c, Path.of(file(c).path())),
                            REQUIRED,
                            "\"../a/%Y.log\"",
                            "a/%Y.log"),
                    e(
                            "upstreams.*.keep@file",
                            c -> file(c).keep(),
                            Duration.ofDays(14),
                            "36 h",
                            Duration.ofHours(36)),
                    e(
                            "upstreams.*.max-size@file",
                            c -> file(c).maxBytes(),
                            5L << 30,
                            "1 TiB",
                            1L << 40),
                    e(
                            "upstreams.*.format@file",
                            c -> file(c).format(),
                            MessageFormat.RFC5424,
                            "json",
                            MessageFormat.JSON),
                    e(
                            "upstreams.*.framing@file",
                            c -> file(c).framing(),
                            Framing.LF,
                            "octet-counting",
                            Framing.OCTET_COUNTING),
                    e(
                            "upstreams.*.transport@syslog",
                            c -> tcpUpstream(c).getClass().getSimpleName(),
                            REQUIRED,
                            "tcp",
                            "TcpUpstream"),
                    e(
                            "upstreams.*.servers@syslog/udp",
                            c -> udpUpstream(c).server(),
                            REQUIRED,
                            "[\"logs.example.com:514\"]",
                            new Endpoint("logs.example.com", 514)),
                    e(
                            "upstreams.*.servers@syslog/tcp",
                            c -> tcpUpstream(c).servers(),
                            REQUIRED,
                            "[\"logs.example.com:601\", \"192.0.2.1:601\"]",
                            List.of(
                                    new Endpoint("logs.example.com", 601),
                                    new Endpoint("192.0.2.1", 601))),
                    e(
                            "upstreams.*.servers@syslog/tls",
                            c -> tlsUpstream(c).servers(),
                            REQUIRED,
                            "[\"logs.example.com:6514\"]",
                            List.of(new Endpoint("logs.example.com", 6514))),
                    e(
                            "upstreams.*.strategy@syslog/tcp",
                            c -> tcpUpstream(c).strategy(),
                            Strategy.FAILOVER,
                            "balance",
                            Strategy.BALANCE),
                    e(
                            "upstreams.*.strategy@syslog/tls",
                            c -> tlsUpstream(c).strategy(),
                            Strategy.FAILOVER,
                            "balance",
                            Strategy.BALANCE),
                    e(
                            "upstreams.*.format@syslog",
                            c -> tcpUpstream(c).format(),
                            MessageFormat.RFC5424,
                            "rfc3164",
                            MessageFormat.RFC3164),
                    e(
                            "upstreams.*.framing@syslog/tcp",
                            c -> tcpUpstream(c).framing(),
                            Framing.OCTET_COUNTING,
                            "lf",
                            Framing.LF),
                    e(
                            "upstreams.*.framing@syslog/tls",
                            c -> tlsUpstream(c).framing(),
                            Framing.OCTET_COUNTING,
                            "lf",
                            Framing.LF),
                    e(
                            "upstreams.*.max-message-size@syslog/udp",
                            c -> udpUpstream(c).maxMessageBytes(),
                            65_507,
                            "1 KiB",
                            1024),
                    e(
                            "upstreams.*.max-rate@syslog/udp",
                            c -> udpUpstream(c).perSecond(),
                            50_000,
                            "7/s",
                            7),
                    e(
                            "upstreams.*.tls.trust@syslog/tls",
                            c -> upstreamTls(c, "y").trust().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../ca.pem\"",
                            Optional.of("ca.pem")),
                    e(
                            "upstreams.*.tls.server-name@syslog/tls",
                            c -> upstreamTls(c, "x").serverName(),
                            Optional.empty(),
                            "logs.example.com",
                            Optional.of("logs.example.com")),
                    e(
                            "upstreams.*.tls.permitted-peers@syslog/tls",
                            c -> upstreamTls(c, "x").permittedPeers(),
                            List.of(),
                            "[\"*.example.com\"]",
                            List.of("*.example.com")),
                    e(
                            "upstreams.*.tls.crl@syslog/tls",
                            c -> upstreamTls(c, "x").crl().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../crl.pem\"",
                            Optional.of("crl.pem")),
                    e(
                            "upstreams.*.tls.certificate@syslog/tls",
                            c -> upstreamTls(c, "x").certificate().map(p -> belowParent(c, p)),
                            Optional.empty(),
                            "\"../c.pem\"\nupstreams.x.tls.key = c.key",
                            Optional.of("c.pem")),
                    e(
                            "upstreams.*.tls.key@syslog/tls",
                            c -> upstreamTls(c, "x").key().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../c.key\"\nupstreams.x.tls.certificate = c.pem",
                            Optional.of("c.key")),
                    e(
                            "upstreams.*.tls.min-version@syslog/tls",
                            c -> upstreamTls(c, "x").minVersion(),
                            TlsVersion.TLS_1_2,
                            "\"1.3\"",
                            TlsVersion.TLS_1_3),
                    e(
                            "upstreams.*.tls.handshake-timeout@syslog/tls",
                            c -> upstreamTls(c, "x").handshakeTimeout(),
                            Duration.ofSeconds(10),
                            "2 s",
                            Duration.ofSeconds(2)),
                    e(
                            "upstreams.*.retry.first@syslog",
                            c -> tcpUpstream(c).retry().first(),
                            Duration.ofMillis(100),
                            "50 ms",
                            Duration.ofMillis(50)),
                    e(
                            "upstreams.*.retry.max@syslog",
                            c -> tcpUpstream(c).retry().max(),
                            Duration.ofSeconds(30),
                            "1 s",
                            Duration.ofSeconds(1)),
                    e(
                            "upstreams.*.servers@relp",
                            c -> relpUpstream(c).servers(),
                            REQUIRED,
                            "[\"logs.example.com:2514\"]",
                            List.of(new Endpoint("logs.example.com", 2514))),
                    e(
                            "upstreams.*.strategy@relp",
                            c -> relpUpstream(c).strategy(),
                            Strategy.FAILOVER,
                            "balance",
                            Strategy.BALANCE),
                    e(
                            "upstreams.*.format@relp",
                            c -> relpUpstream(c).format(),
                            MessageFormat.RFC5424,
                            "rfc3164",
                            MessageFormat.RFC3164),
                    e("upstreams.*.window@relp", c -> relpUpstream(c).window(), 128, "2000", 2000),
                    e(
                            "upstreams.*.tls.trust@relp",
                            c -> upstreamTls(c, "z").trust().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../ca.pem\"",
                            Optional.of("ca.pem")),
                    e(
                            "upstreams.*.tls.server-name@relp",
                            c -> upstreamTls(c, "q").serverName(),
                            Optional.empty(),
                            "logs.example.com",
                            Optional.of("logs.example.com")),
                    e(
                            "upstreams.*.tls.permitted-peers@relp",
                            c -> upstreamTls(c, "q").permittedPeers(),
                            List.of(),
                            "[\"*.example.com\"]",
                            List.of("*.example.com")),
                    e(
                            "upstreams.*.tls.crl@relp",
                            c -> upstreamTls(c, "q").crl().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../crl.pem\"",
                            Optional.of("crl.pem")),
                    e(
                            "upstreams.*.tls.certificate@relp",
                            c -> upstreamTls(c, "q").certificate().map(p -> belowParent(c, p)),
                            Optional.empty(),
                            "\"../c.pem\"\nupstreams.q.tls.key = c.key",
                            Optional.of("c.pem")),
                    e(
                            "upstreams.*.tls.key@relp",
                            c -> upstreamTls(c, "q").key().map(path -> belowParent(c, path)),
                            Optional.empty(),
                            "\"../c.key\"\nupstreams.q.tls.certificate = c.pem",
                            Optional.of("c.key")),
                    e(
                            "upstreams.*.tls.min-version@relp",
                            c -> upstreamTls(c, "q").minVersion(),
                            TlsVersion.TLS_1_2,
                            "\"1.3\"",
                            TlsVersion.TLS_1_3),
                    e(
                            "upstreams.*.tls.handshake-timeout@relp",
                            c -> upstreamTls(c, "q").handshakeTimeout(),
                            Duration.ofSeconds(10),
                            "2 s",
                            Duration.ofSeconds(2)),
                    e(
                            "upstreams.*.retry.first@relp",
                            c -> relpUpstream(c).retry().first(),
                            Duration.ofMillis(100),
                            "50 ms",
                            Duration.ofMillis(50)),
                    e(
                            "upstreams.*.retry.max@relp",
                            c -> relpUpstream(c).retry().max(),
                            Duration.ofSeconds(30),
                            "1 s",
                            Duration.ofSeconds(1)),
                    e(
                            "upstreams.*.buffer.max-size",
                            c -> file(c).buffer().maxBytes(),
                            8L << 30,
                            "9 GiB",
                            9L << 30),
                    e(
                            "upstreams.*.buffer.max-age",
                            c -> file(c).buffer().maxAge(),
                            Optional.empty(),
                            "2 d",
                            Optional.of(Duration.ofDays(2))),
                    e(
                            "upstreams.*.buffer.when-full",
                            c -> file(c).buffer().whenFull(),
                            WhenQueueFull.DROP_OLDEST,
                            "block",
                            WhenQueueFull.BLOCK),
                    e(
                            "upstreams.*.start",
                            c -> file(c).lifecycle().start(),
                            Start.NOW,
                            "retained",
                            Start.RETAINED),
                    e(
                            "upstreams.*.on-remove",
                            c -> file(c).lifecycle().onRemove(),
                            Optional.empty(),
                            "drain",
                            Optional.of(OnRemove.DRAIN)),
                    e(
                            "upstreams.*.was",
                            c -> file(c).lifecycle().was(),
                            Optional.empty(),
                            "old",
                            Optional.of("old")),
                    e("spool.max-size", c -> c.spool().maxBytes(), 10L << 30, "9 GiB", 9L << 30),
                    e(
                            "spool.segment-size",
                            c -> c.spool().segmentBytes(),
                            128L << 20,
                            "64 MiB",
                            64L << 20),
                    e(
                            "spool.sync-interval",
                            c -> c.spool().syncInterval(),
                            Duration.ofMillis(1),
                            "500 us",
                            Duration.ofNanos(500_000)),
                    e(
                            "spool.keep",
                            c -> c.spool().keep(),
                            Duration.ZERO,
                            "1 d",
                            Duration.ofDays(1)),
                    e("spool.reserve", c -> c.spool().reserveBytes(), 256L << 20, "0 B", 0L),
                    e(
                            "spool.when-full",
                            c -> c.spool().whenFull(),
                            WhenFull.BLOCK,
                            "drop-by-severity",
                            WhenFull.DROP_BY_SEVERITY),
                    e("integrity.enabled", c -> c.integrity().enabled(), true, "false", false),
                    e(
                            "integrity.checkpoint-interval",
                            c -> c.integrity().checkpointInterval(),
                            Duration.ofSeconds(1),
                            "5 s",
                            Duration.ofSeconds(5)),
                    e(
                            "integrity.keep",
                            c -> c.integrity().keep(),
                            Duration.ofDays(400),
                            "30 d",
                            Duration.ofDays(30)),
                    e(
                            "integrity.max-size",
                            c -> c.integrity().maxBytes(),
                            5L << 30,
                            "1 GiB",
                            1L << 30),
                    e(
                            "integrity.remember",
                            c -> c.integrity().remember().map(Path::getFileName),
                            Optional.empty(),
                            "\"other/remembered\"",
                            Optional.of(Path.of("remembered"))),
                    e("annotate", RelayConfig::annotate, Annotate.CHANGED, "all", Annotate.ALL),
                    e(
                            "enterprise-number",
                            RelayConfig::enterpriseNumber,
                            OptionalInt.empty(),
                            "12345",
                            OptionalInt.of(12_345)),
                    e(
                            "admin.bind",
                            c -> c.admin().bind(),
                            new Endpoint("127.0.0.1", 9514),
                            "\"localhost:0\"",
                            new Endpoint("localhost", 0)),
                    e(
                            "log.level",
                            c -> c.log().level(),
                            RelayConfig.Log.Level.INFO,
                            "debug",
                            RelayConfig.Log.Level.DEBUG),
                    e(
                            "log.format",
                            c -> c.log().format(),
                            RelayConfig.Log.Format.TEXT,
                            "json",
                            RelayConfig.Log.Format.JSON),
                    e(
                            "log.events",
                            c -> c.log().events(),
                            RelayConfig.Log.Events.ON,
                            "off",
                            RelayConfig.Log.Events.OFF),
                    e(
                            "shutdown-grace",
                            RelayConfig::shutdownGrace,
                            Duration.ofSeconds(5),
                            "0 s",
                            Duration.ZERO));

    private KeyCases() {}

    private static final String FINGERPRINT = "SHA1:0123456789abcdef0123456789abcdef01234567";

    /** What stands in every conf file of the tests; keys as in the schema, with names filled in. */
    static final List<String> MINIMUM =
            List.of(
                    "listeners.u.transport = udp",
                    "listeners.u.bind = \"127.0.0.1:1\"",
                    "listeners.t.transport = tcp",
                    "listeners.t.bind = \"127.0.0.1:2\"",
                    "listeners.x.transport = tls",
                    "listeners.x.bind = \"127.0.0.1:4\"",
                    "listeners.x.tls.certificate = \"server.pem\"",
                    "listeners.x.tls.key = \"server.key\"",
                    "listeners.x.tls.trust = \"ca.pem\"",
                    "listeners.r.transport = relp",
                    "listeners.r.bind = \"127.0.0.1:7\"",
                    "listeners.r.tls.certificate = \"server.pem\"",
                    "listeners.r.tls.key = \"server.key\"",
                    "listeners.r.tls.trust = \"ca.pem\"",
                    "upstreams.f.type = file",
                    "upstreams.f.path = \"f.log\"",
                    "upstreams.s.type = syslog",
                    "upstreams.s.transport = tcp",
                    "upstreams.s.servers = [\"127.0.0.1:3\"]",
                    "upstreams.x.type = syslog",
                    "upstreams.x.transport = tls",
                    "upstreams.x.servers = [\"127.0.0.1:5\"]",
                    "upstreams.x.tls.trust = \"ca.pem\"",
                    "upstreams.y.type = syslog",
                    "upstreams.y.transport = tls",
                    "upstreams.y.servers = [\"127.0.0.1:5\"]",
                    "upstreams.y.tls.permitted-peers = [\"" + FINGERPRINT + "\"]",
                    "upstreams.r.type = relp",
                    "upstreams.r.servers = [\"127.0.0.1:7\"]",
                    "upstreams.q.type = relp",
                    "upstreams.q.servers = [\"127.0.0.1:7\"]",
                    "upstreams.q.tls.trust = \"ca.pem\"",
                    "upstreams.z.type = relp",
                    "upstreams.z.servers = [\"127.0.0.1:7\"]",
                    "upstreams.z.tls.permitted-peers = [\"" + FINGERPRINT + "\"]",
                    "upstreams.d.type = syslog",
                    "upstreams.d.transport = udp",
                    "upstreams.d.servers = [\"127.0.0.1:6\"]",
                    "networks = [{ net = \"192.0.2.0/24\", timezone = \"UTC\" }]");

    /** The key as it is written in the test's conf file. */
    static String place(Key key) {
        boolean otherVariant = Set.of("tcp", "syslog", "syslog/tcp").contains(key.variant());
        if (key.variant().equals("syslog/udp")) {
            return key.path().replace("upstreams.*", "upstreams.d");
        }
        if (key.variant().equals("syslog/tls")) {
            // upstream x has an authority, y pins a certificate and can do without
            boolean free = key.path().endsWith(".tls.trust");
            return key.path().replace("upstreams.*", free ? "upstreams.y" : "upstreams.x");
        }
        if (key.variant().equals("relp")) {
            boolean free = key.path().endsWith(".tls.trust");
            String secured = free ? "upstreams.z" : "upstreams.q";
            return key.path()
                    .replace("listeners.*", "listeners.r")
                    .replace("upstreams.*", key.path().contains(".tls.") ? secured : "upstreams.r");
        }
        return key.path()
                .replace("listeners.*", key.variant().equals("tls") ? "listeners.x" : "listeners.*")
                .replace("listeners.*", otherVariant ? "listeners.t" : "listeners.u")
                .replace("upstreams.*", otherVariant ? "upstreams.s" : "upstreams.f");
    }

    /** The minimum without the key. */
    static List<String> without(Key key) {
        if (key.path().startsWith("rewrite[]")) {
            return plus("rewrite = [{ set.app-name = rest }]");
        }
        if (key.path().startsWith("routes[]")) {
            return plus(
                    key.path().equals("routes[].to") ? "routes = [{}]" : "routes = [{ to = [f] }]");
        }
        if (key.path().startsWith("networks[]")) {
            String rest =
                    key.path().endsWith("net") ? "timezone = \"UTC\"" : "net = \"192.0.2.0/24\"";
            return replaced("networks = ", "networks = [{ " + rest + " }]");
        }
        return replaced(place(key) + " = ", "");
    }

    private static List<String> plus(String line) {
        List<String> lines = new ArrayList<>(MINIMUM);
        lines.add(line);
        return lines;
    }

    /** The minimum with the key written. */
    static List<String> with(Key key, String value) {
        if (key.path().startsWith("rewrite[]")) {
            String name = key.path().substring("rewrite[].".length());
            String rest = name.endsWith("app-name") ? "" : "\nset.app-name = rest";
            return plus("rewrite = [{ " + name + " = " + value + rest + " }]");
        }
        if (key.path().startsWith("routes[]")) {
            String name = key.path().substring("routes[].".length());
            String rest = name.equals("to") ? "" : ", to = [f]";
            return plus("routes = [{ " + name + " = " + value + rest + " }]");
        }
        if (key.path().startsWith("networks[]")) {
            String name = key.path().substring("networks[].".length());
            String rest = name.equals("net") ? "timezone = \"UTC\"" : "net = \"192.0.2.0/24\"";
            return replaced(
                    "networks = ", "networks = [{ " + name + " = " + value + ", " + rest + " }]");
        }
        List<String> lines = new ArrayList<>(without(key));
        lines.add(place(key) + " = " + value);
        if (key.path().endsWith(".burst")) {
            lines.add(place(key).replace("burst", "per-source") + " = 7/s");
        }
        return lines;
    }

    private static List<String> replaced(String start, String by) {
        List<String> lines = new ArrayList<>();
        MINIMUM.forEach(line -> lines.add(line.startsWith(start) ? by : line));
        return lines;
    }

    /** Relative to the folder above the conf file's. */
    private static String belowParent(RelayConfig config, Path path) {
        return config.file().resolve("../..").normalize().relativize(path).toString();
    }

    private static RelayConfig.Rewrite rewrite(RelayConfig config) {
        return config.rewrites().getFirst();
    }

    private static RelayConfig.Route route(RelayConfig config) {
        return config.routes().getFirst();
    }

    private static UdpListener udp(RelayConfig config) {
        return find(config.listeners(), UdpListener.class);
    }

    private static TcpListener tcp(RelayConfig config) {
        return find(config.listeners(), TcpListener.class);
    }

    private static boolean isPlainTcp(RelayConfig.Listener listener) {
        return listener instanceof TcpListener tcp
                && tcp.protocol() == Protocol.SYSLOG
                && tcp.tls().isEmpty();
    }

    private static TcpListener tls(RelayConfig config) {
        return named(config, "x");
    }

    private static Tls listenerTls(RelayConfig config) {
        return tls(config).tls().orElseThrow();
    }

    private static TcpListener relp(RelayConfig config) {
        return named(config, "r");
    }

    private static Tls relpTls(RelayConfig config) {
        return relp(config).tls().orElseThrow();
    }

    private static TcpListener named(RelayConfig config, String name) {
        return config.listeners().stream()
                .filter(listener -> listener.door().name().equals(name))
                .map(TcpListener.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static FileUpstream file(RelayConfig config) {
        return find(config.upstreams(), FileUpstream.class);
    }

    private static RelpUpstream relpUpstream(RelayConfig config) {
        return find(config.upstreams(), RelpUpstream.class);
    }

    private static TcpUpstream tcpUpstream(RelayConfig config) {
        return find(config.upstreams(), TcpUpstream.class);
    }

    private static TcpUpstream tlsUpstream(RelayConfig config) {
        return config.upstreams().stream()
                .filter(upstream -> upstream.name().equals("x"))
                .map(TcpUpstream.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static UpstreamConfig.UdpUpstream udpUpstream(RelayConfig config) {
        return find(config.upstreams(), UpstreamConfig.UdpUpstream.class);
    }

    private static UpstreamTls upstreamTls(RelayConfig config, String name) {
        return config.upstreams().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .flatMap(UpstreamConfig::tls)
                .orElseThrow();
    }

    private static <T> T find(List<?> all, Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
    }

    private static Map.Entry<String, KeyCase> e(
            String id,
            Function<RelayConfig, Object> read,
            Object preset,
            String written,
            Object becomes) {
        return Map.entry(id, new KeyCase(read, preset, written, becomes));
    }
}
