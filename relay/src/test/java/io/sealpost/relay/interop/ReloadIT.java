package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reloads of the running program under load: no connection ends, nothing is lost. */
@Tag("fault")
@Timeout(240)
class ReloadIT {
    private static final int ROUNDS = 50;

    /** From then on the upstream takes what has waited for it. */
    private static final int UPSTREAM_COMES = 25;

    private static final int EVERY_SO_MANY_BY_COMMAND = 10;

    @TempDir Path dir;
    private final Sink sink = new Sink();

    @AfterEach
    void closeSink() throws Exception {
        sink.down();
    }

    @Test
    void fifty_reloads_under_load_lose_nothing_and_end_no_connection() throws Exception {
        try (Relay relay = Relay.prepare(dir, Map.of("up", sink.upstream())).start();
                Load one = Load.start(relay, "reload-one", 0);
                Load two = Load.start(relay, "reload-two", 0)) {
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
            await("all is received")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> received(relay) == endOne + endTwo);
            relay.awaitDelivered();
            relay.assertBooksBalance();
            List<String> archive = relay.archive();
            assertThat(findings(endOne, "reload-one", archive)).isEqualTo(Findings.none());
            assertThat(findings(endTwo, "reload-two", archive)).isEqualTo(Findings.none());
            assertThat(findings(endOne, "reload-one", sink.messages()).missing()).isEmpty();
            assertThat(findings(endTwo, "reload-two", sink.messages()).missing()).isEmpty();
            Table.add("SIGHUP and reload", ROUNDS + " times", endOne + endTwo, sink.size(), "");
        }
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

    /**
     * Renames listener and upstream to and fro, puts a listener first and takes it out, adds an
     * upstream with a file and takes it out with what waits for it.
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
        return text;
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
