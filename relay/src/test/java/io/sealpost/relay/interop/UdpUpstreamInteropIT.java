package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's rsyslog and syslog-ng as UDP upstreams of the relay, up, gone and back. */
@Tag("interop")
@Timeout(240)
class UdpUpstreamInteropIT {
    private static final int COUNT = 10_000;
    private static final int WITHHELD = 17;
    private static final String SERIES = "udp-upstream";

    @TempDir Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"rsyslog", "syslog-ng"})
    void every_message_is_there_in_order_and_none_is_lost_to_a_server_that_is_gone(String daemon)
            throws Exception {
        int udp = Ports.free();
        Path messages = Files.createDirectories(dir.resolve(daemon)).resolve("messages.log");
        String upstream =
                "transport = udp, servers = [\"127.0.0.1:%d\"], max-rate = 20000/s".formatted(udp);
        List<Integer> first = numbers(0, COUNT).stream().filter(n -> n != WITHHELD).toList();

        try (Relay relay = Relay.prepare(dir, Map.of("u", upstream))) {
            try (Program server = start(daemon, udp)) {
                relay.start();
                feed(relay, first);
                awaitCount(messages, COUNT - 1);
                // in order and without a repeat: nothing was in doubt
                List<Integer> got = Sample.numbers(SERIES, Files.readAllLines(messages));
                assertThat(Findings.of(numbers(0, COUNT), got))
                        .isEqualTo(Findings.onlyMissing(WITHHELD));
                relay.awaitDelivered();
                server.terminate();
                server.exitCode();
            }
            feed(relay, numbers(COUNT, 2 * COUNT));
            await("the relay notices")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> relay.output().contains("cannot send to 127.0.0.1:" + udp));
            assertThat(relay.metric("sealpost_upstream_queued{upstream=\"u\"}"))
                    .isGreaterThanOrEqualTo(COUNT);

            try (Program _ = start(daemon, udp)) {
                awaitCount(messages, 2 * COUNT - 1);
                relay.awaitDelivered();
                relay.assertBooksBalance();
                relay.terminate();
                relay.stopped();
            }
            List<Integer> all = Sample.numbers(SERIES, Files.readAllLines(messages));
            Table.add(daemon + " as upstream", "UDP", 2 * COUNT - 1, all.size(), "");
            assertThat(Findings.of(numbers(0, 2 * COUNT), List.copyOf(new TreeSet<>(all))))
                    .isEqualTo(Findings.onlyMissing(WITHHELD));
        }
    }

    private Program start(String daemon, int udp) throws IOException {
        int ready = Ports.free();
        Path folder = dir.resolve(daemon);
        Path conf =
                Template.write(
                        daemon + "-udp-upstream.conf",
                        folder.resolve("conf"),
                        Map.of("DIR", folder, "UDP", udp, "READY", ready));
        return daemon.equals("rsyslog")
                ? Peers.rsyslog(conf, folder, ready)
                : Peers.syslogNg(conf, folder, ready);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static void feed(Relay relay, List<Integer> numbers) throws IOException {
        Feeder.tcp(relay.tcp, numbers.stream().map(n -> Sample.message(SERIES, n)).toList(), 0);
    }

    private static void awaitCount(Path file, int count) {
        try {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(200))
                    .until(
                            () ->
                                    Files.exists(file)
                                            && new TreeSet<>(
                                                                    Sample.numbers(
                                                                            SERIES,
                                                                            Files.readAllLines(
                                                                                    file)))
                                                            .size()
                                                    >= count);
        } catch (ConditionTimeoutException _) {
            // the check that follows says what is missing
        }
    }
}
