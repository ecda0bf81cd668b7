package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debian's rsyslog, with both of its TLS drivers, syslog-ng and OpenSSL's s_client as clients of
 * the relay over TLS. The relay wants a certificate of the authority for web1.example.com.
 */
@Tag("interop")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsClientInteropIT {
    private static final int COUNT = 10_000;
    private static final int FEW = 5;
    private static final int WITHHELD = 17;
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /** Certificates that do not let a client in, and the reason under which that is counted. */
    enum Wrong {
        NONE("", "client-auth"),
        AUTHORITY("stranger", "trust"),
        EXPIRED("expired", "trust"),
        REVOKED("revoked", "crl"),
        NAME("named", "permitted-peers");

        private final String alias;
        private final String reason;

        Wrong(String alias, String reason) {
            this.alias = alias;
            this.reason = reason;
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
                certificate = "%s", key = "%s", trust = "%s", crl = "%s", \
                client-auth = require, permitted-peers = ["web1.example.com"]"""
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca"),
                                CERTIFICATES.revocations("crl"));
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

    @ParameterizedTest
    @EnumSource
    void every_message_of_a_permitted_client_is_upstream_once_in_order_with_its_fields(TlsPeer peer)
            throws Exception {
        String series = peer + "-right";
        List<Integer> expected = IntStream.range(0, COUNT).boxed().toList();
        int in = Ports.free();
        try (Program _ = peer.client(dir.resolve(series), "web1", in, relay.tls)) {
            Feeder.series(in, series, expected.stream().filter(n -> n != WITHHELD).toList());
            relay.awaitSeries(series, COUNT - 1, sink);
        }

        List<String> upstream = Sample.ofSeries(series, sink.messages());
        Table.add(peer.toString(), "TLS, client's certificate", COUNT - 1, upstream.size(), "");
        assertThat(Findings.of(expected, Sample.numbers(series, upstream)))
                .isEqualTo(Findings.onlyMissing(WITHHELD));
        assertThat(Sample.ofSeries(series, relay.archive())).isEqualTo(upstream);
        for (String message : upstream) {
            assertThat(message).isEqualTo(Sample.asSent(series, message));
        }
    }

    static Stream<Arguments> wrongOnes() {
        return Stream.of(TlsPeer.values())
                .flatMap(peer -> Stream.of(Wrong.values()).map(wrong -> Arguments.of(peer, wrong)));
    }

    @ParameterizedTest
    @MethodSource("wrongOnes")
    void other_clients_are_refused_counted_and_logged_with_the_reason(TlsPeer peer, Wrong wrong)
            throws Exception {
        String series = peer + "-" + wrong;
        long refused = refused(wrong.reason);
        long received = received();
        int in = Ports.free();

        try (Program _ = peer.client(dir.resolve(series), wrong.alias, in, relay.tls)) {
            Feeder.series(in, series, IntStream.range(0, FEW).boxed().toList());
            await(series + " is refused")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> refused(wrong.reason) > refused);
        }

        assertThat(received()).isEqualTo(received);
        assertThat(relay.output()).containsPattern("127.0.0.1:\\d+: .*\\(" + wrong.reason + "\\)");
        assertThat(Sample.ofSeries(series, relay.archive())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void openssl_delivers_over_both_versions(String version) throws Exception {
        String series = "openssl" + version;
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-quiet"));
        command.addAll(List.of(version, "-verify_return_error"));
        command.addAll(List.of("-connect", "127.0.0.1:" + relay.tls, "-servername", "localhost"));
        command.addAll(List.of("-CAfile", CERTIFICATES.certificate("ca").toString()));
        command.addAll(List.of("-cert", CERTIFICATES.certificate("web1").toString()));
        command.addAll(List.of("-key", CERTIFICATES.key("web1").toString()));
        List<Integer> expected = IntStream.range(0, COUNT).boxed().toList();

        try (Program program = Program.start(dir.resolve(series), Map.of(), command)) {
            Feeder.lines(
                    program.input(),
                    expected.stream().map(n -> Sample.message(series, n).message()).toList(),
                    0);
            // left open: it takes the end of its input, and some letters, for orders
            relay.awaitSeries(series, COUNT, sink);
        }

        List<String> upstream = Sample.ofSeries(series, sink.messages());
        Table.add("openssl s_client", version, COUNT, upstream.size(), "");
        assertThat(upstream)
                .isEqualTo(
                        expected.stream().map(n -> Sample.message(series, n).message()).toList());
    }

    private long refused(String reason) throws IOException, InterruptedException {
        String series = "sealpost_connections_refused_total{listener=\"tls\",reason=\"%s\"}";
        return relay.metrics().getOrDefault(series.formatted(reason), 0.0).longValue();
    }

    private long received() throws IOException, InterruptedException {
        return relay.metric("sealpost_messages_received_total{listener=\"tls\"}");
    }
}
