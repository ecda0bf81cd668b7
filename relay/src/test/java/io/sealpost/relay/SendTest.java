package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The test client, against the relay and against worse receivers. */
@Timeout(120)
@Beside
class SendTest {
    private static final String CONF =
            """
            upstreams.f { type = file, path = "kept.log" }
            listeners.u { transport = udp, bind = "127.0.0.1:0" }
            """;
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void one_message_over_tcp_arrives_as_it_was_made() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, CONF)) {
            assertThat(send(relay, "t", "hello there")).isEqualTo(ExitCode.GOOD);
            relay.awaitDelivered("f", 1);
        }

        assertThat(out())
                .matches(
                        "sent 1 message \\(\\d+ octets\\) in \\d+\\.\\d{3} s, \\d+ a second; the"
                                + " receiver has read them all\n");
        assertThat(kept())
                .singleElement()
                .asString()
                .matches("<13>1 \\d{4}-\\S+\\.\\d{6}Z \\S+ sealpost-send \\d+ - - hello there");
    }

    @ParameterizedTest
    @CsvSource({"t,tcp,octet-counting", "t,tcp,lf", "u,udp,"})
    void several_messages_carry_their_numbers(String listener, String transport, String framing)
            throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, CONF)) {
            String[] options =
                    framing == null
                            ? new String[] {"--transport", transport, "--count", "50"}
                            : new String[] {
                                "--transport", transport, "--count", "50", "--framing", framing
                            };
            assertThat(send(relay, listener, options)).isEqualTo(ExitCode.GOOD);
            relay.awaitDelivered("f", 50);
            assertThat(relay.metrics()).doesNotContain("sealpost_messages_changed_total{");
        }

        assertThat(kept()).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(kept().get(i)).contains(" - [meta sequenceId=\"" + (i + 1) + "\"] a test ");
        }
    }

    @Test
    void over_tls_it_shows_a_certificate_and_looks_at_the_other() throws Exception {
        String tls =
                """
                listeners.x { transport = tls, bind = "127.0.0.1:0", tls {
                  certificate = "%s", key = "%s", trust = "%s", client-auth = require } }
                """
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca"));
        try (RunningRelay relay = RunningRelay.start(folder, CONF + tls)) {
            String[] good = {
                "--transport",
                "tls",
                "--trust",
                CERTIFICATES.certificate("ca").toString(),
                "--cert",
                CERTIFICATES.certificate("web1").toString(),
                "--key",
                CERTIFICATES.key("web1").toString(),
                "--server-name",
                "localhost",
                "--count",
                "20"
            };
            assertThat(send(relay, "x", good)).as(err()).isEqualTo(ExitCode.GOOD);
            relay.awaitDelivered("f", 20);
            assertThat(out()).contains("the receiver has read them all");

            good[9] = "other.example.com";
            assertThat(send(relay, "x", good)).isEqualTo(ExitCode.COULD_NOT);
            assertThat(err())
                    .contains("cannot connect to 127.0.0.1:")
                    .contains("other.example.com");
            assertThat(
                            send(
                                    relay,
                                    "x",
                                    "--transport",
                                    "tls",
                                    "--server-name",
                                    "localhost",
                                    "--trust",
                                    CERTIFICATES.certificate("ca").toString()))
                    .isNotEqualTo(ExitCode.GOOD);
            relay.awaitSynced(20);
        }
    }

    @Test
    void over_tls_the_receiver_is_asked_for_a_name_of_one_label() throws Exception {
        try (ServerSocket server =
                CERTIFICATES
                        .server("server")
                        .getServerSocketFactory()
                        .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (SSLSocket socket = (SSLSocket) server.accept()) {
                                    socket.getInputStream().readAllBytes();
                                    return ((ExtendedSSLSession) socket.getSession())
                                            .getRequestedServerNames()
                                            .toString();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            String trust = CERTIFICATES.certificate("ca").toString();
            String to = "localhost:" + server.getLocalPort();

            assertThat(run("--to", to, "--transport", "tls", "--trust", trust))
                    .as(err())
                    .isEqualTo(ExitCode.GOOD);
            assertThat(asked.get()).isEqualTo("[type=host_name (0), value=localhost]");
        }
    }

    @Test
    void over_relp_it_waits_until_all_are_acknowledged() throws Exception {
        String relp = "listeners.r { transport = relp, bind = \"127.0.0.1:0\" }\n";
        try (RunningRelay relay = RunningRelay.start(folder, CONF + relp)) {
            assertThat(send(relay, "r", "--transport", "relp", "--count", "1000"))
                    .as(err())
                    .isEqualTo(ExitCode.GOOD);
            assertThat(relay.metrics())
                    .contains("sealpost_relp_acknowledged_total{listener=\"r\"} 1000.0");
            relay.awaitDelivered("f", 1000);
        }
        assertThat(out()).contains("sent 1000 messages (").endsWith("has acknowledged them all\n");
    }

    @Test
    void over_relp_and_tls_it_looks_at_the_certificate() throws Exception {
        String relp =
                """
                listeners.r { transport = relp, bind = "127.0.0.1:0", tls {
                  certificate = "%s", key = "%s" } }
                """
                        .formatted(CERTIFICATES.certificate("server"), CERTIFICATES.key("server"));
        String[] words = {"--transport", "relp", "--tls", "--server-name", "localhost", "--trust"};
        String[] good = Arrays.copyOf(words, words.length + 1);
        good[words.length] = CERTIFICATES.certificate("ca").toString();
        try (RunningRelay relay = RunningRelay.start(folder, CONF + relp)) {
            assertThat(send(relay, "r", good)).as(err()).isEqualTo(ExitCode.GOOD);
            relay.awaitDelivered("f", 1);

            good[4] = "other.example.com";
            assertThat(send(relay, "r", good)).isEqualTo(ExitCode.COULD_NOT);
        }
    }

    @Test
    void a_receiver_that_does_not_acknowledge_all_is_code_1() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> acknowledging =
                    CompletableFuture.runAsync(
                            () -> {
                                try (Socket socket = server.accept()) {
                                    String offers = "200 OK\ncommands=syslog";
                                    readTo(socket, "commands=syslog\n");
                                    write(socket, "1 rsp " + offers.length() + " " + offers + "\n");
                                    readTo(socket, "\n3 syslog ");
                                    write(socket, "2 rsp 6 200 OK\n0 serverclose 0\n");
                                    socket.shutdownOutput();
                                    socket.getInputStream().readAllBytes();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            String to = "127.0.0.1:" + server.getLocalPort();
            assertThat(run("--to", to, "--transport", "relp", "--count", "2"))
                    .isEqualTo(ExitCode.NOT_SO);
            acknowledging.join();
        }
        assertThat(err()).endsWith("it ended the RELP session; 1 messages were acknowledged\n");
    }

    private static void readTo(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            text.append((char) socket.getInputStream().read());
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    @Test
    void a_rate_is_kept() throws Exception {
        try (RunningRelay relay = RunningRelay.start(folder, CONF)) {
            assertThat(send(relay, "t", "--count", "20", "--rate", "100")).isEqualTo(ExitCode.GOOD);
        }
        double rate = Double.parseDouble(out().replaceAll(".* s, (\\d+) a second.*\n", "$1"));
        assertThat(rate).isLessThanOrEqualTo(106);
    }

    @Test
    void nobody_there_is_code_3_over_tcp_and_told_over_udp() throws Exception {
        try (DeadPort dead = DeadPort.taken()) {
            String to = "127.0.0.1:" + dead.port();
            assertThat(run("--to", to)).isEqualTo(ExitCode.COULD_NOT);
            assertThat(err())
                    .isEqualTo("sealpost send: cannot connect to " + to + ": Connection refused\n");
            assertThat(run("--to", to, "--transport", "udp")).isEqualTo(ExitCode.NOT_SO);
        }
    }

    @Test
    void a_receiver_that_breaks_off_is_code_1() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> breaking =
                    CompletableFuture.runAsync(
                            () -> {
                                try (Socket socket = server.accept()) {
                                    int _ = socket.getInputStream().read();
                                    socket.setSoLinger(true, 0); // unread data: RST
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            assertThat(run("--to", "127.0.0.1:" + server.getLocalPort(), "--count", "2000000000"))
                    .isEqualTo(ExitCode.NOT_SO);
            breaking.join();
        }
        assertThat(err()).contains(" did not take all messages (").contains(" of 2000000000 were");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "--to here",
                "--to 127.0.0.1:0",
                "--to h:1 --transport relay",
                "--to h:1 --transport relp --framing lf",
                "--to h:1 --transport relp --trust ca.pem",
                "--to h:1 --transport tcp --tls",
                "--to h:1 --count 0",
                "--to h:1 --count 1.5",
                "--to h:1 --rate -1",
                "--to h:1 --framing crlf",
                "--to h:1 --transport udp --framing lf",
                "--to h:1 --trust ca.pem",
                "--to h:1 --transport tls --cert a.pem",
                "--to 127.0.0.1:1 a b"
            })
    void what_makes_no_sense_is_bad_usage(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(err())
                .startsWith("sealpost send: ")
                .endsWith("; \"sealpost help send\" shows how it is used\n");
    }

    @Test
    void a_trust_file_that_is_missing_is_named() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(
                            run(
                                    "--to",
                                    "127.0.0.1:" + server.getLocalPort(),
                                    "--transport",
                                    "tls",
                                    "--trust",
                                    "no.pem"))
                    .isEqualTo(ExitCode.BAD_USAGE);
        }
        assertThat(err()).isEqualTo("sealpost send: --trust: no.pem is missing, name a PEM file\n");
    }

    private ExitCode send(RunningRelay relay, String listener, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--to";
        arguments[1] = "127.0.0.1:" + relay.port(listener);
        System.arraycopy(more, 0, arguments, 2, more.length);
        return run(arguments);
    }

    private ExitCode run(String... words) {
        String[] arguments = new String[words.length + 1];
        arguments[0] = "send";
        System.arraycopy(words, 0, arguments, 1, words.length);
        return Main.run(
                arguments, new Console(InputStream.nullInputStream(), stream(out), stream(err)));
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, UTF_8);
    }

    private List<String> kept() throws IOException {
        Path file = folder.resolve("kept.log");
        await().atMost(RunningRelay.PATIENCE).until(() -> Files.exists(file));
        return Files.readAllLines(file);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }
}
