package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's rsyslog (imrelp) as a RELP upstream of the relay. */
@Tag("interop")
@Timeout(300)
class RelpUpstreamInteropIT {
    private static final int COUNT = 10_000;
    private static final int WITHHELD = 17;
    private static final int KILLS = 8;
    private static final String SERIES = "relp";
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /**
     * An upstream over TLS.
     *
     * @param server the certificate that the server shows
     * @param name which the relay expects there
     * @param client the certificate that the relay shows; empty for none
     * @param log what the relay says about it
     */
    private record Case(String server, String name, String client, String log) {}

    private static final Map<String, Case> WRONG =
            Map.of(
                    "authority", new Case("stranger", "stranger", "web1", "is not trusted"),
                    "expired", new Case("expired", "old", "web1", "ran out at"),
                    "revoked", new Case("revoked", "web3.example.com", "web1", "revoked"),
                    "name", new Case("server", "other.example.com", "web1", "other.example.com"),
                    "no-client", new Case("server", "localhost", "", "upstream no-client: "),
                    "wrong-client", new Case("server", "localhost", "named", "upstream wrong"));

    @TempDir Path dir;
    private final List<Program> programs = new ArrayList<>();

    @Test
    void with_each_window_every_message_is_there_once_and_in_order() throws Exception {
        Map<String, String> upstreams = new TreeMap<>();
        for (int window : new int[] {1, 128, 2000}) {
            String name = "window-" + window;
            int port = Ports.free();
            programs.add(rsyslog(name, port));
            upstreams.put(
                    name,
                    "type = relp, servers = [\"127.0.0.1:%d\"], window = %d"
                            .formatted(port, window));
        }
        try (Relay relay = Relay.prepare(dir, upstreams).start()) {
            List<Integer> all = feed(relay);
            for (String name : upstreams.keySet()) {
                awaitAll(name, COUNT - 1);
                assertThat(Findings.of(all, numbers(name)))
                        .isEqualTo(Findings.onlyMissing(WITHHELD));
                Table.add("rsyslog as upstream", "RELP, " + name, COUNT - 1, COUNT - 1, "");
            }
            Fields sent = Sample.message(SERIES, 42);
            assertThat(lines("window-128"))
                    .anySatisfy(
                            line -> {
                                String[] got = line.split("\t", -1);
                                assertThat(got[2]).isEqualTo(sent.host());
                                assertThat(got[7]).isEqualTo(sent.text());
                            });
            finish(relay);
        } finally {
            programs.forEach(Program::close);
        }
    }

    @Test
    void over_tls_the_right_one_gets_everything_and_the_wrong_ones_nothing() throws Exception {
        Map<String, String> upstreams = new TreeMap<>();
        add(upstreams, "right", new Case("server", "localhost", "web1", ""));
        for (Map.Entry<String, Case> wrong : WRONG.entrySet()) {
            add(upstreams, wrong.getKey(), wrong.getValue());
        }
        try (Relay relay = Relay.prepare(dir, upstreams).start()) {
            List<Integer> all = feed(relay);
            awaitAll("right", COUNT - 1);
            assertThat(Findings.of(all, numbers("right")))
                    .isEqualTo(Findings.onlyMissing(WITHHELD));
            Table.add("rsyslog as upstream", "RELP over TLS", COUNT - 1, COUNT - 1, "");
            for (Map.Entry<String, Case> wrong : WRONG.entrySet()) {
                String name = wrong.getKey();
                await(name + " is named in the log")
                        .atMost(Duration.ofSeconds(20))
                        .until(
                                () ->
                                        relay.output()
                                                .lines()
                                                .filter(line -> line.contains("upstream " + name))
                                                .anyMatch(
                                                        line ->
                                                                line.contains(
                                                                        wrong.getValue().log())));
                assertThat(lines(name)).isEmpty();
                assertThat(
                                relay.metric(
                                        "sealpost_upstream_delivered_total{upstream=\"%s\"}"
                                                .formatted(name)))
                        .isZero();
            }
        } finally {
            programs.forEach(Program::close);
        }
    }

