package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reloads of the running program under load: no connection ends, nothing is lost. */
@Tag("fault")
@Timeout(240)
class ReloadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 50;

    /** From then on the upstream takes what has waited for it. */
    private static final int UPSTREAM_COMES = 25;

    private static final int EVERY_SO_MANY_BY_COMMAND = 10;

    @TempDir Path dir;
    private final Sink sink = new Sink();
    private final Sink other = new Sink();

    @AfterEach
    void closeSinks() throws Exception {
        sink.down();
        other.down();
    }

    /** Two clients of the test's own, and one rsyslog that forwards what a third sends. */
    @Test
    void fifty_reloads_under_load_lose_nothing_and_end_no_connection() throws Exception {
        int[] inputs = IntStream.range(0, 6).map(_ -> Ports.free()).toArray();
        try (Relay relay = Relay.prepare(dir, Map.of("up", sink.upstream())).start();
                Program _ = rsyslog(relay, inputs);
                Load one = Load.start(relay, "reload-one", 0);
                Load two = Load.start(relay, "reload-two", 0);
                Load three =
                        Load.start(
                                new Socket(InetAddress.getLoopbackAddress(), inputs[2]),
                                "reload-rsyslog",
                                0)) {
            String first = relay.conf();
            for (int round = 1; round <= ROUNDS; round++) {
                if (round == UPSTREAM_COMES) {
                    assertThat(relay.metric("sealpost_upstream_queued{upstream=\"up\"}"))
                            .isPositive();
                    sink.up();
                }
                relay.conf(changed(first, round));
                if (round % EVERY_SO_MANY_BY_COMMAND == 0) {
                    assertThat(relay.reload()).contains("listening " + listeners(round));
                } else {
                    relay.hangUp();
                }
                assertThat(one.broken() || two.broken()).as("a connection ended").isFalse();
            }
            int endOne = one.stop();
            int endTwo = two.stop();
            int endThree = three.stop();
            await("all is received")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> received(relay) == endOne + endTwo + endThree);
            relay.awaitDelivered();
            relay.assertBooksBalance();
            List<String> archive = relay.archive();
            assertThat(findings(endOne, "reload-one", archive)).isEqualTo(Findings.none());
            assertThat(findings(endTwo, "reload-two", archive)).isEqualTo(Findings.none());
            assertThat(findings(endThree, "reload-rsyslog", archive)).isEqualTo(Findings.none());
            assertThat(findings(endOne, "reload-one", sink.messages()).missing()).isEmpty();
            assertThat(findings(endThree, "reload-rsyslog", sink.messages()).missing()).isEmpty();
            assertThat(findings(endTwo, "reload-two", sink.messages()).missing()).isEmpty();
            Table.add(
                    "SIGHUP and reload",
                    ROUNDS + " times",
                    endOne + endTwo + endThree,
                    sink.size(),
                    "");
        }
    }

    @Test
    void other_servers_and_another_strategy_get_what_waited_and_nothing_is_lost() throws Exception {
        String series = "servers";
        try (Relay relay = Relay.prepare(dir, Map.of("up", upstream("failover", sink))).start();
                Load load = Load.start(relay, series, 0)) {
            String first = relay.conf();
            awaitQueued(relay);
            other.up();
            relay.conf(changed(first, "failover", other));
            relay.hangUp();
            await("what waited for the first")
                    .atMost(PATIENCE)
                    .until(() -> Sample.numbers(series, other.messages()).contains(0));
            assertThat(sink.connections()).isZero();

            sink.up();
            for (int round = 0; round < 5; round++) {
                relay.conf(changed(first, "balance", sink, other));
                relay.hangUp();
                awaitMore(sink);
                awaitMore(other);
                relay.conf(changed(first, "failover", other, sink));
                relay.hangUp();
                awaitMore(other);
            }
            relay.conf(changed(first, "balance", sink, other));
            relay.hangUp();
            awaitMore(sink);
            sink.down();
            other.down();
            awaitQueued(relay);
            relay.conf(changed(first, "failover", sink));
            relay.hangUp();
            sink.up();
            awaitMore(sink);
            assertThat(load.broken()).as("the connection ended").isFalse();

            int end = load.stop();
            await("all is received").atMost(PATIENCE).until(() -> received(relay) == end);
            relay.awaitDelivered();
            relay.assertBooksBalance();
            assertThat(findings(end, series, relay.archive())).isEqualTo(Findings.none());
            List<String> both = new ArrayList<>(sink.messages());
            both.addAll(other.messages());
            assertThat(findings(end, series, both).missing()).isEmpty();
            Table.add("SIGHUP", "other servers and strategy", end, both.size(), "");
        }
    }

    private static String upstream(String strategy, Sink... sinks) {
        return "servers = %s, strategy = %s, framing = octet-counting"
                .formatted(
                        Stream.of(sinks).map(each -> "\"127.0.0.1:" + each.port + '"').toList(),
                        strategy);
    }

    private String changed(String first, String strategy, Sink... sinks) {
        String before = upstream("failover", sink);
        assertThat(first).contains(before);
        return first.replace(before, upstream(strategy, sinks));
    }

    private static void awaitQueued(Relay relay) {
        await("messages wait")
                .atMost(PATIENCE)
                .until(() -> relay.metric("sealpost_upstream_queued{upstream=\"up\"}") > 2000);
    }

    private static void awaitMore(Sink sink) {
        int before = sink.size();
        await("more for a sink").atMost(PATIENCE).until(() -> sink.size() > before + 200);
    }

    private static double received(Relay relay) throws Exception {
        return relay.metrics().entrySet().stream()
                .filter(e -> e.getKey().startsWith("sealpost_messages_received_total"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static Findings findings(int end, String series, List<String> messages) {
        return Findings.of(
                IntStream.range(0, end).boxed().toList(), Sample.numbers(series, messages));
    }

    private static String listeners(int round) {
        return round % 3 == 1 ? "door=" : "udp=";
    }

    private Program rsyslog(Relay relay, int... inputs) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("rsyslog"));
        Map<String, Object> words = new HashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            words.put("IN" + i, inputs[i]);
        }
        words.putAll(Map.of("DIR", folder, "UDP", relay.udp, "TCP", relay.tcp));
        Path conf = Template.write("rsyslog-client.conf", folder.resolve("conf"), words);
        return Peers.rsyslog(conf, folder, inputs[5]);
    }

    /**
     * Renames listener and upstream to and fro, puts a listener first and takes it out, adds an
     * upstream with a file and takes it out with what waits for it, and says by ever other routes
     * that everything goes to the archive and to the upstream.
     */
    private String changed(String conf, int round) {
        String text = conf;
        if (round % 3 == 1) {
            text = moved(text.replace("    tcp { transport", "    door { transport"));
        }
        text =
                round % 2 == 1
                        ? text.replace("    up { type", "    renamed { was = up, type")
                        : text.replace("    up { type", "    up { was = renamed, type");
        if (round % 5 == 1 || round % 5 == 2) {
            text =
                    text.replace(
                            "    archive {",
                            "    spare { type = file, path = \""
                                    + dir
                                    + "/spare/all.log\", on-remove = "
                                    + (round % 2 == 0 ? "drain" : "drop")
                                    + " }\n    archive {");
        }
        return routed(text, round);
    }

    private static String routed(String text, int round) {
        String up = round % 2 == 1 ? "renamed" : "up";
        String spare = text.contains("    spare {") ? ", spare" : "";
        String routes =
                switch (round % 4) {
                    case 0 -> "";
                    case 1 ->
                            "routes = [{ match { app-name = app1 }, to = [UP, archive] },"
                                    + " { to = [archive, UPSPARE] }]";
                    case 2 ->
                            "routes = [{ match { severity = \">= warning\" }, to = [archive],"
                                    + " continue = true }, { match { message = \"n=\\\\d*7 \" },"
                                    + " to = [UP, archive] }, { to = [archiveSPARE, UP] }]";
                    default ->
                            "routes = [{ to = [UP], continue = true }, { match { not { app-name ="
                                    + " app2 } }, to = [archiveSPARE] }, { to = [archive] }]";
                };
        return text.replace(
                "  spool {", routes.replace("UP", up).replace("SPARE", spare) + "\n  spool {");
    }

    /** The TCP listener before the UDP one. */
    private static String moved(String text) {
        List<String> lines = text.lines().toList();
        String door =
                lines.stream()
                        .filter(line -> line.startsWith("    door"))
                        .findFirst()
                        .orElseThrow();
        return text.replace(door + "\n", "")
                .replace("  listeners {\n", "  listeners {\n" + door + "\n");
    }
}
