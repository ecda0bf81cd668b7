package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslHandler;
import io.sealpost.relay.Beside;
import io.sealpost.relay.LogLines;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.ClientTlsSettings;
import io.sealpost.relay.tls.PermittedPeers;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A syslog upstream over TLS, against servers of the JDK. */
@Timeout(120)
@Beside
class TlsForwarderTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SyslogSink.Conversation READS_ALL = (_, peer) -> peer.readAll();

    private final LogLines logged = LogLines.of(TcpForwarder.class);

    @TempDir Path folder;
    private SpoolFeed spool;

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFeed.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        logged.close();
        spool.close();
    }

    @AfterAll
    static void stopLoops() {
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void everything_arrives_once_and_in_order(String version) throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (_, peer) -> {
                                    peer.tls().setEnabledProtocols(new String[] {version});
                                    peer.readAll();
                                });
                TcpForwarder forwarder = start(sink.port(), tls("ca"))) {
            spool.feed(0, 5000); // less than what a connection is ended for to be sure of
            arrives(sink);
            spool.feed(5000, 5001);
            arrives(sink);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            await().atMost(PATIENCE).until(() -> forwarder.unconfirmed() == 0);
            assertThat(forwarder.connected()).isTrue();
            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isZero();
        }
    }

    @Test
    void a_peer_that_closes_with_unread_records_loses_nothing() throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (number, peer) -> {
                                    if (number < 4) {
                                        peer.read(50);
                                        peer.pause(400);
                                        peer.cut();
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), tls("ca"))) {
            spool.feed(0, 20_000);
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
        }
    }

    @Test
    void the_second_server_takes_over_over_tls() throws Exception {
        try (SyslogSink first =
                        sink(
                                "server",
                                (_, peer) -> {
                                    peer.read(50);
                                    peer.cut();
                                });
                SyslogSink second = sink("server", READS_ALL);
                TcpForwarder _ =
                        start(tls("ca"), Framing.OCTET_COUNTING, first.port(), second.port())) {
            spool.feed(0, 1000);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(second.received()).endsWith(spool.fed().getLast());
            Set<String> all = new HashSet<>(first.received());
            all.addAll(second.received());
            assertThat(all).containsAll(spool.fed());
        }
    }

    @Test
    void lines_over_tls() throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (_, peer) -> {
                                    while (true) {
                                        peer.readLine();
                                    }
                                });
                TcpForwarder _ = start(tls("ca"), Framing.LF, sink.port())) {
            spool.feed("<13>1 - - - - - - two\nlines");
            spool.feed(0, 1000);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(sink.received().getFirst()).isEqualTo("<13>1 - - - - - - two\\nlines");
            assertThat(sink.received()).hasSize(1001).endsWith(spool.fed().getLast());
        }
    }

    @Test
    void a_peer_that_hangs_while_all_is_quiet_and_dies_loses_nothing() throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(50);
                                        spool.feed(50, 60);
                                        confirmed();
                                        peer.cut();
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), tls("ca"))) {
            spool.feed(0, 50);
            await().atMost(PATIENCE).until(() -> sink.firstArrivals().size() == 60);

            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isEqualTo(60);
        }
    }

    /** In order: with a close_notify; like a process that dies: without. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_close_after_quiet_repeats_nothing(boolean inOrder) throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (_, peer) -> {
                                    peer.read(100);
                                    confirmed();
                                    if (!inOrder) {
                                        peer.cut();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), tls("ca"))) {
            for (int i = 0; i < 3; i++) {
                spool.feed(100 * i, 100 * (i + 1));
                int next = i + 2;
                await().atMost(PATIENCE).until(() -> sink.connections() >= next);
            }

            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isZero();
        }
    }

    @Test
    void the_answer_to_a_farewell_leaves_at_once() throws Exception {
        AtomicReference<Boolean> ended = new AtomicReference<>();
        try (LogLines ofNetty = LogLines.of(SslHandler.class);
                SyslogSink sink =
                        sink(
                                "server",
                                (number, peer) -> {
                                    if (number > 0) {
                                        peer.readAll();
                                    }
                                    peer.tls().startHandshake();
                                    peer.endWriting();
                                    ended.set(peer.ended());
                                });
                TcpForwarder _ = start(sink.port(), tls("ca"))) {
            await().atMost(PATIENCE).until(() -> ended.get() != null);
            spool.feed(0, 10);
            arrives(sink);

            assertThat(ended.get()).isTrue();
            assertThat(ofNetty.all()).noneMatch(line -> line.contains(":" + sink.port() + "]"));
        }
    }

    @Test
    void a_stop_says_farewell_and_leaves_nothing_in_doubt() throws Exception {
        AtomicReference<Boolean> ended = new AtomicReference<>();
        try (SyslogSink sink =
                sink(
                        "server",
                        (_, peer) -> {
                            peer.read(1000);
                            ended.set(peer.ended());
                        })) {
            TcpForwarder forwarder = start(sink.port(), tls("ca"));
            spool.feed(0, 1000);
            arrives(sink);
            forwarder.stop(PATIENCE);

            await().atMost(PATIENCE).until(() -> ended.get() != null);
            assertThat(ended.get()).isTrue();
            assertThat(spool.queue().queued()).isZero();
            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stranger | the certificate of \"CN=stranger\" is not trusted: ",
                "expired  | the certificate of \"CN=old\" ran out at ",
                "revoked  | the certificate of \"CN=gone\" has been revoked",
                "web1     | the certificate of \"CN=web1\" is not for 127.0.0.1; its names are"
                        + " [web1.example.com], its fingerprint is SHA256:",
                "plain    | it speaks no TLS",
            })
    void a_server_that_is_not_the_right_one_gets_nothing_and_the_log_says_why(
            String alias, String reason) throws Exception {
        spool.feed(0, 100);
        int port;
        try (SyslogSink wrong =
                alias.equals("plain")
                        ? SyslogSink.listen(0, TlsForwarderTest::greets)
                        : sink(alias, READS_ALL)) {
            port = wrong.port();
            try (TcpForwarder forwarder = start(port, tls("ca"))) {
                await().atMost(PATIENCE).until(() -> wrong.connections() >= 3);

                assertThat(forwarder.connected()).isFalse();
                assertThat(wrong.received()).isEmpty();
                assertThat(lines())
                        .anyMatch(
                                line ->
                                        line.contains(
                                                        "cannot connect to 127.0.0.1:"
                                                                + wrong.port()
                                                                + ": 127.0.0.1: "
                                                                + reason)
                                                && line.contains("100 queued, next try in "));
                wrong.close();
                try (SyslogSink right = sinkAt(port)) {
                    arrives(right);
                    assertThat(right.received()).isEqualTo(spool.fed());
                }
            }
        }
    }

    /** Waits for the port, which a connection of the relay may have for its own end. */
    private static SyslogSink sinkAt(int port) throws Exception {
        Optional<SSLContext> context = Optional.of(CERTIFICATES.server("server"));
        return await().atMost(PATIENCE)
                .ignoreException(BindException.class)
                .until(() -> SyslogSink.listen(port, context, READS_ALL), _ -> true);
    }

    private static void greets(int number, SyslogSink.Peer peer) throws IOException {
        peer.say("220 hello\r\n");
        peer.closeOnRelayEnd();
    }

    @Test
    void the_server_must_have_the_name_it_is_told_and_is_asked_for_it() throws Exception {
        AtomicReference<String> asked = new AtomicReference<>("");
        try (SyslogSink sink =
                        sink(
                                "web1",
                                (_, peer) -> {
                                    ExtendedSSLSession session =
                                            (ExtendedSSLSession) peer.tls().getSession();
                                    asked.set(session.getRequestedServerNames().toString());
                                    peer.readAll();
                                });
                TcpForwarder _ =
                        start(
                                sink.port(),
                                with("ca", "WEB1.example.com", List.of(), Optional.empty()))) {
            spool.feed(0, 10);
            arrives(sink);

            assertThat(asked.get()).containsIgnoringCase("web1.example.com");
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost, '[type=host_name (0), value=localhost]'", "'', []"})
    void a_name_of_one_label_is_asked_for_and_an_address_is_not(String name, String wanted)
            throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        try (SyslogSink sink =
                        sink(
                                "server",
                                (_, peer) -> {
                                    ExtendedSSLSession session =
                                            (ExtendedSSLSession) peer.tls().getSession();
                                    asked.add(session.getRequestedServerNames().toString());
                                    peer.readAll();
                                });
                TcpForwarder _ =
                        start(sink.port(), with("ca", name, List.of(), Optional.empty()))) {
            assertThat(asked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(wanted);
        }
    }

    @Test
    void a_fingerprint_does_without_authority_and_name() throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(CERTIFICATES.x509("stranger").getEncoded());
        String fingerprint = "SHA256:" + HexFormat.ofDelimiter(":").formatHex(digest);
        try (SyslogSink sink = sink("stranger", READS_ALL);
                SyslogSink wrong = sink("server", READS_ALL);
                TcpForwarder _ =
                        start(sink.port(), with("", "", List.of(fingerprint), Optional.empty()))) {
            spool.feed(0, 10);
            arrives(sink);

            try (TcpForwarder forwarder =
                    start(wrong.port(), with("ca", "", List.of(fingerprint), Optional.empty()))) {
                await().atMost(PATIENCE).until(() -> wrong.connections() >= 2);
                assertThat(forwarder.connected()).isFalse();
                assertThat(lines()).anyMatch(line -> line.contains("is not permitted; its names"));
            }
        }
    }

    @Test
    void permitted_names_count_instead_of_the_name_of_the_server() throws Exception {
        try (SyslogSink sink = sink("web1", READS_ALL);
                TcpForwarder _ =
                        start(
                                sink.port(),
                                with("ca", "", List.of("*.example.com"), Optional.empty()))) {
            spool.feed(0, 10);

            arrives(sink);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void a_server_that_asks_is_shown_the_certificate(String version) throws Exception {
        AtomicReference<String> shown = new AtomicReference<>("");
        SyslogSink.Conversation asks =
                (_, peer) -> {
                    peer.tls().setEnabledProtocols(new String[] {version});
                    peer.tls().setNeedClientAuth(true);
                    shown.set(peer.tls().getSession().isValid() ? peerOf(peer) : "");
                    peer.readAll();
                };
        try (SyslogSink sink = sink("server", asks)) {
            try (TcpForwarder _ = start(sink.port(), tls("ca"))) {
                spool.feed(0, 10);
                await().atMost(PATIENCE)
                        .until(() -> lines().stream().anyMatch(TlsForwarderTest::missesOurs));
                assertThat(sink.received()).isEmpty();
                assertThat(spool.queue().queued()).isEqualTo(10);
            }
            try (TcpForwarder _ =
                    start(sink.port(), with("ca", "", List.of(), Optional.of("web1")))) {
                arrives(sink);

                assertThat(shown.get()).isEqualTo("CN=web1");
                assertThat(sink.received()).isEqualTo(spool.fed());
            }
        }
    }

    private static String peerOf(SyslogSink.Peer peer) throws IOException {
        return peer.tls().getSession().getPeerPrincipal().getName();
    }

    /** The JDK's servers send the alert bad_certificate, where others send certificate_required. */
    private static boolean missesOurs(String line) {
        return line.contains("it wants a certificate, and is shown none")
                || line.contains("it refuses the certificate it is shown: bad certificate")
                || line.contains("it refuses the TLS handshake: handshake failure");
    }

    @Test
    void servers_with_older_versions_get_nothing() throws Exception {
        try (SyslogSink sink =
                        sink(
                                "server",
                                (_, peer) -> {
                                    peer.tls().setEnabledProtocols(new String[] {"TLSv1.2"});
                                    peer.readAll();
                                });
                ClientTls tls = StreamUpstreams.tls(TlsVersion.TLS_1_3, Duration.ofSeconds(10));
                TcpForwarder _ = start(sink.port(), tls)) {
            spool.feed(0, 10);
            await().atMost(PATIENCE).until(() -> sink.connections() >= 2);

            assertThat(sink.received()).isEmpty();
            assertThat(lines())
                    .anyMatch(
                            line -> line.contains("it refuses the versions of TLS it is offered"));
        }
    }

    @Test
    void a_server_that_never_answers_the_handshake_is_given_up() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ClientTls tls = StreamUpstreams.tls(TlsVersion.TLS_1_2, Duration.ofMillis(200));
                TcpForwarder forwarder = start(mute.getLocalPort(), tls)) {
            mute.setSoTimeout((int) PATIENCE.toMillis());
            List<Socket> taken = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                taken.add(mute.accept());
            }

            assertThat(forwarder.connected()).isFalse();
            assertThat(lines()).anyMatch(line -> line.contains("handshake timed out after 200ms"));
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    private List<String> lines() {
        return logged.all();
    }

    private void arrives(SyslogSink sink) {
        await().atMost(PATIENCE).until(() -> sink.received().size() >= spool.fed().size());
    }

    private void confirmed() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private static SyslogSink sink(String alias, SyslogSink.Conversation conversation)
            throws Exception {
        SSLContext context = CERTIFICATES.server(alias);
        return SyslogSink.listen(0, Optional.of(context), conversation);
    }

    private static ClientTls tls(String trust) throws Exception {
        return with(trust, "", List.of(), Optional.empty());
    }

    private static ClientTls with(
            String trust, String name, List<String> peers, Optional<String> shown)
            throws Exception {
        return ClientTls.open(
                new ClientTlsSettings(
                        Optional.of(trust).filter(t -> !t.isEmpty()).map(CERTIFICATES::certificate),
                        trust.isEmpty()
                                ? Optional.empty()
                                : Optional.of(CERTIFICATES.revocations("crl")),
                        Optional.of(name).filter(n -> !n.isEmpty()),
                        PermittedPeers.of(peers),
                        shown.map(
                                alias ->
                                        new ClientTlsSettings.Shown(
                                                CERTIFICATES.certificate(alias),
                                                CERTIFICATES.key(alias))),
                        TlsVersion.TLS_1_2,
                        Duration.ofSeconds(10)));
    }

    private TcpForwarder start(int port, ClientTls tls) {
        return start(tls, Framing.OCTET_COUNTING, port);
    }

    private TcpForwarder start(ClientTls tls, Framing framing, int... ports) {
        TcpForwarder forwarder =
                new TcpForwarder(
                        StreamUpstreams.settings(
                                StreamUpstreams.servers(ports),
                                framing,
                                Duration.ofMillis(100),
                                Optional.of(tls)),
                        spool.queue(),
                        new TcpNetwork(LOOPS, new Random(1)),
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }
}