    @Test
    void rsyslog_restarted_under_load_misses_nothing() throws Exception {
        int port = Ports.free();
        Program server = rsyslog("logs", port);
        try (Relay relay = Relay.prepare(dir, Map.of("logs", plain(port))).start();
                Load load = Load.start(relay, SERIES, 0)) {
            for (int i = 0; i < 3; i++) {
                int had = numbers("logs").size();
                await("it gets more")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> numbers("logs").size() > had + 2000);
                server.terminate();
                server.exitCode();
                server = rsyslog("logs", port);
            }
            int sent = load.stop();
            awaitAll("logs", sent);
            finish(relay);
            Table.add("rsyslog as upstream", "RELP, restarted", sent, sent, "");
            assertThat(new TreeSet<>(numbers("logs"))).hasSize(sent);
        } finally {
            server.close();
        }
    }

    @Test
    void the_relay_killed_under_load_loses_nothing_synced_and_repeats_little() throws Exception {
        Random random = new Random(11);
        int port = Ports.free();
        int next = 0;
        Deliveries deliveries = new Deliveries();
        try (Program _ = rsyslog("logs", port);
                Relay relay = Relay.prepare(dir, Map.of("logs", plain(port)))) {
            for (int kill = 0; kill < KILLS; kill++) {
                relay.start();
                Synced since = Synced.from(relay);
                int first = next;
                try (Load load = Load.start(relay, SERIES, first)) {
                    LockSupport.parkNanos(Duration.ofMillis(100 + random.nextInt(900)).toNanos());
                    int synced = since.until(relay);
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                    relay.kill();
                    next = load.stop();
                    deliveries.add(new Deliveries.Epoch(first, next, synced));
                }
            }
            relay.start();
            relay.awaitDelivered();
            finish(relay);
        }
        List<Integer> got = numbers("logs");
        int distinct = new TreeSet<>(got).size();
        Table.add(
                "rsyslog as upstream",
                "RELP, relay killed",
                deliveries.synced().size(),
                distinct,
                got.size() - distinct + " twice");
        assertThat(deliveries.synced()).hasSizeGreaterThan(KILLS * 100);
        assertThat(deliveries.missing(got)).isEmpty();
        // the cursor is at most 100 ms old, and the window not acknowledged
        assertThat(got.size() - distinct).isLessThan(KILLS * 2000);
    }

    private static String plain(int port) {
        return "type = relp, servers = [\"127.0.0.1:%d\"]".formatted(port);
    }

    private List<Integer> feed(Relay relay) throws IOException {
        List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
        Feeder.tcp(
                relay.tcp,
                all.stream()
                        .filter(n -> n != WITHHELD)
                        .map(n -> Sample.message(SERIES, n))
                        .toList(),
                0);
        return all;
    }

    private static void finish(Relay relay) throws Exception {
        relay.awaitDelivered();
        relay.assertBooksBalance();
        relay.terminate();
        relay.stopped();
    }

    private void add(Map<String, String> upstreams, String name, Case one) throws IOException {
        int port = Ports.free();
        String secured =
                """
                 tls="on" tls.caCert="%s" tls.myCert="%s" tls.myPrivKey="%s" \
                tls.authMode="name" tls.permittedPeer=["web1.example.com"]"""
                        .formatted(
                                CERTIFICATES.certificate("ca"),
                                CERTIFICATES.certificate(one.server()),
                                CERTIFICATES.key(one.server()));
        programs.add(rsyslog(name, port, " tls.tlslib=\"openssl\"", secured));
        String shown =
                one.client().isEmpty()
                        ? ""
                        : ", certificate = \"%s\", key = \"%s\""
                                .formatted(
                                        CERTIFICATES.certificate(one.client()),
                                        CERTIFICATES.key(one.client()));
        upstreams.put(
                name,
                plain(port)
                        + ", tls { trust = \"%s\", crl = \"%s\", server-name = \"%s\"%s }"
                                .formatted(
                                        CERTIFICATES.certificate("ca"),
                                        CERTIFICATES.revocations("crl"),
                                        one.name(),
                                        shown));
    }

    private Program rsyslog(String name, int port) throws IOException {
        return rsyslog(name, port, "", "");
    }

    private Program rsyslog(String name, int port, String library, String tls) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(name));
        Path conf =
                Template.write(
                        "rsyslog-relp-upstream.conf",
                        folder.resolve("conf"),
                        Map.of("DIR", folder, "PORT", port, "TLSLIB", library, "TLS", tls));
        return Peers.rsyslog(conf, folder, port);
    }

    private void awaitAll(String name, int count) {
        await(name + " has everything")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> new TreeSet<>(numbers(name)).size() >= count);
    }

    private List<Integer> numbers(String name) throws IOException {
        return Sample.numbers(SERIES, lines(name));
    }

    private List<String> lines(String name) throws IOException {
        Path file = dir.resolve(name).resolve("relp.log");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
