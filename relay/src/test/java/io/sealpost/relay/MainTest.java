package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.runtime.NanoClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as its user sees it. */
class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir Path folder;
    private Path conf = Path.of("conf");

    @BeforeEach
    void conf() throws IOException {
        conf = write("127.0.0.1:0", "");
    }

    @Test
    void without_a_command_the_overview_is_shown_as_bad_usage() {
        assertThat(run("")).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err()).contains("Usage: sealpost COMMAND").contains("explain [-c FILE]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void help_is_good_and_on_standard_output(String word) {
        assertThat(run("", word)).isEqualTo(ExitCode.GOOD);

        assertThat(out()).contains("First steps:").contains("Exit codes:");
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Command.class)
    void every_command_has_help_with_examples(Command command) {
        assertThat(run("", "help", command.word())).isEqualTo(ExitCode.GOOD);
        String help = out();
        out.reset();
        assertThat(run("", command.word(), "--help")).isEqualTo(ExitCode.GOOD);

        assertThat(help).isEqualTo(out()).contains("Examples:\n  ").contains("Options:\n  ");
    }

    @Test
    void an_unknown_command_is_answered_with_the_nearest() {
        assertThat(run("", "expalin")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("", "help", "chek")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("", "bootstrap")).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err())
                .contains("unknown command \"expalin\", did you mean \"explain\"?")
                .contains("unknown command \"chek\", did you mean \"check\"?")
                .contains("unknown command \"bootstrap\", known are run, check,");
    }

    @Test
    void bad_options_are_bad_usage_in_one_line() {
        assertThat(run("", "explain", "--jsnl")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("", "check", "-c")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("", "check", "some.conf")).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err().lines())
                .containsExactly(
                        "sealpost explain: unknown option --jsnl, did you mean --jsonl?; \"sealpost"
                                + " help explain\" shows how it is used",
                        "sealpost check: -c needs a value; \"sealpost help check\" shows how it is"
                                + " used",
                        "sealpost check: \"some.conf\" is one word too many; \"sealpost help"
                                + " check\" shows how it is used");
    }

    @Test
    void version_names_version_commit_jdk_and_transport() {
        assertThat(run("", "version")).isEqualTo(ExitCode.GOOD);

        assertThat(out()).matches("(?s)sealpost \\d.*\ncommit \\S+\njdk .*25.*\ntransport epoll\n");
    }

    @Test
    void check_of_a_good_file_is_good_with_its_warnings() {
        assertThat(run("", "check", "-c", conf.toString())).isEqualTo(ExitCode.GOOD);

        assertThat(out()).startsWith("integrity: ").endsWith("\n" + conf + ": good\n");
        assertThat(err()).contains(":1: warning: enterprise-number is not set");
    }

    @Test
    void check_tells_what_the_integrity_log_takes_and_cannot_see() throws IOException {
        Path other = folder.resolve("other");
        Files.createDirectory(other);
        Path remembering = write("127.0.0.1:0", "\nintegrity.remember = \"other/remembered\"");
        assertThat(run("", "check", "-c", conf.toString())).isEqualTo(ExitCode.GOOD);
        assertThat(out())
                .contains(
                        "integrity: 36 octets on disk a message, and 5 to 310 MB of checkpoints a day, for 400 d or up to 5.0 GiB")
                .contains("is noticed at start");
        Path inside = write("127.0.0.1:0", "\nintegrity.remember = \"../data/remembered\"");

        assertThat(run("", "check", "-c", inside.toString())).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(remembering).isEqualTo(inside);
        assertThat(err()).contains("integrity.remember: is inside of data-dir");
    }

    @Test
    void keys_that_are_wrong_stop_the_start_with_one_line() throws Exception {
        Path key = folder.resolve("keys").resolve("integrity").resolve("key");
        Files.createDirectories(key.getParent());
        Path file = write("127.0.0.1:0", "\ndata-dir = keys\nadmin.bind = \"127.0.0.1:0\"");
        assertThat(keygen("a.example/log", key)).isEqualTo(ExitCode.GOOD);
        assertStarts(file);

        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertStopped(file, "its mode is rw-r-----");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));

        String keys = Files.readString(key);
        Files.writeString(key, keys.replace("+a.example", "+b.example"));
        assertStopped(file, "private key and its id differ");
        Files.writeString(key, keys.substring(0, keys.length() / 2));
        assertStopped(file, "does not have the keys of the log");

        Files.delete(key);
        assertStopped(file, "keys of the log is missing: put it back");
        assertThat(keygen("a.example/log", key)).isEqualTo(ExitCode.GOOD);
        assertStopped(file, "which have not signed this log's checkpoints");
        Files.delete(key);
        Files.createDirectory(key);
        assertStopped(file, "should be a file with the keys");
        Files.delete(key);
        Files.writeString(key, keys);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertStarts(file);
    }

    private static void assertStarts(Path file) throws IOException {
        ConfigResult.Loaded loaded = (ConfigResult.Loaded) ConfigReader.read(file);
        Relay.start(loaded.config(), NanoClock.system()).close();
    }

    private void assertStopped(Path file, String why) {
        for (String command : List.of("check", "run")) {
            err.reset();
            assertThat(run("", command, "-c", file.toString())).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(err().lines().filter(line -> !line.contains("warning:")))
                    .singleElement()
                    .asString()
                    .startsWith(file + ":")
                    .contains(" integrity: ", why);
        }
    }

    private ExitCode keygen(String origin, Path file) {
        out.reset();
        return run("", "keygen", "--origin", origin, "-o", file.toString());
    }

    @Test
    void keygen_makes_keys_for_the_owner_alone_and_prints_the_public_ones() throws Exception {
        Path key = folder.resolve("key");
        assertThat(keygen("a.example/log", key)).isEqualTo(ExitCode.GOOD);

        LogSigner signer = KeyFile.read(key);
        assertThat(out().lines())
                .containsExactlyElementsOf(
                        signer.verifiers().stream().map(VerifierKey::print).toList());

        assertThat(keygen("b.example/log", key)).isEqualTo(ExitCode.COULD_NOT);
        assertThat(keygen("with blank", folder.resolve("x"))).isEqualTo(ExitCode.COULD_NOT);
        assertThat(keygen("c", folder.resolve("no/where"))).isEqualTo(ExitCode.COULD_NOT);
        assertThat(run("", "keygen", "-o", "x")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(run("", "keygen", "--origin", "x")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains(key + " is there already"),
                        line -> assertThat(line).contains("cannot be the name of a key"),
                        line -> assertThat(line).contains("cannot write", "no/where"),
                        line -> assertThat(line).contains("--origin is missing"),
                        line -> assertThat(line).contains("-o is missing"));
        assertThat(KeyFile.read(key).origin()).isEqualTo("a.example/log");
    }

    @Test
    void check_warns_of_routes_that_are_hardly_meant_with_file_and_line() throws IOException {
        Path file =
                write(
                        "127.0.0.1:0",
                        """

                        routes = [
                          { match { app-name = x }, to = [] }
                          { match { app-name = x }, to = [f] }
                        ]""");

        assertThat(run("", "check", "-c", file.toString())).isEqualTo(ExitCode.GOOD);

        assertThat(out()).endsWith("\n" + file + ": good\n");
        assertThat(err().lines().filter(line -> line.contains("rout")))
                .containsExactly(
                        file
                                + ":3: warning: upstreams.f: no route leads there, add one or take"
                                + " the upstream out",
                        file
                                + ":4: warning: routes: a message that matches none is dropped and"
                                + " counted as no-route; end with { to = [ ... ] } to take them"
                                + " all, or with { to = [] } if this is meant",
                        file
                                + ":6: warning: route-2 is never reached: route-1 takes all its"
                                + " messages, move it before that or take it out");
    }

    @Test
    void check_of_a_bad_file_names_the_line_and_is_bad() throws IOException {
        Path bad = write("127.0.0.1:0", "\nspol { }\n");

        assertThat(run("", "check", "-c", bad.toString())).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(err()).isEqualTo(bad + ":4: unknown key spol, did you mean spool?\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void check_finds_foreign_addresses_and_unusable_folders() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        Path bad =
                write(
                        "192.0.2.1:0",
                        "\ndata-dir = \"file/data\"\nadmin.bind = \"no-such-host.invalid:0\"\n");

        assertThat(run("", "check", "-c", bad.toString())).isEqualTo(ExitCode.BAD_USAGE);

        assertThat(
                        err().lines()
                                .filter(line -> !line.contains(": warning: "))
                                .map(line -> line.substring(bad.toString().length())))
                .containsExactly(
                        ":2: listeners.u.bind: 192.0.2.1 is no address of this machine, use one of"
                                + " its own or \"0.0.0.0:0\" for all",
                        ":4: data-dir: "
                                + folder.resolve("file")
                                + " is no folder, use another path",
                        ":5: admin.bind: no address is known for no-such-host.invalid, write an"
                                + " address");
    }

    @Test
    void the_conf_file_that_comes_with_the_relay_is_good() {
        assertThat(run("", "check", "-c", "../conf/sealpost.conf")).isEqualTo(ExitCode.GOOD);
    }

    @Test
    void run_names_a_port_in_use_with_its_line_and_starts_nothing() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file =
                    write(
                            "127.0.0.1:0",
                            "\nadmin.bind = \"127.0.0.1:" + taken.getLocalPort() + "\"\n");

            assertThat(run("", "run", "-c", file.toString())).isEqualTo(ExitCode.BAD_USAGE);

            assertThat(err())
                    .isEqualTo(
                            file
                                    + ":4: admin.bind: 127.0.0.1:"
                                    + taken.getLocalPort()
                                    + " is in use, stop the other program or use another port\n");
            assertThat(folder.resolve("data")).doesNotExist();
        }
    }

    @Test
    void run_names_ports_in_use_beside_all_other_problems_and_check_does_not() throws IOException {
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file =
                    write(
                            "127.0.0.1:" + udp.getLocalPort(),
                            "\nspol { }\nlisteners.t { transport = tcp, max-connections = many,"
                                    + " bind = \"127.0.0.1:%d\" }\nadmin.bind = \"nowhere\"\n"
                                            .formatted(tcp.getLocalPort()));
            String unknown = file + ":4: unknown key spol, did you mean spool?\n";
            String wrong =
                    file
                            + ":5: listeners.t.max-connections: a number is needed, not the text"
                            + " \"many\", use 1 to 1000000\n"
                            + file
                            + ":6: admin.bind: \"nowhere\" is no address with a port, write"
                            + " \"10.0.0.1:5514\", \"[::1]:5514\" or \"host.example.com:5514\"\n";
            String taken =
                    "%s:%d: listeners.%s.bind: 127.0.0.1:%d is in use, stop the other program or"
                            + " use another port\n";

            assertThat(run("", "run", "-c", file.toString())).isEqualTo(ExitCode.BAD_USAGE);

            assertThat(err())
                    .isEqualTo(
                            taken.formatted(file, 2, "u", udp.getLocalPort())
                                    + unknown
                                    + taken.formatted(file, 5, "t", tcp.getLocalPort())
                                    + wrong);
            err.reset();
            assertThat(run("", "check", "-c", file.toString())).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(err()).isEqualTo(unknown + wrong);
        }
    }

    @Test
    void run_names_a_port_in_use_beside_an_unusable_folder() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file =
                    write(
                            "192.0.2.1:0",
                            "\ndata-dir = \"file/data\"\nadmin.bind = \"127.0.0.1:%d\"\n"
                                    .formatted(taken.getLocalPort()));

            assertThat(run("", "run", "-c", file.toString())).isEqualTo(ExitCode.BAD_USAGE);

            assertThat(err().lines())
                    .hasSize(3)
                    .anyMatch(
                            line -> line.contains(":2: listeners.u.bind: 192.0.2.1 is no address"))
                    .anyMatch(line -> line.contains(":4: data-dir: "))
                    .anyMatch(line -> line.contains(":5: admin.bind: ") && line.contains("in use"));
        }
    }

    @Test
    void explain_says_what_each_upstream_guarantees() throws IOException {
        Path file =
                write(
                        "127.0.0.1:0",
                        """

                        upstreams.r { type = relp, servers = ["h:1"] }
                        upstreams.t { type = syslog, transport = tcp, servers = ["h:1"] }
                        upstreams.u { type = syslog, transport = udp, servers = ["h:1"] }
                        """);

        assertThat(run("text\n", "explain", "-c", file.toString())).isEqualTo(ExitCode.GOOD);

        assertThat(out().lines())
                .contains(
                        "  f        file: delivered once written and synced, never twice",
                        "  r        RELP: delivered once acknowledged by the server; may come twice"
                                + " after a lost connection or a crash of the relay",
                        "  t        TCP: delivered once the server's process has read it, as far as"
                                + " the kernel can tell; may come twice after a lost connection or"
                                + " a crash of the relay",
                        "  u        UDP: delivered once sent and no error came back within 100 ms,"
                                + " though nobody tells whether it arrives; may come twice after an"
                                + " ICMP error");
    }

    @Test
    void explain_shows_form_fields_routes_and_bytes() {
        ExitCode code =
                run("<34>Oct 11 22:14:15 web su[7]: failed\n", "explain", "-c", conf.toString());

        assertThat(code).isEqualTo(ExitCode.GOOD);
        assertThat(out().lines())
                .contains(
                        "form       rfc3164",
                        "facility   4 auth",
                        "hostname   web",
                        "app-name   su",
                        "procid     7",
                        "msg        failed",
                        "routes     none",
                        "upstreams  f",
                        "  f        file: delivered once written and synced, never twice")
                .anyMatch(line -> line.matches("sent +<34>1 \\d{4}-.* web su 7 - - failed"));
    }

    @Test
    void explain_answers_json_lines_with_the_keys_of_the_contract() {
        String in = base64("<165>1 2003-10-11T22:14:15.003Z h app - ID47 [x@9 a=\"b\"] text");

        ExitCode code =
                run(
                        "{\"in\":\"" + in + "\",\"peer\":\"192.0.2.7\",\"id\":\"ignored\"}\n",
                        "explain",
                        "--jsonl",
                        "-c",
                        conf.toString());

        assertThat(code).isEqualTo(ExitCode.GOOD);
        assertThat(out())
                .isEqualTo(
                        "{\"facility\":20,\"severity\":5,\"timestamp\":\"2003-10-11T22:14:15.003Z\","
                                + "\"hostname\":\"h\",\"app_name\":\"app\",\"procid\":\"-\","
                                + "\"msgid\":\"ID47\",\"sd\":\"[x@9 a=\\\"b\\\"]\",\"msg\":\""
                                + base64("text")
                                + "\",\"out\":\""
                                + in
                                + "\",\"unchanged\":true,\"form\":\"rfc5424\",\"reasons\":[],"
                                + "\"win\":{},\"signal\":null,\"routes\":[],"
                                + "\"upstreams\":[\"f\"]}\n");
    }

    /** Its APP-NAME stood behind the end of the next one, which has none. */
    @Test
    void explain_goes_on_behind_a_longer_message_where_rules_ask_for_names() throws IOException {
        Path file = write("127.0.0.1:0", "\nrewrite = [{ map { app-name = [\"- -> none\"] } }]\n");

        ExitCode code =
                run(
                        "{\"in\":\"%s\"}\n{\"in\":\"%s\"}\n"
                                .formatted(
                                        base64(
                                                "<13>1 2026-11-27T12:00:00.123456Z host app - - - x"),
                                        base64("short")),
                        "explain",
                        "--jsonl",
                        "-c",
                        file.toString());

        assertThat(code).isEqualTo(ExitCode.GOOD);
        assertThat(out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"app_name\":\"app\""),
                        line -> assertThat(line).contains("\"app_name\":\"none\""));
    }

    @Test
    void explain_takes_peer_time_and_zone_of_a_json_line() {
        String line =
                "{\"in\":\""
                        + base64("Oct 11 22:14:15 web su: x")
                        + "\",\"received\":\"2026-10-11T20:15:00Z\",\"zone\":\"Europe/Berlin\"}";

        run(line, "explain", "--jsonl", "-c", conf.toString());

        assertThat(out())
                .contains("\"timestamp\":\"2026-10-11T22:14:15+02:00\"")
                .contains("\"reasons\":[\"missing-pri\"]");
    }

    @Test
    void explain_gives_the_zone_of_the_peers_network_first() throws IOException {
        Path file =
                write(
                        "127.0.0.1:0",
                        "\nnetworks = [{ net = \"192.0.2.0/24\", timezone = \"+05:00\" }]\n");
        String line =
                "{\"in\":\""
                        + base64("<13>Oct 11 22:14:15 web su: x")
                        + "\",\"received\":\"2026-10-11T20:15:00Z\",\"peer\":\"192.0.2.7\"}";

        run(line, "explain", "--jsonl", "-c", file.toString());

        assertThat(out()).contains("\"timestamp\":\"2026-10-11T22:14:15+05:00\"");
    }

    @Test
    void explain_answers_a_broken_json_line_with_an_error_and_goes_on() {
        String good = "{\"in\":\"" + base64("<13>x") + "\"}";

        ExitCode code =
                run(
                        "{\n{\"in\":\"***\"}\n{\"peer\":\"x\"}\n{\"in\":\"eA==\",\"zone\":\"no\"}\n"
                                + good,
                        "explain",
                        "--jsonl",
                        "-c",
                        conf.toString());

        assertThat(code).isEqualTo(ExitCode.NOT_SO);
        assertThat(out().lines()).hasSize(5);
        assertThat(out().lines().limit(4)).allMatch(line -> line.startsWith("{\"error\":\"line "));
        assertThat(out()).contains("\"upstreams\":[\"f\"]");
    }

    @Test
    void explain_of_nothing_is_bad_usage() {
        assertThat(run("", "explain", "-c", conf.toString())).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void explain_cuts_at_the_limit_before_a_character() throws IOException {
        Path file = write("127.0.0.1:0\", max-message-size = \"16 B", "");

        run("<13>123456789\u00e4\u00f6\u00fc", "explain", "-c", file.toString());

        assertThat(out())
                .contains("truncated")
                .contains("123456789\u00e4\n")
                .doesNotContain("\u00f6");
    }

    private Path write(String bind, String more) throws IOException {
        Path file = folder.resolve("sealpost.conf");
        Files.writeString(
                file,
                """
                sealpost {
                listeners { u { transport = udp, timezone = "UTC", bind = "%s" } }
                upstreams { f { type = file, path = "data/f.log" } }%s
                }
                """
                        .formatted(bind, more.isEmpty() ? "\ndata-dir = \"data\"" : more));
        return file;
    }

    private ExitCode run(String input, String... arguments) {
        Console console =
                new Console(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return Main.run(arguments, console);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
