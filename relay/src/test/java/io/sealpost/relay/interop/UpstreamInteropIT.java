package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's rsyslog and syslog-ng as TCP upstreams of the relay, with both framings. */
@Tag("interop")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamInteropIT {
    private static final int COUNT = 20_000;
    private static final int PROBE_COUNT = 40;
    private static final int WITHHELD = 17;
    private static final String PROBE = "upstream-probe";
    private static final String SERIES = "upstream";

    /** Ports of a peer, one per framing. */
    private record Inputs(int counted, int lines) {
        static Inputs free() {
            return new Inputs(Ports.free(), Ports.free());
        }
    }

    private Path dir = Path.of("");
    private Relay relay;
    private Program rsyslog;
    private Program syslogNg;

    @BeforeAll
    void sendAll(@TempDir Path folder) throws Exception {
        dir = folder;
        Inputs rsyslogPorts = Inputs.free();
        Inputs syslogNgPorts = Inputs.free();
        rsyslog =
                Peers.rsyslog(
                        conf("rsyslog", rsyslogPorts),
                        dir.resolve("rsyslog"),
                        rsyslogPorts.lines());
        syslogNg =
                Peers.syslogNg(
                        conf("syslog-ng", syslogNgPorts),
                        dir.resolve("syslog-ng"),
                        syslogNgPorts.lines());
        Map<String, String> upstreams = new HashMap<>();
        upstream(upstreams, "rsyslog", rsyslogPorts);
        upstream(upstreams, "syslog-ng", syslogNgPorts);
        relay = Relay.prepare(dir, upstreams).start();

        List<Integer> probe = IntStream.range(0, PROBE_COUNT).boxed().toList();
        List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
        Feeder.tcp(
                relay.tcp,
                Stream.concat(
                                probe.stream()
                                        .filter(n -> n != WITHHELD)
                                        .map(n -> Sample.message(PROBE, n)),
                                all.stream().map(n -> Sample.message(SERIES, n)))
                        .toList(),
                0);
    }

    private static void upstream(Map<String, String> upstreams, String peer, Inputs ports) {
        String text = "servers = [\"127.0.0.1:%d\"], framing = %s";
        upstreams.put(peer + "-counted", text.formatted(ports.counted(), "octet-counting"));
        upstreams.put(peer + "-lines", text.formatted(ports.lines(), "lf"));
    }

    private Path conf(String peer, Inputs ports) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(peer));
        return Template.write(
                peer + "-upstream.conf",
                folder.resolve("conf"),
                Map.of("DIR", folder, "COUNTED", ports.counted(), "LINES", ports.lines()));
    }

    @AfterAll
    void stopAll() throws Exception {
        try (Relay _ = relay;
                Program _ = rsyslog;
                Program _ = syslogNg) {
            if (relay != null) {
                relay.awaitDelivered();
                relay.assertBooksBalance();
                relay.terminate();
                relay.stopped();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rsyslog/counted", "rsyslog/lines", "syslog-ng/counted", "syslog-ng/lines"})
    void every_message_is_in_the_upstreams_file_once_in_order_with_its_fields(String which)
            throws IOException {
        Path file = dir.resolve(which + ".log");
        List<String> lines = awaitLines(file, COUNT + PROBE_COUNT - 1);

        assertThat(
                        Findings.of(
                                IntStream.range(0, PROBE_COUNT).boxed().toList(),
                                Sample.numbers(PROBE, lines)))
                .isEqualTo(Findings.onlyMissing(WITHHELD));
        List<String> mine = Sample.ofSeries(SERIES, lines);
        Table.add(which.replace("/", " as upstream, "), "TCP RFC5424", COUNT, mine.size(), "");
        assertThat(
                        Findings.of(
                                IntStream.range(0, COUNT).boxed().toList(),
                                Sample.numbers(SERIES, mine)))
                .isEqualTo(Findings.none());
        for (int i = 0; i < COUNT; i++) {
            assertFields(Sample.message(SERIES, i), mine.get(i).split("\t", -1));
        }
    }

    private static void assertFields(Fields sent, String[] got) {
        assertThat(got).hasSize(8);
        assertThat(Instant.from(OffsetDateTime.parse(got[1])))
                .isEqualTo(Instant.parse(sent.timestamp()));
        assertThat(List.of(got[0], got[2], got[3], got[4], nil(got[5]), nil(got[6]), got[7]))
                .isEqualTo(
                        List.of(
                                sent.pri() + "",
                                sent.host(),
                                sent.app(),
                                sent.procid(),
                                sent.msgid(),
                                sent.sd(),
                                sent.text()));
    }

    /** syslog-ng writes a nil field as nothing. */
    private static String nil(String field) {
        return field.isEmpty() ? "-" : field;
    }

    /** Lines of messages that are not the relay's own. */
    private static long sent(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.contains("\tsealpost\t"))
                .count();
    }

    private static List<String> awaitLines(Path file, int count) throws IOException {
        try {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> Files.exists(file) && sent(file) >= count);
        } catch (ConditionTimeoutException _) {
            // the check that follows says what is missing
        }
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
