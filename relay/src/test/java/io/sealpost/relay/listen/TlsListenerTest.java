package io.sealpost.relay.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sealpost.relay.LogLines;
import io.sealpost.relay.tls.PermittedPeers;
import io.sealpost.relay.tls.ServerTls;
import io.sealpost.relay.tls.ServerTlsSettings;
import io.sealpost.relay.tls.ServerTlsSettings.ClientCertificate;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Syslog over TLS on real sockets: the JDK's client, and openssl where there is one. */
@Timeout(120)
class TlsListenerTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final Path OPENSSL = Path.of("/usr/bin/openssl");
    private static final String FIRST = "<34>1 2026-11-24T10:00:00Z host app 1 ID - first";
    private static final String SECOND = "<34>1 2026-11-24T10:00:00Z host app 2 ID - second";

    private final LogLines logged = LogLines.of(TcpListener.class);
    private Testbed bed;

    @BeforeEach
    void open() throws IOException {
        bed = Testbed.open();
    }

    @AfterEach
    void close() {
        bed.close();
        logged.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void both_framings_arrive_over_both_versions(String version) throws Exception {
        TcpListener listener = bed.tcp(settings(none()));

        try (SSLSocket sender = connect(listener, "", version)) {
            write(sender, FIRST.length() + " " + FIRST + SECOND + "\n");

            assertThat(bed.messages(2)).containsExactly(FIRST, SECOND);
            assertThat(sender.getSession().getProtocol()).isEqualTo(version);
        }
        bed.awaitCount("closed", 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void openssl_delivers_with_its_certificate(String version) throws Exception {
        assumeTrue(Files.isExecutable(OPENSSL), "no openssl");
        TcpListener listener = bed.tcp(settings(required()));

        Process client = openssl(listener, version, "web1");
        try (OutputStream in = client.getOutputStream()) {
            in.write((FIRST.length() + " " + FIRST).getBytes(US_ASCII));
        }

        assertThat(bed.messages(1)).as(said(client)).containsExactly(FIRST);
    }

    @Test
    void many_messages_arrive_in_order_in_records_of_any_size() throws Exception {
        TcpListener listener = bed.tcp(settings(none()));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(FIRST).append(i).append('\n');
        }

        try (SSLSocket sender = connect(listener, "", "TLSv1.3")) {
            byte[] octets = text.toString().getBytes(US_ASCII);
            int from = 0;
            for (int size = 1; from < octets.length; size = size * 7 % 40_009) {
                int length = Math.min(size, octets.length - from);
                sender.getOutputStream().write(octets, from, length);
                from += length;
            }
            List<String> messages = bed.messages(20_000);

            assertThat(messages).hasSize(20_000);
            for (int i = 0; i < messages.size(); i++) {
                assertThat(messages.get(i)).isEqualTo(FIRST + i);
            }
        }
    }

    @Test
    void a_full_lane_stops_reading_and_nothing_is_lost() throws Exception {
        TcpListener listener = bed.tcp(settings(none()));
        bed.gate.hold();
        int count = 100_000;

        try (SSLSocket sender = connect(listener, "", "TLSv1.3")) {
            Thread sending =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            byte[] lines =
                                                    (FIRST + "\n").repeat(100).getBytes(US_ASCII);
                                            for (int i = 0; i < count / 100; i++) {
                                                sender.getOutputStream().write(lines);
                                            }
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            bed.awaitCount("received", 1000);
            bed.gate.open();

            assertThat(bed.messages(count)).hasSize(count).containsOnly(FIRST);
            sending.join();
        }
    }

    @Test
    void clients_without_a_certificate_are_refused_only_where_one_is_required() throws Exception {
        TcpListener open = bed.tcp(settings(with(ClientCertificate.OPTIONAL)));
        TcpListener strict = bed.tcp(settings(required()));

        try (SSLSocket sender = connect(open, "", "TLSv1.2")) {
            write(sender, FIRST + "\n");
            assertThat(bed.messages(1)).containsExactly(FIRST);
        }
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            sendInVain(strict, "", version);
        }
        try (SSLSocket sender = connect(strict, "web1", "TLSv1.3")) {
            write(sender, SECOND + "\n");
            assertThat(bed.messages(2)).containsExactly(FIRST, SECOND);
        }

        assertRefused("client-auth", 2, "it shows no certificate (client-auth)");
    }

    @Test
    void clients_nobody_vouches_for_are_refused() throws Exception {
        TcpListener listener = bed.tcp(settings(with(ClientCertificate.OPTIONAL)));

        sendInVain(listener, "stranger", "TLSv1.2");
        assertRefused("trust", 1, "the certificate of \"CN=stranger\" is not trusted: ");
        sendInVain(listener, "stranger", "TLSv1.3");
        bed.awaitCount("refused trust", 2);
    }

    @Test
    void certificates_that_ran_out_are_refused() throws Exception {
        TcpListener listener = bed.tcp(settings(required()));

        sendInVain(listener, "expired", "TLSv1.3");

        assertRefused("trust", 1, "the certificate of \"CN=old\" ran out at 20");
    }

    @ParameterizedTest
    @CsvSource({"expired, certificate expired", "stranger, unknown ca"})
    void the_alert_says_why_a_certificate_is_refused(String alias, String alert) throws Exception {
        assumeTrue(Files.isExecutable(OPENSSL), "no openssl");
        TcpListener listener = bed.tcp(settings(required()));

        Process client = openssl(listener, "-tls1_3", alias);

        try (OutputStream _ = client.getOutputStream()) { // at its end openssl would not wait
            assertThat(said(client)).contains("alert " + alert);
        }
    }

    @Test
    void versions_below_the_minimum_are_refused() throws Exception {
        TcpListener listener =
                bed.tcp(
                        settings(
                                new ServerTlsSettings(
                                        CERTIFICATES.certificate("server"),
                                        CERTIFICATES.key("server"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        ClientCertificate.NONE,
                                        PermittedPeers.ANYBODY,
                                        TlsVersion.TLS_1_3,
                                        Duration.ofSeconds(10))));

        sendInVain(listener, "", "TLSv1.2");
        assertRefused("min-version", 1, "it speaks only versions of TLS older than allowed");

        try (SSLSocket sender = connect(listener, "", "TLSv1.3")) {
            write(sender, FIRST + "\n");
            assertThat(bed.messages(1)).containsExactly(FIRST);
        }
    }

    @Test
    void handshakes_that_take_too_long_are_ended() throws Exception {
        TcpListener listener =
                bed.tcp(
                        settings(
                                new ServerTlsSettings(
                                        CERTIFICATES.certificate("server"),
                                        CERTIFICATES.key("server"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        ClientCertificate.NONE,
                                        PermittedPeers.ANYBODY,
                                        TlsVersion.TLS_1_2,
                                        Duration.ofMillis(200))));

        try (Socket silent = plain(listener)) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }

        assertRefused("handshake-timeout", 1, "200ms");
        bed.awaitCount("closed", 1);
    }

    @Test
    void plain_text_on_a_tls_port_is_named() throws Exception {
        TcpListener listener = bed.tcp(settings(none()));

        try (Socket sender = plain(listener)) {
            sender.getOutputStream().write((FIRST + "\n").getBytes(US_ASCII));
            awaitEnd(sender);
        }

        assertRefused("plain-text", 1, "it sends plain text, but this listener takes TLS only");
        assertThat(bed.counters.get("received")).isZero();
    }

    @Test
    void tls_on_a_plain_port_is_named_and_no_message() throws Exception {
        TcpListener listener = bed.tcp();

        sendInVain(listener, "", "TLSv1.3");

        assertRefused("tls", 1, "it speaks TLS, but this listener takes plain text only");
        bed.awaitCount("closed", 1);
        assertThat(bed.counters.get("received")).isZero();
    }

    @Test
    void tls_on_a_plain_port_is_known_wherever_its_first_octets_are_cut() throws Exception {
        TcpListener listener = bed.tcp();
        byte[] hello = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

        try (Socket sender = plain(listener)) {
            sender.setTcpNoDelay(true);
            try {
                for (byte octet : hello) {
                    sender.getOutputStream().write(octet);
                }
            } catch (SocketException _) {
                // known before the last octet, and closed
            }
            awaitEnd(sender);
        }

        bed.awaitCount("refused tls", 1);
        bed.awaitCount("closed", 1);
        assertThat(bed.counters.get("received")).isZero();
    }

    @Test
    void a_plain_message_that_begins_like_tls_is_a_message() throws Exception {
        TcpListener listener = bed.tcp();

        try (Socket sender = plain(listener)) {
            sender.getOutputStream().write(new byte[] {0x16, 3});
        }

        bed.awaitCount("received", 1);
        assertThat(bed.counters.get("refused tls")).isZero();
    }

    @Test
    void a_client_that_does_not_trust_the_server_is_named() throws Exception {
        TcpListener listener =
                bed.tcp(
                        settings(
                                new ServerTlsSettings(
                                        CERTIFICATES.certificate("stranger"),
                                        CERTIFICATES.key("stranger"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        ClientCertificate.NONE,
                                        PermittedPeers.ANYBODY,
                                        TlsVersion.TLS_1_2,
                                        Duration.ofSeconds(10))));

        sendInVain(listener, "", "TLSv1.3");

        assertRefused("certificate", 1, "it refuses the certificate it is shown: ");
    }

    @Test
    void connections_above_the_maximum_are_refused() throws Exception {
        TcpListener listener =
                bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY),
                                new TcpListenerSettings.Protocol.Syslog(),
                                1,
                                Duration.ZERO,
                                Optional.of(ServerTls.open(none()))));

        try (SSLSocket first = connect(listener, "", "TLSv1.3")) {
            write(first, FIRST + "\n");
            bed.awaitCount("received", 1);
            sendInVain(listener, "", "TLSv1.3");
        }

        bed.awaitCount("refused max-connections", 1);
    }

    @Test
    void idle_connections_are_closed_and_their_rest_delivered() throws Exception {
        TcpListener listener =
                bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY),
                                new TcpListenerSettings.Protocol.Syslog(),
                                9,
                                Duration.ofMinutes(5),
                                Optional.of(ServerTls.open(none()))));

        try (SSLSocket sender = connect(listener, "", "TLSv1.3")) {
            write(sender, FIRST + "\n" + SECOND);
            bed.messages(1);
            bed.clockOffsetNanos.set(Duration.ofMinutes(6).toNanos());

            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(bed.messages(2)).containsExactly(FIRST, SECOND);
    }

    @Test
    void stop_delivers_what_came_and_says_good_bye() throws Exception {
        TcpListener listener = bed.tcp(settings(none()));

        try (SSLSocket sender = connect(listener, "", "TLSv1.3")) {
            write(sender, FIRST + "\n" + SECOND);
            bed.messages(1);

            listener.stop(Duration.ofSeconds(10));

            assertThat(bed.messages(2)).containsExactly(FIRST, SECOND);
            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static ServerTlsSettings none() {
        return new ServerTlsSettings(
                CERTIFICATES.certificate("server"),
                CERTIFICATES.key("server"),
                Optional.empty(),
                Optional.empty(),
                ClientCertificate.NONE,
                PermittedPeers.ANYBODY,
                TlsVersion.TLS_1_2,
                Duration.ofSeconds(10));
    }

    private static ServerTlsSettings required() {
        return with(ClientCertificate.REQUIRE);
    }

    private static ServerTlsSettings with(ClientCertificate clientCertificate) {
        return new ServerTlsSettings(
                CERTIFICATES.certificate("server"),
                CERTIFICATES.key("server"),
                Optional.of(CERTIFICATES.certificate("ca")),
                Optional.empty(),
                clientCertificate,
                PermittedPeers.ANYBODY,
                TlsVersion.TLS_1_2,
                Duration.ofSeconds(10));
    }

    private static TcpListenerSettings settings(ServerTlsSettings tls) throws Exception {
        return new TcpListenerSettings(
                Testbed.common(Testbed.ANYBODY),
                new TcpListenerSettings.Protocol.Syslog(),
                100,
                Duration.ZERO,
                Optional.of(ServerTls.open(tls)));
    }

    private static Socket plain(Listener listener) throws IOException {
        return new Socket(listener.address().getAddress(), listener.address().getPort());
    }

    private static SSLSocket connect(Listener listener, String alias, String version)
            throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        CERTIFICATES
                                .client(alias)
                                .getSocketFactory()
                                .createSocket(
                                        listener.address().getAddress(),
                                        listener.address().getPort());
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** The server closes, in the handshake or soon after it (TLS 1.3). */
    private void sendInVain(Listener listener, String alias, String version) throws Exception {
        long before = bed.counters.get("received");
        try (SSLSocket sender = connect(listener, alias, version)) {
            write(sender, FIRST + "\n");
            awaitEnd(sender);
        } catch (IOException _) {
            // as it should be
        }
        assertThat(bed.counters.get("received")).isEqualTo(before);
    }

    private static void awaitEnd(Socket socket) {
        try {
            assertThat(socket.getInputStream().readAllBytes()).isNotNull();
        } catch (IOException _) {
            // a reset is an end, too
        }
    }

    private void assertRefused(String reason, long times, String text) {
        bed.awaitCount("refused " + reason, times);
        assertThat(bed.counters.get("refused " + reason)).isEqualTo(times);
        await().untilAsserted(
                        () ->
                                assertThat(logged.all())
                                        .anySatisfy(
                                                line ->
                                                        assertThat(line)
                                                                .startsWith(
                                                                        "listener test: refused a"
                                                                                + " connection of"
                                                                                + " 127.0.0.1:")
                                                                .contains(text)));
    }

    private static Process openssl(Listener listener, String version, String alias)
            throws Exception {
        return new ProcessBuilder(
                        OPENSSL.toString(),
                        "s_client",
                        version,
                        "-connect",
                        "127.0.0.1:" + listener.address().getPort(),
                        "-cert",
                        CERTIFICATES.certificate(alias).toString(),
                        "-key",
                        CERTIFICATES.key(alias).toString(),
                        "-CAfile",
                        CERTIFICATES.certificate("ca").toString(),
                        "-verify_return_error",
                        "-quiet",
                        "-no_ign_eof")
                .redirectErrorStream(true)
                .start();
    }

    /** All that a process says until it ends. */
    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
