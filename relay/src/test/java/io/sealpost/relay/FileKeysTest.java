package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a file upstream, from the conf file to the files that are kept. */
@Timeout(120)
@Beside
class FileKeysTest {
    @TempDir Path folder;
    private final MovedClock clock = MovedClock.atNoon();

    @Test
    void files_older_than_keep_are_removed() throws Exception {
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        clock,
                        """
                        upstreams.brief { type = file, path = "brief/%Y-%m-%d.log", keep = 36 h }
                        upstreams.preset { type = file, path = "preset/%Y-%m-%d.log" }
                        """)) {
            relay.send(1, 10);
            bothHave(1, relay);
            String old = files("preset").getFirst();
            assertThat(files("brief")).containsExactly(old);
            clock.advance(Duration.ofDays(3));
            relay.send(1, 10);
            bothHave(2, relay);

            await().atMost(RunningRelay.PATIENCE).until(() -> files("brief").size() == 1);
            assertThat(files("brief")).doesNotContain(old);
            assertThat(files("preset")).hasSize(2).contains(old);
        }
    }

    @Test
    void the_oldest_files_are_removed_when_all_together_are_larger_than_max_size()
            throws Exception {
        int messages = 100;
        int octets = 8 * 1024;
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        clock,
                        """
                        upstreams.brief { type = file, path = "brief/%Y-%m-%d.log", max-size = 1 MiB }
                        upstreams.preset { type = file, path = "preset/%Y-%m-%d.log" }
                        """)) {
            relay.send(messages, octets);
            bothHave(messages, relay);
            String old = files("preset").getFirst();
            assertThat(files("brief")).containsExactly(old);
            clock.advance(Duration.ofDays(1));
            relay.send(messages, octets);
            bothHave(2 * messages, relay);

            await().atMost(RunningRelay.PATIENCE).until(() -> files("brief").size() == 1);
            assertThat(files("brief")).doesNotContain(old);
            assertThat(files("preset")).hasSize(2).contains(old);
        }
    }

    @Test
    void values_of_messages_in_the_path_make_a_file_each_and_none_elsewhere() throws Exception {
        List<String> hosts = List.of("web1", "../../etc", "..", "-", "h".repeat(255));
        String conf =
                "upstreams.hosts { type = file, path = \"hosts/%host%/%facility%-%app%.log\" }";
        try (RunningRelay relay = RunningRelay.start(folder, clock, conf);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
            for (int i = 0; i < 3; i++) {
                for (String host : hosts) {
                    String message = "<38>1 2026-11-24T12:00:00Z %s a/b - - - %d\n";
                    socket.getOutputStream().write(message.formatted(host, i).getBytes(UTF_8));
                }
            }
            relay.awaitDelivered("hosts", 15);
        }

        assertThat(files("hosts"))
                .containsExactlyInAnyOrder(
                        "web1", ".._.._etc", "__", "-", "h".repeat(255), ".sealpost~hosts.files");
        try (Stream<String> lines = Files.lines(folder.resolve("hosts/web1/auth-a_b.log"))) {
            assertThat(lines.map(line -> line.substring(line.length() - 2)))
                    .containsExactly(" 0", " 1", " 2");
        }
    }

    private static void bothHave(int messages, RunningRelay relay) {
        relay.awaitDelivered("brief", messages);
        relay.awaitDelivered("preset", messages);
    }

    private List<String> files(String upstream) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(upstream))) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }
}
