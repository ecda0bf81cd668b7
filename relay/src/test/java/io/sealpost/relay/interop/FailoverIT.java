package io.sealpost.relay.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upstream with two servers, of which the first dies in its various ways under load. */
@Tag("interop")
@Timeout(240)
class FailoverIT {
    private static final String SERIES = "failover";
    private static final String QUEUED = "sealpost_upstream_queued{upstream=\"logs\"}";

    @TempDir Path dir;

    @Test
    void a_killed_rsyslog_is_followed_by_the_next_and_gets_its_place_back() throws Exception {
        int one = Ports.free();
        int two = Ports.free();
        try (Relay relay = relay(one, two).start();
                Program _ = rsyslog("two", two)) {
            int sent;
            try (Program first = rsyslog("one", one);
                    Load load = Load.start(relay, SERIES, 0)) {
                // begun without it: the second has the connection until the first is probed
                awaitSome("one");
                first.kill();
                int before = numbers("two").size();
                await("the second goes on")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> numbers("two").size() > before + 1000);
                try (Program _ = rsyslog("one", one)) {
                    int had = numbers("one").size();
                    await("the first goes on")
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> numbers("one").size() > had + 1000);
                    sent = load.stop();
                    awaitAll(relay, sent);
                    relay.awaitDelivered();
                    relay.assertBooksBalance();
                    relay.terminate();
                    relay.stopped();
                }
            }
            Table.add(
                    "rsyslog, two servers",
                    "first killed and back",
                    sent,
                    union().size(),
                    "one %d, two %d".formatted(numbers("one").size(), numbers("two").size()));
            assertThat(union()).hasSize(sent);
        }
    }

    /** No RST, no FIN: the kernel's retransmissions end after 20 s (TCP_USER_TIMEOUT). */
    @Test
    void a_server_that_falls_silent_is_noticed_and_the_next_gets_everything() throws Exception {
        int one = Ports.free();
        int two = Ports.free();
        Path script = Template.write("silent-server.py", dir.resolve("silent-server.py"), Map.of());
        Path got = Files.createDirectories(dir.resolve("one")).resolve("messages.log");
        try (Program silent =
                        Program.start(
                                dir.resolve("silent.out"),
                                Map.of(),
                                List.of("python3", script.toString(), "" + one, got.toString()));
                Program _ = rsyslog("two", two)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> Ports.listening(one));
            try (Relay relay = relay(one, two).start();
                    Load load = Load.start(relay, SERIES, 0)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> Files.exists(got) && Files.size(got) > 100_000);
                assertThat(numbers("two")).isEmpty();
                OutputStream order = silent.input();
                order.write("be silent\n".getBytes(UTF_8));
                order.flush();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> silent.output().contains("silent"));

                await("the next server has the connection")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !numbers("two").isEmpty());
                int sent = load.stop();
                awaitAll(relay, sent);
                relay.awaitDelivered();
                relay.assertBooksBalance();
                Table.add("silent server", "then rsyslog", sent, union().size(), "");
                assertThat(union()).hasSize(sent);
            }
        }
    }

    private Relay relay(int one, int two) throws IOException {
        return Relay.prepare(
                dir,
                Map.of(
                        "logs",
                        "servers = [\"127.0.0.1:%d\", \"127.0.0.1:%d\"]".formatted(one, two)));
    }

    private Program rsyslog(String name, int port) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(name));
        Path conf =
                Template.write(
                        "rsyslog-upstream.conf",
                        folder.resolve("conf"),
                        Map.of("DIR", folder, "COUNTED", port, "LINES", Ports.free()));
        return Peers.rsyslog(conf, folder, port);
    }

    private void awaitSome(String name) {
        await(name + " gets something")
                .atMost(Duration.ofSeconds(30))
                .until(() -> numbers(name).size() > 1000);
    }

    private void awaitAll(Relay relay, int sent) {
        await("the relay has all")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                relay.metric("sealpost_messages_received_total{listener=\"tcp\"}")
                                        >= sent);
        await("the servers have all")
                .atMost(Duration.ofSeconds(30))
                .until(() -> relay.metric(QUEUED) == 0 && union().size() >= sent);
    }

    private TreeSet<Integer> union() throws IOException {
        TreeSet<Integer> all = new TreeSet<>(numbers("one"));
        all.addAll(numbers("two"));
        return all;
    }

    /** What the server of this name has written. */
    private List<Integer> numbers(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String file : List.of("counted.log", "messages.log")) {
            Path path = dir.resolve(name).resolve(file);
            if (Files.exists(path)) {
                // frames follow each other without line ends in what the silent server wrote
                lines.addAll(
                        List.of(
                                Files.readString(path)
                                        .replaceAll("(\\d+ <\\d+>1 )", "\n$1")
                                        .split("\n")));
            }
        }
        return Sample.numbers(SERIES, lines);
    }
}
