package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.admin.ControlServer;
import io.sealpost.relay.admin.ReloadRequest;
import io.sealpost.relay.runtime.NanoClock;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The running relay and its administrator: status and tail, as typed, and what else may connect.
 */
@Timeout(180)
@Beside
class ControlTest {
    private static final String FILE = "upstreams.f { type = file, path = \"kept.log\" }\n";

    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void status_shows_listeners_spool_and_upstreams_of_a_relay_that_is_well() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, "name = relay-7\n" + FILE)) {
            relay.send(3, 10);
            relay.awaitDelivered("f", 3);

            assertThat(run("status")).isEqualTo(ExitCode.GOOD);
            assertThat(out().lines().findFirst().orElseThrow())
                    .matches("relay-7: running well, up \\d+ s, sealpost \\S+, pid \\d+");
            assertThat(out())
                    .contains("conf file " + folder.resolve("sealpost.conf"))
                    .containsPattern("\nt +tcp +127.0.0.1:" + relay.port("t") + " +\\d+ +3 +\\d")
                    .contains("3 messages written, 0 of them not yet synced")
                    .containsPattern("\nf +up +0 +0.0 s +3 +0 +0 +" + folder.resolve("kept.log"));

            Config json = json();
            assertThat(json.getBoolean("well")).isTrue();
            assertThat(json.getLong("spool.synced")).isEqualTo(3);
            assertThat(json.getConfigList("upstreams").getFirst().getLong("delivered"))
                    .isEqualTo(3);
        }
    }

    @Test
    void an_upstream_that_is_down_makes_the_status_bad_and_says_why() throws Exception {
        try (DeadPort dead = DeadPort.taken();
                RunningRelay _ =
                        RunningRelay.start(
                                folder, FILE + "upstreams.s { " + dead.upstream() + " }\n")) {
            await().atMost(RunningRelay.PATIENCE).until(() -> run("status") == ExitCode.NOT_SO);

            assertThat(out())
                    .contains("running, NOT WELL")
                    .contains("problem: upstream s: cannot connect to 127.0.0.1:")
                    .containsPattern("\ns +DOWN ");
        }
    }

    @Test
    void where_no_relay_runs_a_line_says_so_and_the_code_is_3() throws Exception {
        RunningRelay.start(folder, FILE).close();

        assertThat(run("status")).isEqualTo(ExitCode.COULD_NOT);
        assertThat(run("tail")).isEqualTo(ExitCode.COULD_NOT);
        assertThat(err())
                .isEqualTo(
                        "sealpost status: no relay can be reached at %1$s (there is no such socket)\n"
                                        .formatted(socket())
                                + "sealpost tail: no relay can be reached at %1$s (there is no such socket)\n"
                                        .formatted(socket()));
    }

    @Test
    void a_socket_left_by_a_killed_relay_is_replaced_and_the_own_one_removed() throws Exception {
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(socket(), "left");

        try (RunningRelay _ = RunningRelay.start(folder, FILE)) {
            assertThat(run("status")).isEqualTo(ExitCode.GOOD);
            assertThat(Files.getPosixFilePermissions(socket()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        }
        assertThat(socket()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nosuchkey = 1\n}", "name = \"open\n", "}}"})
    void a_conf_file_that_was_spoiled_meanwhile_does_not_hide_the_relay(String end)
            throws Exception {
        try (RunningRelay _ = RunningRelay.start(folder, FILE)) {
            Path conf = folder.resolve("sealpost.conf");
            String good = Files.readString(conf);
            Files.writeString(conf, good.substring(0, good.lastIndexOf('}')) + end);

            assertThat(run("status")).isEqualTo(ExitCode.GOOD);
            assertThat(err())
                    .isEqualTo(
                            "sealpost status: "
                                    + conf
                                    + " has mistakes now, which \"sealpost check\" names; the relay"
                                    + " runs with what it was\n");
        }
        err.reset();
        assertThat(run("status")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(err()).contains("sealpost.conf:");
    }

    @ParameterizedTest
    @CsvSource({"true, GOOD", "false, BAD_USAGE"})
    void reload_prints_what_became_of_it(boolean done, ExitCode code) throws Exception {
        RunningRelay.start(folder, FILE).close();
        ControlCommand answer =
                new ReloadAnswer(() -> new ReloadRequest.Outcome(done, "line 1\nline 2"));
        try (ControlServer _ =
                ControlServer.start(
                        new ControlSocket(socket()).listen(), Map.of("reload", answer))) {
            Console console = new Console(InputStream.nullInputStream(), stream(out), stream(err));
            assertThat(new ReloadCommand(console).run(folder.resolve("sealpost.conf")))
                    .isEqualTo(code);
        }
        assertThat(done ? out() : err()).isEqualTo("line 1\nline 2\n");
        assertThat(done ? err() : out()).isEmpty();
    }

    @Test
    void tail_shows_the_messages_asked_for_as_they_come_one_line_each() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, FILE)) {
            Future<ExitCode> tail = tail("--host", "WEB*", "--grep", "b[a]d");
            await().atMost(RunningRelay.PATIENCE)
                    .until(
                            () -> {
                                send(relay, "<13>1 - other app - - - too bad");
                                send(relay, "<13>1 - web1 app - - - all good");
                                send(relay, "<13>1 - web2 a - - - bad\t\u001b[2J\nx");
                                return !out().isEmpty();
                            });
            assertThat(out().lines())
                    .allMatch(line -> line.equals("<13>1 - web2 a - - - bad\\t\\x1b[2J\\nx"));
            assertThat(tail.isDone()).isFalse();
            relay.close();
            assertThat(tail.get()).isEqualTo(ExitCode.COULD_NOT);
            assertThat(err()).isEqualTo("sealpost tail: the relay has closed the connection\n");
        }
    }

    @Test
    void tail_ends_well_when_nobody_reads_its_lines() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, FILE)) {
            OutputStream broken =
                    new OutputStream() {
                        @Override
                        public void write(int octet) throws IOException {
                            throw new IOException("Broken pipe");
                        }
                    };
            Future<ExitCode> tail = tail(new PrintStream(broken, true, UTF_8));
            await().atMost(RunningRelay.PATIENCE)
                    .until(
                            () -> {
                                send(relay, "<13>1 - h a - - - x");
                                return tail.isDone();
                            });

            assertThat(tail.get()).isEqualTo(ExitCode.GOOD);
        }
    }

    @Test
    void a_bad_expression_is_bad_usage() throws Exception {
        RunningRelay.start(folder, FILE).close();

        assertThat(run("tail", "--grep", "a(b")).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(err()).startsWith("sealpost tail: --grep: Unclosed group at character 4 of a(b");
    }

    @Test
    void a_client_that_does_not_read_holds_up_nobody_and_is_told_what_it_missed() throws Exception {
        int messages = 2500;
        String slow = FILE + "listeners.t.max-message-size = 64 KiB\n";
        try (RunningRelay relay = RunningRelay.start(folder, slow);
                SocketChannel client = connect("tail\n")) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(client), 1 << 16);
            assertThat(in.read()).isEqualTo('\n'); // from now on it shows
            relay.send(messages, 60_000);
            relay.awaitSynced(messages);

            long shown = 0;
            long skipped = 0;
            while (shown + skipped < messages) {
                int first = in.read();
                if (first == '{') {
                    String notice = line(in);
                    skipped += Long.parseLong(notice.replaceAll("\\D", ""));
                } else if (first != '\n') {
                    StringBuilder length = new StringBuilder().append((char) first);
                    for (int c = in.read(); c != ' '; c = in.read()) {
                        length.append((char) c);
                    }
                    int octets = Integer.parseInt(length.toString());
                    assertThat(new String(in.readNBytes(octets), US_ASCII))
                            .startsWith("<13>1 - host app ");
                    shown++;
                }
            }
            assertThat(shown + skipped).isEqualTo(messages);
            assertThat(skipped).isPositive();
            relay.awaitDelivered("f", messages);
        }
    }

    @Test
    void silent_and_mad_clients_take_no_more_than_their_places() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, FILE)) {
            List<SocketChannel> silent = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                silent.add(connect(""));
            }
            await().atMost(RunningRelay.PATIENCE)
                    .until(() -> answer("status\n").startsWith("{\"error\":\"too many conn"));
            relay.send(1, 10);
            relay.awaitDelivered("f", 1);
            for (SocketChannel channel : silent) {
                channel.close();
            }
            await().atMost(RunningRelay.PATIENCE).until(() -> run("status") == ExitCode.GOOD);

            assertThat(answer("x".repeat(100_000))).contains("one word on a line is expected");
            assertThat(answer("\u0000\n"))
                    .contains("no such command; known are reload, status, tail");
        }
    }

    @Test
    void without_room_for_the_path_of_a_socket_the_relay_runs_all_the_same() throws Exception {
        String deep = "d".repeat(100);
        String conf =
                """
                sealpost {
                  data-dir = "%s"
                  listeners.t { transport = tcp, bind = "127.0.0.1:0" }
                  upstreams.f { type = file, path = "kept.log" }
                  spool.reserve = 0
                  admin.bind = "127.0.0.1:0"
                  log.events = off
                }
                """
                        .formatted(deep);
        try (RunningRelay relay = RunningRelay.whole(folder, NanoClock.system(), conf)) {
            relay.send(1, 10);
            relay.awaitDelivered("f", 1);
            assertThat(run("status")).isEqualTo(ExitCode.COULD_NOT);
            assertThat(err()).contains("a socket's has at most 107; use a shorter data-dir");
        }
    }

    private static void send(RunningRelay relay, String message) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
            socket.getOutputStream().write((message.length() + " " + message).getBytes(US_ASCII));
        }
    }

    private String answer(String request) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (SocketChannel channel = connect(request);
                InputStream in = Channels.newInputStream(channel)) {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                answer.write(octet);
            }
        } catch (IOException _) {
            // closed over what it did not read
        }
        return answer.toString(UTF_8);
    }

    private SocketChannel connect(String request) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
        channel.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
        return channel;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private Path socket() {
        return folder.resolve("state/control.sock");
    }

    private Config json() {
        out.reset();
        assertThat(run("status", "--json")).isEqualTo(ExitCode.GOOD);
        return ConfigFactory.parseString(out());
    }

    /** A tail whose first octet has come: it shows all that is sent from now on. */
    private Future<ExitCode> tail(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addFirst("tail");
        return CompletableFuture.supplyAsync(() -> run(arguments.toArray(String[]::new)));
    }

    private Future<ExitCode> tail(PrintStream to) {
        Console console = new Console(InputStream.nullInputStream(), to, stream(err));
        String[] arguments = {"tail", "-c", folder.resolve("sealpost.conf").toString()};
        return CompletableFuture.supplyAsync(() -> Main.run(arguments, console));
    }

    private ExitCode run(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("-c");
        arguments.add(folder.resolve("sealpost.conf").toString());
        Console console =
                new Console(new ByteArrayInputStream(new byte[0]), stream(out), stream(err));
        return Main.run(arguments.toArray(String[]::new), console);
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, UTF_8);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }
}
