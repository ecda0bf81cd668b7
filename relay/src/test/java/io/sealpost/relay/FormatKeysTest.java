package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each format of files and receivers, from the conf file to what arrives. */
@Timeout(120)
@Beside
class FormatKeysTest {
    private static final String MESSAGE =
            "<34>1 2026-11-04T11:59:59.003+01:00 web1 su 77 ID47 [o@1 ip=\"1\" ip=\"2\"] a \"b\"\u00e9 \t\u00ff";
    private static final String CHANGED = "<11>Feb  3 04:05:06  db su[9]: \t o\u00e9 ";
    private static final String BSD = "<34>Nov  4 11:59:59 web1 su[77]: a \"b\"\u00e9 \t\u00ff";

    /** The octets E9 and FF are no UTF-8. */
    private static final String JSON =
            "{\"facility\":\"auth\",\"facility_code\":4,\"severity\":\"critical\",\"severity_code\":2,"
                    + "\"timestamp\":\"2026-11-04T11:59:59.003+01:00\",\"hostname\":\"web1\","
                    + "\"app_name\":\"su\",\"procid\":\"77\",\"msgid\":\"ID47\","
                    + "\"structured_data\":{\"o@1\":{\"ip\":[\"1\",\"2\"]}},"
                    + "\"message\":\"a \\\"b\\\"\ufffd \\t\ufffd\"}";

    @TempDir Path folder;

    @Test
    void files_hold_each_format() throws Exception {
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        """
                        upstreams {
                          whole { type = file, path = "whole/%Y-%m-%d.log" }
                          bsd { type = file, path = "bsd/%Y-%m-%d.log", format = rfc3164 }
                          lines { type = file, path = "lines/%Y-%m-%d.log", format = json }
                          counted { type = file, path = "counted/%Y-%m-%d.log", format = json
                            framing = octet-counting }
                          raw { type = file, path = "raw/%Y-%m-%d.log", format = original }
                        }
                        """)) {
            send(relay, "<13>1 - h a - - -\n" + MESSAGE);
            relay.awaitDelivered("whole", 2);
            send(relay, CHANGED);
            for (String name : List.of("whole", "bsd", "lines", "counted", "raw")) {
                relay.awaitDelivered(name, 3);
            }
        }

        assertThat(new String(file("whole"), ISO_8859_1))
                .startsWith("<13>1 - h a - - -\n" + MESSAGE + "\n<11>1 20")
                .doesNotContain(CHANGED);
        assertThat(new String(file("raw"), ISO_8859_1))
                .isEqualTo("<13>1 - h a - - -\n" + MESSAGE + "\n" + CHANGED + "\n");
        assertThat(new String(file("bsd"), ISO_8859_1)).startsWith("<13>h a:\n" + BSD + "\n");
        List<String> lines = new String(file("lines"), UTF_8).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo(JSON);
        assertThat(parse(lines.getFirst()).getString("message")).isEmpty();
        assertThat(parse(lines.get(1)).getStringList("structured_data.\"o@1\".ip"))
                .containsExactly("1", "2");
        assertThat(new String(file("counted"), UTF_8))
                .isEqualTo(counted(lines.get(0)) + counted(lines.get(1)) + counted(lines.get(2)));
    }

    @Test
    void receivers_get_each_format() throws Exception {
        List<String> names = List.of("whole", "bsd", "lines", "counted", "raw", "rawlines");
        List<ServerSocket> receivers = new ArrayList<>();
        try {
            for (String _ : names) {
                receivers.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            StringBuilder conf = new StringBuilder();
            List<String> ends =
                    List.of(
                            "",
                            "format = rfc3164, framing = octet-counting",
                            "format = json, framing = lf",
                            "format = json",
                            "format = original",
                            "format = original, framing = lf");
            for (int i = 0; i < names.size(); i++) {
                conf.append(
                        "upstreams.%s { type = syslog, transport = tcp, servers = [\"127.0.0.1:%d\"], %s }\n"
                                .formatted(
                                        names.get(i),
                                        receivers.get(i).getLocalPort(),
                                        ends.get(i)));
            }
            try (RunningRelay relay = RunningRelay.start(folder, conf.toString())) {
                send(relay, MESSAGE + "\n" + CHANGED);
                String received =
                        MESSAGE.length() + " " + MESSAGE + CHANGED.length() + " " + CHANGED;

                arrives(receivers.get(0), MESSAGE.length() + " " + MESSAGE, ISO_8859_1);
                arrives(receivers.get(1), BSD.length() + " " + BSD, ISO_8859_1);
                arrives(receivers.get(2), JSON + "\n", UTF_8);
                arrives(receivers.get(3), counted(JSON), UTF_8);
                arrives(receivers.get(4), received, ISO_8859_1);
                arrives(receivers.get(5), MESSAGE + "\n" + CHANGED + "\n", ISO_8859_1);
            }
        } finally {
            for (ServerSocket receiver : receivers) {
                receiver.close();
            }
        }
    }

    @Test
    void what_would_end_a_line_is_escaped_and_counted_for_each_upstream() throws Exception {
        try (ServerSocket receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                """
                                upstreams {
                                  file { type = file, path = "file/%%Y-%%m-%%d.log" }
                                  lines { type = syslog, transport = tcp, framing = lf
                                    servers = ["127.0.0.1:%d"] }
                                  counted { type = file, path = "counted/%%Y-%%m-%%d.log"
                                    framing = octet-counting }
                                }
                                """
                                        .formatted(receiver.getLocalPort()))) {
            send(relay, counted("<13>1 - h a - - - one\ntwo\rthree\0four"));
            String line = "<13>1 - h a - - - one\\ntwo\\rthree\\0four\n";

            // stays open, or the message is sent and counted again
            try (Socket lines = receiver.accept()) {
                assertThat(lines.getInputStream().readNBytes(line.length()))
                        .asString(US_ASCII)
                        .isEqualTo(line);
                for (String name : List.of("file", "lines")) {
                    relay.awaitMetric(
                            "sealpost_upstream_escaped_octets_total{upstream=\"" + name + "\"}", 3);
                }
            }
            relay.awaitDelivered("counted", 1);
            assertThat(new String(file("file"), US_ASCII)).isEqualTo(line);
            assertThat(relay.metrics())
                    .doesNotContain("escaped_octets_total{upstream=\"counted\"}");
        }
    }

    private static void send(RunningRelay relay, String message) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
            socket.getOutputStream().write((message + "\n").getBytes(ISO_8859_1));
        }
    }

    private static void arrives(ServerSocket receiver, String expected, Charset charset)
            throws IOException {
        int patience = (int) RunningRelay.PATIENCE.toMillis();
        receiver.setSoTimeout(patience);
        try (Socket peer = receiver.accept()) {
            peer.setSoTimeout(patience);
            int octets = expected.getBytes(charset).length;
            assertThat(new String(peer.getInputStream().readNBytes(octets), charset))
                    .isEqualTo(expected);
        }
    }

    private static String counted(String message) {
        return message.getBytes(UTF_8).length + " " + message;
    }

    private static Config parse(String line) {
        return ConfigFactory.parseString(
                line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    private byte[] file(String upstream) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(upstream))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return Files.readAllBytes(all.getFirst());
        }
    }
}
