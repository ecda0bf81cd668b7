package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rewrite}, from the conf file to what lies at an upstream. */
class RewriteKeysTest {
    private static final String FILE = "upstreams.a { type = file, path = \"a.log\" }\n";
    private static final String CHANGED = "sealpost_messages_changed_total{reason=\"%s\"}";

    @TempDir Path folder;

    @Test
    void rules_that_match_change_the_header_in_their_order() throws Exception {
        String conf =
                FILE
                        + """
                        rewrite = [
                          { match { hostname = "web*" },
                            set { facility = local3, severity = error, hostname = www, app-name = shop } }
                          { map { facility = "local3 -> audit", severity = ["error -> alert", "info -> debug"],
                                  hostname = ["WWW -> www.example.com"],
                                  app-name = ["- -> none", "SHOP -> store"] } }
                        ]
                        """;
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(
                    relay,
                    "<13>1 2026-11-27T12:00:00Z web7 httpd 1 ID [a@1 b=\"c\"] one",
                    "<14>1 2026-11-27T12:00:00Z db - - - - two",
                    "<13>1 2026-11-27T12:00:00Z db httpd - - - three",
                    "<13>Nov 27 12:00:00 web8 cron[5]: four");
            relay.awaitDelivered("a", 4);

            List<String> lines = Files.readAllLines(folder.resolve("a.log"));
            assertThat(lines.subList(0, 3))
                    .containsExactly(
                            "<105>1 2026-11-27T12:00:00Z www.example.com store 1 ID [a@1 b=\"c\"] one",
                            "<15>1 2026-11-27T12:00:00Z db none - - - two",
                            "<13>1 2026-11-27T12:00:00Z db httpd - - - three");
            assertThat(lines.get(3))
                    .startsWith("<105>1 ")
                    .endsWith(" www.example.com store 5 - - four");
            assertThat(relay.metrics()).contains(CHANGED.formatted("rewritten") + " 3.0");
        }
    }

    @Test
    void routes_see_what_rewrites_leave_and_a_reload_changes_them() throws Exception {
        String upstreams = FILE + "upstreams.b { type = file, path = \"b.log\" }\n";
        String routes = "routes = [{ match { hostname = www }, to = [a] }, { to = [b] }]\n";
        String rewrite = "rewrite = [{ match { hostname = \"%s\" }, set { hostname = www } }]\n";
        try (RunningRelay relay =
                RunningRelay.start(folder, upstreams + routes + rewrite.formatted("web1"))) {
            send(relay, "<13>1 - web1 x - - - 1", "<13>1 - web2 x - - - 2");
            relay.awaitDelivered("a", 1);
            relay.awaitDelivered("b", 1);

            relay.reload(upstreams + routes + rewrite.formatted("web2"));
            send(relay, "<13>1 - web1 x - - - 3", "<13>1 - web2 x - - - 4");
            relay.awaitDelivered("a", 2);
            relay.awaitDelivered("b", 2);
        }
        assertThat(Files.readString(folder.resolve("a.log")))
                .isEqualTo("<13>1 - www x - - - 1\n<13>1 - www x - - - 4\n");
        assertThat(Files.readString(folder.resolve("b.log")))
                .isEqualTo("<13>1 - web2 x - - - 2\n<13>1 - web1 x - - - 3\n");
    }

    /** Also not as what was received, and not for an upstream that wants that. */
    @Test
    void a_redacted_secret_is_nowhere_in_the_data_folder() throws Exception {
        String conf =
                FILE
                        + """
                        upstreams.o { type = file, path = "o.log", format = original }
                        rewrite = [
                          { match { app-name = shop }, redact = ["\\\\b\\\\d{16}\\\\b", "(?i)password=\\\\S+"],
                            redact-with = "<\\"gone\\">" }
                        ]
                        """;
        String card = "4111111111111111";
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(
                    relay,
                    "<13>1 - h shop - - [a@1 b=\"x "
                            + card
                            + " y\" c=\"d\"] paid "
                            + card
                            + ", Größe",
                    "<13>Nov 27 12:00:00 h shop: Password=hunter2 and PASSWORD=hunter2",
                    "<13>1 - h shop - - - nothing 123 to hide",
                    "<13>1 - h bank - - - 123456789012345");
            relay.awaitDelivered("a", 4);
            relay.awaitDelivered("o", 4);

            List<String> lines = Files.readAllLines(folder.resolve("a.log"));
            String mark = "[sealpost@32473 reasons=\"redacted\"]";
            assertThat(lines.get(0))
                    .isEqualTo(
                            "<13>1 - h shop - - [a@1 b=\"x <\\\"gone\\\"> y\" c=\"d\"]"
                                    + mark
                                    + " paid <\"gone\">, Größe");
            assertThat(lines.get(1)).endsWith(mark + " <\"gone\"> and <\"gone\">");
            assertThat(lines.get(2)).isEqualTo("<13>1 - h shop - - - nothing 123 to hide");
            assertThat(lines.get(3)).isEqualTo("<13>1 - h bank - - - 123456789012345");
            assertThat(Files.readAllLines(folder.resolve("o.log"))).isEqualTo(lines);
            assertThat(relay.metrics()).contains(CHANGED.formatted("redacted") + " 2.0");
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("sealpost.conf")) {
                    assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain(card)
                            .doesNotContain("hunter2");
                }
            }
        }
    }

    /** The expression would try each way to part the text in three. */
    @Test
    void a_text_on_which_a_redaction_takes_too_long_is_replaced_whole() throws Exception {
        String conf = FILE + "rewrite = [{ redact = \"x*x*x*y\" }]\n";
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            send(relay, "<13>1 - h a - - [s@1 v=\"short\"] " + "x".repeat(2000));
            relay.awaitDelivered("a", 1);
            relay.awaitMetric("sealpost_regex_given_up_total{listener=\"t\"}", 1);
        }
        assertThat(Files.readString(folder.resolve("a.log")))
                .isEqualTo(
                        "<13>1 - h a - - [s@1 v=\"short\"][sealpost@32473 reasons=\"redacted\"] ***\n");
    }

    private static void send(RunningRelay relay, String... messages) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
            for (String message : messages) {
                socket.getOutputStream().write((message + "\n").getBytes(UTF_8));
            }
        }
    }
}
