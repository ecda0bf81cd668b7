package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Debian's rsyslog, with both of its TLS drivers, and syslog-ng as upstreams of the relay over TLS.
 * They want a certificate of the relay; it wants one of theirs, for the right name.
 */
@Tag("interop")
@Timeout(240)
class TlsUpstreamInteropIT {
    private static final int COUNT = 10_000;
    private static final int WITHHELD = 17;
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /**
     * An upstream.
     *
     * @param server the certificate that the server shows
     * @param name which the relay expects there
     * @param client the certificate that the relay shows; empty for none
     * @param log pattern of what the relay says about it; over TLS 1.3, and where rsyslog with
     *     GnuTLS refuses, the connection is made first
     */
    private record Case(String server, String name, String client, String log) {}

    private static final Map<String, Case> WRONG =
            Map.of(
                    "authority", new Case("stranger", "stranger", "web1", "is not trusted"),
                    "expired", new Case("expired", "old", "web1", "ran out at"),
                    "revoked", new Case("revoked", "web3.example.com", "web1", "revoked"),
                    "name", new Case("server", "other.example.com", "web1", "other.example.com"),
                    "no-client", new Case("server", "localhost", "", "wants a certificate|lost"),
                    "wrong-client", new Case("server", "localhost", "stranger", "lost"));

    @TempDir Path dir;
    private final Map<String, Integer> ports = new HashMap<>();
    private final List<Program> programs = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void the_right_one_gets_everything_and_others_nothing_until_they_are_right(TlsPeer peer)
            throws Exception {
        Case right = new Case("server", "localhost", "web1", "");
        Case elliptic = new Case("elliptic", "localhost", "elliptic", "");
        boolean readsEc = peer != TlsPeer.RSYSLOG_GNUTLS;
        Map<String, String> upstreams = new HashMap<>();
        add(upstreams, peer, "right", right);
        if (readsEc) {
            add(upstreams, peer, "elliptic", elliptic);
        }
        for (Map.Entry<String, Case> wrong : WRONG.entrySet()) {
            add(upstreams, peer, wrong.getKey(), wrong.getValue());
        }
        try (Relay relay = Relay.prepare(dir, upstreams).start()) {
            List<Integer> expected = IntStream.range(0, COUNT).boxed().toList();
            Feeder.tcp(
                    relay.tcp,
                    expected.stream()
                            .filter(n -> n != WITHHELD)
                            .map(n -> Sample.message(peer.toString(), n))
                            .toList(),
                    0);
            assertGot(peer, "right", expected);
            if (readsEc) {
                assertGot(peer, "elliptic", expected);
            }
            for (Map.Entry<String, Case> wrong : WRONG.entrySet()) {
                assertGotNothing(relay, wrong.getKey(), wrong.getValue());
            }

            repair(relay, peer);
            for (String name : WRONG.keySet()) {
                assertGot(peer, name, expected);
            }
            relay.awaitDelivered();
            relay.assertBooksBalance();
            relay.terminate();
            relay.stopped();
        } finally {
            programs.forEach(Program::close);
        }
    }

    private void add(Map<String, String> upstreams, TlsPeer peer, String name, Case one)
            throws IOException {
        int port = Ports.free();
        ports.put(name, port);
        programs.add(peer.upstream(dir.resolve(name), one.server(), port));
        upstreams.put(name, upstream(port, one));
    }

    private static String upstream(int port, Case one) {
        String own =
                one.client().isEmpty()
                        ? ""
                        : ", certificate = \"%s\", key = \"%s\""
                                .formatted(
                                        CERTIFICATES.certificate(one.client()),
                                        CERTIFICATES.key(one.client()));
        return """
               transport = tls, servers = ["127.0.0.1:%d"], tls { trust = "%s", crl = "%s", \
               server-name = "%s"%s }"""
                .formatted(
                        port,
                        CERTIFICATES.certificate("ca"),
                        CERTIFICATES.revocations("crl"),
                        one.name(),
                        own);
    }

    private void assertGotNothing(Relay relay, String name, Case wrong) throws Exception {
        await(name + " is named in the log")
                .atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                relay.output()
                                        .lines()
                                        .anyMatch(
                                                line ->
                                                        line.contains("upstream " + name + ":")
                                                                && Pattern.compile(wrong.log())
                                                                        .matcher(line)
                                                                        .find()));
        assertThat(messages(name)).isEmpty();
        assertThat(relay.metric("sealpost_upstream_delivered_total{upstream=\"" + name + "\"}"))
                .isZero();
        assertThat(relay.metric("sealpost_upstream_queued{upstream=\"" + name + "\"}"))
                .isGreaterThanOrEqualTo(COUNT - 1);
    }

    /** All servers and clients get the right certificate, and the relay reads its conf file. */
    private void repair(Relay relay, TlsPeer peer) throws Exception {
        String conf = relay.conf();
        for (Map.Entry<String, Case> wrong : WRONG.entrySet()) {
            int port = ports.getOrDefault(wrong.getKey(), 0);
            Case repaired = new Case("server", "localhost", "web1", "");
            conf = conf.replace(upstream(port, wrong.getValue()), upstream(port, repaired));
        }
        for (Program program : programs) {
            program.terminate();
            program.exitCode();
        }
        for (Map.Entry<String, Integer> port : ports.entrySet()) {
            String server = port.getKey().equals("elliptic") ? "elliptic" : "server";
            programs.add(peer.upstream(dir.resolve(port.getKey()), server, port.getValue()));
        }
        relay.conf(conf);
        relay.reload();
    }

    private void assertGot(TlsPeer peer, String name, List<Integer> expected) throws IOException {
        await(name + " has everything")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> new TreeSet<>(numbers(peer, name)).size() >= COUNT - 1);
        List<Integer> numbers = numbers(peer, name);
        Table.add(peer + " as upstream", "TLS, " + name, COUNT - 1, numbers.size(), "");
        // a restart of the server may repeat what it had not confirmed, nothing else
        assertThat(Findings.of(expected, List.copyOf(new TreeSet<>(numbers))))
                .isEqualTo(Findings.onlyMissing(WITHHELD));
    }

    private List<Integer> numbers(TlsPeer peer, String name) throws IOException {
        return Sample.numbers(peer.toString(), messages(name));
    }

    private List<String> messages(String name) throws IOException {
        Path file = dir.resolve(name).resolve("messages.log");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
