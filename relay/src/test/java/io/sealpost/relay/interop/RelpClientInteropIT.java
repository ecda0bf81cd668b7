package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Debian's rsyslog (omrelp) as a client of the relay over RELP, plain and over TLS. Over TLS the
 * relay wants a certificate of the authority for web1.example.com.
 */
@Tag("interop")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelpClientInteropIT {
    private static final int WITHHELD = 17;
    private static final int FEW = 5;
    private static final int CUT_COUNT = 6_000;
    private static final int MOST_ACKS = 400;
    private static final int RESTARTS = 3;
    private static final long SEED = Long.getLong("sealpost.seed", System.nanoTime() & 0xFFFFFF);
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /** Certificates that do not let a client in, and the reason under which that is counted. */
    enum Wrong {
        NONE("", "client-auth"),
        AUTHORITY("stranger", "trust"),
        EXPIRED("expired", "trust"),
        NAME("named", "permitted-peers");

        private final String alias;
        private final String reason;

        Wrong(String alias, String reason) {
            this.alias = alias;
            this.reason = reason;
        }

        /** With GnuTLS omrelp shows only certificates that the relay asks for. */
        String reason(RelpClient client) {
            return switch (this) {
                case NONE -> client == RelpClient.GNUTLS ? "handshake" : reason;
                case AUTHORITY -> client == RelpClient.GNUTLS ? "client-auth" : reason;
                case EXPIRED, NAME -> reason;
            };
        }
    }

    private Path dir = Path.of("");
    private final Sink sink = new Sink();
    private Relay relay;

    @BeforeAll
    void startRelay(@TempDir Path folder) throws Exception {
        dir = folder;
        sink.up();
        String block =
                """
                certificate = "%s", key = "%s", trust = "%s", \
                client-auth = require, permitted-peers = ["web1.example.com"]"""
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca"));
        relay = Relay.prepare(dir, block, Map.of("sink", sink.upstream())).start();
    }

    @AfterAll
    void stopAll() throws Exception {
        try (Relay _ = relay) {
            if (relay != null) {
                relay.awaitDelivered();
                relay.assertBooksBalance();
                relay.terminate();
                relay.stopped();
            }
        } finally {
            sink.down();
        }
    }

    static Stream<Arguments> windows() {
        return Stream.of(RelpClient.values())
                .flatMap(client -> Stream.of(1, 128, 2000).map(w -> Arguments.of(client, w)));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void every_message_is_upstream_once_in_order_with_its_fields(RelpClient client, int window)
            throws Exception {
        String series = client + "-window-" + window;
        int count = window == 1 ? 1_000 : 10_000;
        List<Integer> expected = IntStream.range(0, count).boxed().toList();
        long acknowledged = acknowledged(client);
        int in = Ports.free();
        try (Program _ = client.start(folder(series), "web1", in, client.port(relay), window)) {
            Feeder.series(in, series, expected.stream().filter(n -> n != WITHHELD).toList());
            relay.awaitSeries(series, count - 1, sink);
        }

        List<String> upstream = Sample.ofSeries(series, sink.messages());
        Table.add("rsyslog omrelp", series, count - 1, upstream.size(), "");
        assertThat(Findings.of(expected, Sample.numbers(series, upstream)))
                .isEqualTo(Findings.onlyMissing(WITHHELD));
        assertThat(Sample.ofSeries(series, relay.archive())).isEqualTo(upstream);
        for (String message : upstream) {
            assertThat(message).isEqualTo(Sample.asSent(series, message));
        }
        assertThat(acknowledged(client) - acknowledged).isEqualTo(count - 1);
    }

    static Stream<Arguments> wrongOnes() {
        return Stream.of(RelpClient.GNUTLS, RelpClient.OPENSSL)
                .flatMap(peer -> Stream.of(Wrong.values()).map(wrong -> Arguments.of(peer, wrong)));
    }

    @ParameterizedTest
    @MethodSource("wrongOnes")
    void other_clients_are_refused_counted_and_logged_with_the_reason(
            RelpClient client, Wrong wrong) throws Exception {
        String series = client + "-" + wrong;
        String reason = wrong.reason(client);
        long refused = refused(reason);
        int in = Ports.free();

        try (Program _ = client.start(folder(series), wrong.alias, in, relay.relpTls, 128)) {
            Feeder.series(in, series, IntStream.range(0, FEW).boxed().toList());
            await(series + " is refused")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> refused(reason) > refused);
        }

        assertThat(relay.output()).containsPattern("127.0.0.1:\\d+: .*\\(" + reason + "\\)");
        assertThat(Sample.ofSeries(series, relay.archive())).isEmpty();
    }

    @Test
    void nothing_is_missing_when_connections_are_cut_behind_any_acknowledgement() throws Exception {
        String series = "relp-cut";
        System.out.println("RELP connections cut, seed " + SEED);
        Random random = new Random(SEED);
        List<Integer> expected = IntStream.range(0, CUT_COUNT).boxed().toList();
        int in = Ports.free();
        try (RelpTap tap = RelpTap.before(relay.relp, () -> 1 + random.nextInt(MOST_ACKS));
                Program _ =
                        RelpClient.PLAIN.start(
                                folder(series), "", in, tap.port(), RelpClient.WINDOW)) {
            Feeder.series(in, series, expected.stream().filter(n -> n != WITHHELD).toList());
            awaitWithNudges(in, series, CUT_COUNT - 1);

            List<Integer> got = Sample.numbers(series, relay.archive());
            Findings findings = Findings.of(expected, got);
            Table.add(
                    "rsyslog omrelp",
                    "cut behind acknowledgements",
                    CUT_COUNT - 1,
                    new TreeSet<>(got).size(),
                    "cuts %d, repeats %d, seed %d"
                            .formatted(tap.cuts(), findings.repeated().size(), SEED));
            assertThat(findings.missing()).containsExactly(WITHHELD);
            assertThat(findings.reordered()).isEmpty();
            assertThat(findings.foreign()).isEmpty();
            assertThat(tap.cuts()).isGreaterThan(5);
            assertNothingAcknowledgedIsMissing(tap, series);
        }
    }

    /** Those whose acknowledgements are lost come again, and are known. */
    @Test
    void every_message_is_stored_once_when_acknowledgements_are_lost() throws Exception {
        String series = "relp-ack-lost";
        System.out.println("RELP acknowledgements lost, seed " + SEED);
        Random random = new Random(SEED);
        List<Integer> expected = IntStream.range(0, CUT_COUNT).boxed().toList();
        int in = Ports.free();
        long repeats = repeats();
        try (RelpTap tap = RelpTap.resetting(relay.relp, () -> 300 + random.nextInt(600));
                Program _ = RelpClient.PLAIN.start(folder(series), "", in, tap.port(), 128)) {
            Feeder.series(in, series, expected.stream().filter(n -> n != WITHHELD).toList());
            awaitWithNudges(in, series, CUT_COUNT - 1);

            List<Integer> got = Sample.numbers(series, relay.archive());
            Table.add(
                    "rsyslog omrelp",
                    "acknowledgements lost",
                    CUT_COUNT - 1,
                    new TreeSet<>(got).size(),
                    "cuts %d, recognised %d, seed %d"
                            .formatted(tap.cuts(), repeats() - repeats, SEED));
            assertThat(Findings.of(expected, got)).isEqualTo(Findings.onlyMissing(WITHHELD));
            assertThat(tap.cuts()).isGreaterThan(5);
            assertThat(repeats() - repeats).isGreaterThan(tap.cuts());
        }
    }

    private long repeats() throws Exception {
        return relay.metric("sealpost_relp_repeats_total{listener=\"relp\"}");
    }

    @Test
    void nothing_acknowledged_is_missing_when_rsyslog_is_restarted_under_load() throws Exception {
        String series = "relp-restart";
        Random random = new Random(SEED);
        int in = Ports.free();
        int next = 0;
        try (RelpTap tap = RelpTap.before(relay.relp, () -> RelpTap.NEVER)) {
            for (int round = 0; round < RESTARTS; round++) {
                int before = tap.acknowledgedCount();
                try (Program rsyslog =
                        RelpClient.PLAIN.start(
                                folder(series + round), "", in, tap.port(), RelpClient.WINDOW)) {
                    try (Load load = Load.start(connect(in), series, next)) {
                        await("acknowledgements")
                                .atMost(Duration.ofSeconds(30))
                                .until(() -> tap.acknowledgedCount() > before + 500);
                        LockSupport.parkNanos(random.nextInt(500_000_000));
                        if (round % 2 == 0) {
                            rsyslog.terminate();
                            rsyslog.exitCode();
                        } else {
                            rsyslog.kill();
                        }
                        next = load.stop();
                    }
                }
            }
            relay.awaitDelivered();
            Table.add(
                    "rsyslog omrelp",
                    "restarted, killed under load",
                    tap.acknowledgedCount(),
                    Sample.ofSeries(series, relay.archive()).size(),
                    "sent = acknowledged");
            assertNothingAcknowledgedIsMissing(tap, series);
        }
    }

    /** The check itself misses a message that was never sent. */
    private void assertNothingAcknowledgedIsMissing(RelpTap tap, String series) throws IOException {
        int never = -1;
        List<Integer> acknowledged = new ArrayList<>(List.of(never));
        acknowledged.addAll(Sample.numbers(series, tap.acknowledged()));
        TreeSet<Integer> missing = new TreeSet<>(acknowledged);
        missing.removeAll(Sample.numbers(series, relay.archive()));

        assertThat(acknowledged).hasSizeGreaterThan(1000);
        assertThat(missing).containsExactly(never);
    }

    private Path folder(String name) {
        return dir.resolve(name);
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private long acknowledged(RelpClient client) throws Exception {
        String listener = client == RelpClient.PLAIN ? "relp" : "relp-tls";
        return relay.metric("sealpost_relp_acknowledged_total{listener=\"" + listener + "\"}");
    }

    private long refused(String reason) throws IOException, InterruptedException {
        String series = "sealpost_connections_refused_total{listener=\"relp-tls\",reason=\"%s\"}";
        return relay.metrics().getOrDefault(series.formatted(reason), 0.0).longValue();
    }

    /** librelp sees a lost connection only when it has something to send. */
    private void awaitWithNudges(int in, String series, int count) throws IOException {
        for (int nudges = 0; nudges < 120; nudges++) {
            if (new TreeSet<>(Sample.numbers(series, relay.archive())).size() >= count) {
                return;
            }
            Feeder.series(in, series + "-nudge", List.of(nudges));
            LockSupport.parkNanos(500_000_000);
        }
    }
}
