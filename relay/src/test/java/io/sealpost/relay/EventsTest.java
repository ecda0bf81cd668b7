package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the relay says of itself in its own stream. */
@Timeout(180)
class EventsTest {
    private static final String HEAD =
            "<45>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z relay-7 sealpost \\d+ ";
    private static final String ON =
            """
            name = relay-7
            data-dir = "state"
            spool.reserve = 0
            admin.bind = "127.0.0.1:0"
            listeners.t { transport = tcp, bind = "127.0.0.1:0" }
            upstreams.f { type = file, path = "kept.log" }
            integrity.checkpoint-interval = 60 s
            """;

    @TempDir Path folder;

    @Test
    void start_and_stop_are_messages_of_the_stream_in_the_name_of_the_relay() throws Exception {
        try (RunningRelay relay = start(ON)) {
            relay.send(1, 10);
            await().atMost(RunningRelay.PATIENCE).until(() -> kept().size() == 2);
            assertThat(relay.metrics())
                    .contains("sealpost_messages_received_total{listener=\"t\"} 1.0")
                    .contains("sealpost_events_total{event=\"started\"} 1.0")
                    .contains("sealpost_spool_synced_total 2.0");
        }

        assertThat(kept()).hasSize(3);
        assertThat(kept())
                .anyMatch(
                        line ->
                                line.matches(
                                        HEAD
                                                + "started \\[sealpost@32473 version=\"[^\"]+\"\\]"
                                                + " started: listening t=127\\.0\\.0\\.1:\\d+.*"));
        assertThat(kept().getLast())
                .matches(
                        HEAD + "stopping \\[sealpost@32473\\] stopping: no new messages are taken");
    }

    @Test
    void without_log_events_the_stream_holds_nothing_of_the_relay_itself() throws Exception {
        try (RunningRelay relay = start(ON + "log.events = off\n")) {
            relay.send(1, 10);
            relay.awaitDelivered("f", 1);
        }

        assertThat(kept()).singleElement().asString().endsWith("xxxxxxxxxx");
    }

    @Test
    void a_refused_connection_is_an_event_with_listener_peer_and_reason() throws Exception {
        String conf = ON + "listeners.t.allow = [\"192.0.2.0/24\"]\n";

        try (RunningRelay relay = start(conf)) {
            String peer;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
                peer = "127.0.0.1:" + socket.getLocalPort();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            await().atMost(RunningRelay.PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(kept())
                                            .anyMatch(
                                                    line ->
                                                            line.startsWith("<44>1 ")
                                                                    && line.contains(
                                                                            " connection-refused"
                                                                                    + " [sealpost@32473"
                                                                                    + " listener=\"t\""
                                                                                    + " peer=\""
                                                                                    + peer
                                                                                    + "\""
                                                                                    + " reason=\"allow\"]"
                                                                                    + " listener t:"
                                                                                    + " refused ")));
        }
    }

    @Test
    void each_of_two_peers_refused_at_once_is_an_event() throws Exception {
        String conf = ON + "listeners.t.allow = [\"192.0.2.0/24\"]\n";

        try (RunningRelay relay = start(conf)) {
            for (String address : List.of("127.0.0.1", "127.0.0.2")) {
                new Socket(
                                InetAddress.getLoopbackAddress(),
                                relay.port("t"),
                                InetAddress.getByName(address),
                                0)
                        .close();
            }
            await().atMost(RunningRelay.PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(kept())
                                            .anyMatch(line -> line.contains(" of 127.0.0.1:"))
                                            .anyMatch(line -> line.contains(" of 127.0.0.2:")));
        }
    }

    @Test
    void an_upstream_that_goes_down_and_comes_back_is_told_once_each() throws Exception {
        int port;
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = first.getLocalPort();
            String conf =
                    ON
                            + "upstreams.s { type = syslog, transport = tcp,"
                            + " servers = [\"127.0.0.1:%d\"], retry { first = 10 ms, max = 20 ms } }\n"
                                    .formatted(port);
            try (RunningRelay relay = start(conf)) {
                first.accept().close();
                first.close();
                await().atMost(RunningRelay.PATIENCE).until(() -> events("upstream-down") == 1);
                try (ServerSocket second =
                                new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                        Socket _ = second.accept()) {
                    await().atMost(RunningRelay.PATIENCE).until(() -> events("upstream-up") == 1);
                }
            }
        }
        assertThat(kept())
                .anyMatch(
                        line ->
                                line.contains("upstream-down [sealpost@32473 upstream=\"s\"] ")
                                        && line.contains("127.0.0.1:" + port));
    }

    @Test
    void its_messages_are_well_formed_and_need_no_change() throws Exception {
        String conf = ON + "annotate = all\n";

        try (RunningRelay relay = start(conf)) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
                socket.getOutputStream().write("<13>1 - h app - - - x\n".getBytes(US_ASCII));
            }
            relay.awaitDelivered("f", 2);
            assertThat(relay.metrics()).doesNotContain("sealpost_messages_changed_total{");
        }
    }

    private RunningRelay start(String lines) throws IOException {
        return RunningRelay.whole(folder, NanoClock.system(), "sealpost {\n" + lines + "}\n");
    }

    private long events(String kind) throws IOException {
        return kept().stream().filter(line -> line.contains(" " + kind + " [")).count();
    }

    private List<String> kept() throws IOException {
        Path file = folder.resolve("kept.log");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        // that of the integrity log at the stop is no event
        return lines.stream().filter(line -> !line.contains(" CKPT [")).toList();
    }
}
