package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the relay is for, as {@code packaging/demo} shows it: logs tailed by a real rsyslog and
 * deleted by an intruder are whole at a second rsyslog, though that was down meanwhile.
 */
@Tag("interop")
@Timeout(240)
class DeletedLogsIT {
    private static final int LINES = 2_000;

    @TempDir Path dir;

    @Test
    void every_line_of_deleted_logs_is_in_the_store() throws Exception {
        Path demo = dir.resolve("demo");
        Map<String, String> environment =
                Map.of(
                        "RSYSLOGD", String.join(" ", Peers.rsyslogd()),
                        "LINES", "" + LINES,
                        "PORT", "" + Ports.three());

        try (Program program =
                Program.demonstration(dir.resolve("demo.out"), environment, "demo", demo)) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output())
                    .contains("access.log: OK", "shop.log: OK", "every line of both deleted logs");
        }

        assertThat(demo.resolve("log")).doesNotExist();
        assertThat(demo.resolve("store/access.log"))
                .hasContent(String.join("\n", numbered(DeletedLogsIT::access)) + "\n");
        assertThat(demo.resolve("store/shop.log"))
                .hasContent(String.join("\n", numbered(DeletedLogsIT::shop)) + "\n");
    }

    private static List<String> numbered(IntFunction<String> line) {
        return IntStream.range(0, 2 * LINES).mapToObj(line).toList();
    }

    private static String access(int i) {
        return "203.0.113.%d - - [27/Nov/2026:11:00:%02d +0000] \"GET /item/%d?q=%%C3%%A9 HTTP/1.1\" 200 %d \"-\" \"a \\\"b\\\" \\xe9\""
                .formatted(i % 250, i % 60, i, i * 7 % 9000);
    }

    private static String shop(int i) {
        return "{\"order\": %d,\t\"text\": \"Größe 5 µm, 100%% <ok> [x]\", \"pad\": \"%s\"}  "
                .formatted(i, " ".repeat(i % 90));
    }
}
