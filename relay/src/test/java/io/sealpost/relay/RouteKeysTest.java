package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routes of a conf file through the whole relay: who sends what, and which file holds it. */
@Timeout(120)
@Beside
class RouteKeysTest {
    private static final List<String> FILES =
            List.of("auth", "bad", "web", "app", "text", "udp", "peer", "not", "any", "rest");

    @TempDir Path folder;

    @Test
    void each_key_of_match_chooses_messages() throws Exception {
        StringBuilder conf =
                new StringBuilder("listeners.u { transport = udp, bind = \"127.0.0.1:0\" }\n");
        FILES.forEach(
                name ->
                        conf.append(
                                "upstreams.%s { type = file, path = \"%s.log\" }\n"
                                        .formatted(name, name)));
        conf.append(
                """
                routes = [
                  { match { facility = [auth, authpriv], listener = t }, to = [auth] }
                  { match { severity = ">= error" }, to = [bad] }
                  { match { hostname = ["WEB?", "*.Example.com"] }, to = [web] }
                  { match { app-name = "ssh*" }, to = [app] }
                  { match { message = "link (up|döwn)$" }, to = [text] }
                  { match { peer = "127.0.0.2" }, to = [peer] }
                  { match { listener = [u] }, to = [udp] }
                  { match { facility = mail, not { hostname = keep, severity = info } }, to = [not] }
                  { match { any = [ { hostname = one }, { app-name = two } ] }, to = [any] }
                  { to = [rest] }
                ]
                """);
        try (RunningRelay relay = RunningRelay.start(folder, conf.toString())) {
            send(
                    relay,
                    "127.0.0.1",
                    "<38>1 - h a - - - 1 auth",
                    "<86>1 - h a - - - 2 authpriv",
                    "<11>1 - h a - - - 3 error",
                    "<8>1 - h a - - - 4 emergency",
                    "<12>1 - h a - - - 5 warning",
                    "<13>1 - web7 a - - - 6 glob",
                    "<13>1 - web77 a - - - 7 one too many",
                    "<13>1 - a.EXAMPLE.com a - - - 8 glob",
                    "<13>1 - h SSHD - - - 9 app",
                    "<13>1 - h a - - - 10 a link döwn",
                    "<13>1 - h a - - - 11 a link down",
                    "<22>1 - h a - - - 12 mail",
                    "<22>1 - keep a - - - 13 kept mail",
                    "<21>1 - keep a - - - 14 not kept mail",
                    "<13>1 - one a - - - 15 any",
                    "<13>1 - h two - - - 16 any");
            send(relay, "127.0.0.2", "<13>1 - h a - - - 17 peer", "<11>1 - h a - - - 18 error");
            datagram(relay, "<38>1 - h a - - - 19 auth over udp");
            relay.awaitMetric("sealpost_spool_synced_total", 19);

            relay.awaitDelivered("auth", 2);
            relay.awaitDelivered("bad", 3);
            relay.awaitDelivered("web", 2);
            relay.awaitDelivered("app", 1);
            relay.awaitDelivered("text", 1);
            relay.awaitDelivered("peer", 1);
            relay.awaitDelivered("udp", 1);
            relay.awaitDelivered("not", 2);
            relay.awaitDelivered("any", 2);
            relay.awaitDelivered("rest", 4);
        }
        assertThat(numbers("auth")).containsExactly("1", "2");
        assertThat(numbers("bad")).containsExactlyInAnyOrder("3", "4", "18");
        assertThat(numbers("web")).containsExactly("6", "8");
        assertThat(numbers("app")).containsExactly("9");
        assertThat(numbers("text")).containsExactly("10");
        assertThat(numbers("peer")).containsExactly("17");
        assertThat(numbers("udp")).containsExactly("19");
        assertThat(numbers("not")).containsExactly("12", "14");
        assertThat(numbers("any")).containsExactly("15", "16");
        assertThat(numbers("rest")).containsExactly("5", "7", "11", "13");
    }

