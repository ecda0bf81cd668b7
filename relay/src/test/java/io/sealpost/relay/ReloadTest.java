package io.sealpost.relay;

import static io.sealpost.relay.FreePort.freePort;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another conf file for a running relay: what changes in it changes, and nothing else. */
@Timeout(120)
@Beside
class ReloadTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static final String FILE_A = "upstreams.a { type = file, path = \"out/a.log\" }\n";
    private static final String FILE_B = "upstreams.b { type = file, path = \"out/b.log\" }\n";

    @TempDir Path folder;

    private int closedPort;

    @BeforeEach
    void port() throws IOException {
        closedPort = freePort();
    }

    @Test
    void a_file_with_problems_changes_nothing_and_all_are_told() throws IOException {
        try (RunningRelay relay = RunningRelay.start(folder, FILE_A)) {
            String before = relay.listening();

            List<String> problems =
                    refused(
                            relay.reload(
                                    FILE_B
                                            + "listenres.x { transport = tcp }\n"
                                            + "shutdown-grace = 5 apples\n"));

            assertThat(problems).hasSize(2);
            assertThat(problems.toString()).contains("listenres").contains("shutdown-grace");
            assertThat(relay.listening()).isEqualTo(before);
            relay.send(3, 10);
            relay.awaitDelivered("a", 3);
            assertThat(folder.resolve("out/b.log")).doesNotExist();
        }
    }

    @Test
    void what_takes_a_restart_is_refused_with_its_line() throws IOException {
        try (RunningRelay relay = RunningRelay.start(folder, FILE_A)) {
            List<String> problems =
                    refused(
                            relay.reloadWhole(
                                    """
                                    sealpost {
                                      name = other
                                      data-dir = "elsewhere"
                                      listeners.t { transport = tcp, bind = "127.0.0.1:0", max-message-size = 128 KiB }
                                      spool { reserve = 0, max-size = 9 GiB }
                                      admin.bind = "127.0.0.1:0"
                                      annotate = all
                                      enterprise-number = 99
                                      integrity { enabled = false, keep = 30 d }
                                      upstreams.a { type = file, path = "out/a.log" }
                                    }
                                    """));

            assertThat(problems)
                    .satisfiesExactly(
                            p -> assertThat(p).contains(":2: name: "),
                            p -> assertThat(p).contains(":3: data-dir: "),
                            p -> assertThat(p).contains(":4: listeners.t.max-message-size: "),
                            p -> assertThat(p).contains(":5: spool: "),
                            p -> assertThat(p).contains(":7: annotate: "),
                            p -> assertThat(p).contains(":8: enterprise-number: "),
                            p -> assertThat(p).contains(":9: integrity: "));
        }
    }

    @Test
    void connections_live_on_when_their_listener_changes_or_goes() throws IOException {
        try (RunningRelay relay =
                        RunningRelay.whole(
                                folder, NanoClock.system(), whole(door("t", "") + FILE_A));
                Socket sender = new Socket(HERE, relay.port("t"))) {
            int port = relay.port("t");
            write(sender, 1);
            relay.awaitDelivered("a", 1);

            done(relay.reloadWhole(whole(door("renamed", ", idle-timeout = 1 h") + FILE_A)));

            assertThat(relay.port("renamed")).isEqualTo(port);
            write(sender, 2);
            try (Socket second = new Socket(HERE, port)) {
                write(second, 3);
                relay.awaitDelivered("a", 3);
                assertThat(relay.metrics())
                        .contains("sealpost_messages_received_total{listener=\"renamed\"} 1.0")
                        .contains("sealpost_connections{listener=\"t\"} 1.0");
            }
            done(relay.reloadWhole(whole(udp("u") + FILE_A)));

            assertThatThrownBy(() -> new Socket(HERE, port).close())
                    .isInstanceOf(ConnectException.class);
            write(sender, 4);
            relay.awaitDelivered("a", 4);
            sender.shutdownOutput();
            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(numbers("a")).containsExactlyInAnyOrder(1, 2, 3, 4);
    }

    @Test
    void datagrams_are_taken_in_before_and_after_by_the_same_sockets() throws IOException {
        try (RunningRelay relay =
                        RunningRelay.whole(folder, NanoClock.system(), whole(udp("u") + FILE_A));
                DatagramSocket sender = new DatagramSocket()) {
            int port = relay.port("u");
            for (int i = 1; i <= 100; i++) {
                byte[] message = message(i).getBytes(US_ASCII);
                sender.send(new DatagramPacket(message, message.length, HERE, port));
                if (i % 20 == 0) {
                    done(relay.reloadWhole(whole(udp("u" + i) + FILE_A)));
                    assertThat(relay.port("u" + i)).isEqualTo(port);
                }
            }
            relay.awaitDelivered("a", 100);
        }
        assertThat(numbers("a")).hasSize(100);
    }

    @Test
    void listeners_and_upstreams_come_and_go() throws IOException {
        try (RunningRelay relay = RunningRelay.start(folder, FILE_A)) {
            relay.send(1, 10);
            relay.awaitDelivered("a", 1);

            done(relay.reload(FILE_A + FILE_B + udp("extra")));

            try (DatagramSocket sender = new DatagramSocket()) {
                byte[] message = message(7).getBytes(US_ASCII);
                sender.send(new DatagramPacket(message, message.length, HERE, relay.port("extra")));
            }
            relay.awaitDelivered("a", 2);
            relay.awaitDelivered("b", 1);
            done(relay.reload(FILE_B));
            relay.send(1, 10);
            relay.awaitDelivered("b", 2);
            assertThat(relay.listening()).doesNotContain("extra");
            assertThat(Files.readAllLines(folder.resolve("out/a.log"))).hasSize(2);
        }
    }

    @Test
    void routes_change_for_new_messages_and_connections_that_are_open() throws Exception {
        try (RunningRelay relay =
                        RunningRelay.whole(
                                folder,
                                NanoClock.system(),
                                whole(door("t", "") + FILE_A + FILE_B));
                Socket sender = new Socket(HERE, relay.port("t"))) {
            write(sender, 1);
            relay.awaitDelivered("a", 1);
            relay.awaitDelivered("b", 1);

            done(
                    relay.reloadWhole(
                            whole(
                                    door("t", "")
                                            + FILE_A
                                            + FILE_B
                                            + "routes = [ { match { message = \"number 2\" }, to = [b] },"
                                            + " { name = noise, to = [] } ]\n")));
            write(sender, 2);
            write(sender, 3);

            relay.awaitDelivered("b", 2);
            relay.awaitMetric(
                    "sealpost_messages_dropped_total{listener=\"t\",reason=\"noise\",upstream=\"\"}",
                    1);
            assertThat(numbers("a")).containsExactly(1);
            assertThat(numbers("b")).containsExactly(1, 2);
        }
    }

    @Test
    void a_port_in_use_is_told_and_nothing_changes() throws IOException {
        try (RunningRelay relay = RunningRelay.start(folder, FILE_A);
                ServerSocket taken = new ServerSocket(0, 1, HERE)) {
            List<String> problems =
                    refused(
                            relay.reload(
                                    FILE_B
                                            + "listeners.n { transport = tcp, bind ="
                                            + " \"127.0.0.1:"
                                            + taken.getLocalPort()
                                            + "\" }\n"));

            assertThat(problems).hasSize(1);
            assertThat(problems.getFirst()).contains("listeners.n.bind").contains("in use");
            relay.send(1, 10);
            relay.awaitDelivered("a", 1);
        }
    }

    @Test
    void an_upstream_that_is_taken_out_is_drained_or_dropped_as_it_says() throws Exception {
        String keeping = dead("dead", "");
        try (RunningRelay relay = RunningRelay.start(folder, FILE_A + keeping)) {
            relay.send(5, 10);
            relay.awaitDelivered("a", 5);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"dead\"}", 5);

            assertThat(refused(relay.reload(FILE_A)))
                    .singleElement()
                    .asString()
                    .contains("upstreams.dead: was taken out, but messages wait for it");

            done(relay.reload(FILE_A + dead("dead", ", on-remove = drain")));
            done(relay.reload(FILE_A));
            relay.send(1, 10);
            relay.awaitDelivered("a", 6);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"dead\"}", 5);
            try (ServerSocket server = new ServerSocket(closedPort, 1, HERE);
                    Socket back = server.accept()) {
                String all = new String(back.getInputStream().readNBytes(5 * 44), US_ASCII);
                assertThat(all.split("xxxxxxxxxx", -1)).hasSizeGreaterThanOrEqualTo(5);
                awaitGone(relay, "dead");
            }

            done(relay.reload(FILE_A + dead("other", ", on-remove = drop")));
            relay.send(3, 10);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"other\"}", 3);
            done(relay.reload(FILE_A));
            awaitGone(relay, "other");
        }
    }

    private static void awaitGone(RunningRelay relay, String upstream) {
        await(upstream + " is gone")
                .atMost(RunningRelay.PATIENCE)
                .until(() -> !relay.metrics().contains("upstream=\"" + upstream + "\""));
    }

    @Test
    void a_renamed_upstream_keeps_what_waits_for_it() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, dead("old", ""))) {
            relay.send(4, 10);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"old\"}", 4);

            done(relay.reload(file("young", "c", ", was = old")));

            relay.awaitDelivered("young", 4);
            awaitGone(relay, "old");
        }
        try (RunningRelay relay = RunningRelay.start(folder, file("third", "c", ", was = young"))) {
            relay.send(1, 10);
            relay.awaitDelivered("third", 5);
        }
        assertThat(Files.readAllLines(folder.resolve("out/c.log"))).hasSize(5);
    }

    @Test
    void queued_messages_follow_a_change_of_the_upstream() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, dead("up", ""));
                ServerSocket server = new ServerSocket(0, 1, HERE)) {
            relay.send(10, 10);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"up\"}", 10);
            closedPort = server.getLocalPort();

            done(relay.reload(dead("up", "")));

            try (Socket connection = server.accept()) {
                relay.awaitDelivered("up", 10);
                assertThat(connection.getInputStream().available()).isPositive();
            }
        }
    }

    private String dead(String name, String more) {
        return "upstreams."
                + name
                + " { type = syslog, transport = tcp, servers = [\"127.0.0.1:"
                + closedPort
                + "\"], retry { first = 10 ms, max = 50 ms }"
                + more
                + " }\n";
    }

    private static String file(String name, String file, String more) {
        return "upstreams."
                + name
                + " { type = file, path = \"out/"
                + file
                + ".log\""
                + more
                + " }\n";
    }

    private static String door(String name, String more) {
        return "listeners." + name + " { transport = tcp, bind = \"127.0.0.1:0\"" + more + " }\n";
    }

    private static String udp(String name) {
        return "listeners." + name + " { transport = udp, bind = \"127.0.0.1:0\" }\n";
    }

    private static String whole(String lines) {
        return "sealpost {\nlog.events = off\nintegrity.checkpoint-interval = 60 s\ndata-dir = \"state\"\nspool.reserve = 0\nadmin.bind = \"127.0.0.1:0\"\n"
                + lines
                + "}\n";
    }

    private static void done(Reload.Outcome outcome) {
        assertThat(outcome).isInstanceOf(Reload.Outcome.Done.class);
    }

    private static List<String> refused(Reload.Outcome outcome) {
        assertThat(outcome).isInstanceOf(Reload.Outcome.Refused.class);
        return ((Reload.Outcome.Refused) outcome)
                .problems().stream().map(ConfigProblem::toString).toList();
    }

    private static void write(Socket sender, int number) throws IOException {
        sender.getOutputStream().write((message(number) + "\n").getBytes(US_ASCII));
    }

    private static String message(int number) {
        return "<13>1 2026-11-24T10:00:00Z host app - - - number " + number;
    }

    private List<Integer> numbers(String file) throws IOException {
        return Files.readAllLines(folder.resolve("out/" + file + ".log")).stream()
                .filter(line -> !line.contains(" CKPT [")) // of the integrity log, at the stop
                .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }
}