    @Test
    void the_first_route_decides_unless_it_continues() throws Exception {
        String conf =
                """
                upstreams.a { type = file, path = "a.log" }
                upstreams.b { type = file, path = "b.log" }
                routes = [
                  { match { app-name = both }, to = [a], continue = true }
                  { match { app-name = [both, second] }, to = [b] }
                  { to = [a] }
                ]
                """;
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(
                    relay,
                    "127.0.0.1",
                    "<13>1 - h both - - - 1 x",
                    "<13>1 - h second - - - 2 x",
                    "<13>1 - h other - - - 3 x");
            relay.awaitDelivered("a", 2);
            relay.awaitDelivered("b", 2);
            assertThat(relay.metrics())
                    .contains("sealpost_upstream_routed_total{upstream=\"a\"} 2.0")
                    .contains("sealpost_upstream_routed_total{upstream=\"b\"} 2.0");
        }
        assertThat(numbers("a")).containsExactly("1", "3");
        assertThat(numbers("b")).containsExactly("1", "2");
    }

    /** They are not stored, and the books of the upstreams do not know of them. */
    @Test
    void routes_drop_and_count_under_their_name() throws Exception {
        String conf =
                """
                upstreams.a { type = file, path = "a.log" }
                routes = [
                  { name = noise, match { app-name = healthd }, to = [] }
                  { match { app-name = debugd }, to = [] }
                  { match { app-name = wanted }, to = [a] }
                ]
                """;
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(
                    relay,
                    "127.0.0.1",
                    "<13>1 - h healthd - - - 1 x",
                    "<13>1 - h wanted - - - 2 x",
                    "<13>1 - h healthd - - - 3 x",
                    "<13>1 - h debugd - - - 4 x",
                    "<13>1 - h stray - - - 5 x");
            relay.awaitDelivered("a", 1);
            relay.awaitMetric("sealpost_messages_received_total{listener=\"t\"}", 5);
            relay.awaitMetric(dropped("noise"), 2);
            relay.awaitMetric(dropped("route-2"), 1);
            relay.awaitMetric(dropped("no-route"), 1);
            assertThat(relay.metrics())
                    .contains("sealpost_spool_written_total 1.0")
                    .contains("sealpost_upstream_routed_total{upstream=\"a\"} 1.0");
        }
        assertThat(numbers("a")).containsExactly("2");
    }

    /**
     * The expression would try each way to part the text in three: steps by the cube of its length.
     */
    @Test
    void a_message_that_takes_too_many_steps_is_counted_and_does_not_match() throws Exception {
        String conf =
                """
                upstreams.a { type = file, path = "a.log" }
                upstreams.b { type = file, path = "b.log" }
                routes = [
                  { match { message = "x*x*x*y" }, to = [a] }
                  { to = [b] }
                ]
                """;
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(
                    relay,
                    "127.0.0.1",
                    "<13>1 - h a - - - 1 " + "x".repeat(2000),
                    "<13>1 - h a - - - 2 " + "x".repeat(60_000),
                    "<13>1 - h a - - - 3 xxxy");
            relay.awaitDelivered("a", 1);
            relay.awaitDelivered("b", 2);
            relay.awaitMetric("sealpost_regex_given_up_total{listener=\"t\"}", 2);
        }
        assertThat(numbers("a")).containsExactly("3");
    }

    @Test
    void explain_shows_the_routes_that_a_message_takes() throws Exception {
        Path conf = folder.resolve("sealpost.conf");
        Files.writeString(
                conf,
                """
                sealpost {
                  listeners { a { transport = udp, bind = "127.0.0.1:1" }
                              b { transport = udp, bind = "127.0.0.1:2" } }
                  upstreams { x { type = file, path = "x.log" }
                              y { type = file, path = "y.log" } }
                  routes = [
                    { name = noise, match { app-name = noise }, to = [] }
                    { match { listener = b, peer = "192.0.2.0/24" }, to = [x], continue = true }
                    { to = [y] }
                  ]
                }
                """);
        Explainer explainer =
                new Explainer(((ConfigResult.Loaded) ConfigReader.read(conf)).config());

        assertThat(explained(explainer, "<13>1 - h noise - - - x", "192.0.2.1", "b"))
                .isEqualTo("[noise] []");
        assertThat(explained(explainer, "<13>1 - h other - - - x", "192.0.2.1", "b"))
                .isEqualTo("[route-2, route-3] [x, y]");
        assertThat(explained(explainer, "<13>1 - h other - - - x", "192.0.2.1", "a"))
                .isEqualTo("[route-3] [y]");
        assertThat(explained(explainer, "<13>1 - h other - - - x", "198.51.100.1", "b"))
                .isEqualTo("[route-3] [y]");
    }

    private static String explained(
            Explainer explainer, String message, String peer, String listener) {
        Explanation explanation =
                explainer.explain(
                        message.getBytes(UTF_8),
                        new Explainer.From(peer, ZoneOffset.UTC, listener),
                        0);
        return explanation.routes() + " " + explanation.upstreams().keySet();
    }

    private static String dropped(String reason) {
        return "sealpost_messages_dropped_total{listener=\"t\",reason=\"%s\",upstream=\"\"}"
                .formatted(reason);
    }

    private static void send(RunningRelay relay, String from, String... messages)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), relay.port("t")));
            socket.getOutputStream().write((String.join("\n", messages) + "\n").getBytes(UTF_8));
        }
    }

    private static void datagram(RunningRelay relay, String message) throws IOException {
        byte[] octets = message.getBytes(UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(
                    new DatagramPacket(
                            octets,
                            octets.length,
                            InetAddress.ofLiteral("127.0.0.1"),
                            relay.port("u")));
        }
    }

    /** The first words of the texts of the messages in this upstream's file. */
    private List<String> numbers(String upstream) throws IOException {
        return Files.readAllLines(folder.resolve(upstream + ".log"), UTF_8).stream()
                .map(line -> line.split(" ", -1)[7])
                .toList();
    }
}
