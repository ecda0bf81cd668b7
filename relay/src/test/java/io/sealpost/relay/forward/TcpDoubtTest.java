package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.LogLines;
import io.sealpost.relay.MovedClock;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that trickle, to peers of which the kernel cannot tell whether they read them. */
@Timeout(120)
@Beside
@Order(1) // takes long, so it begins first
class TcpDoubtTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** More than the least distance that proves something. */
    private static final int MANY = 15_000;

    private final MovedClock clock = MovedClock.atNoon();

    private final LogLines logged = LogLines.of(TcpSession.class);

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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_peer_that_hangs_meanwhile_and_dies_loses_nothing(boolean overTls) throws Exception {
        try (SyslogSink sink =
                        sink(
                                overTls,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(MANY);
                                        confirmed();
                                        trickle(peer, MANY, MANY + 200);
                                        confirmed();
                                        peer.reset();
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), overTls)) {
            spool.feed(0, MANY);
            await().atMost(PATIENCE).until(() -> sink.firstArrivals().size() == MANY + 200);

            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
        }
    }

    private void trickle(SyslogSink.Peer peer, int from, int to)
            throws IOException, InterruptedException {
        for (int i = from; i < to; i++) {
            spool.feed(i, i + 1);
            peer.pause(20);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_end_of_the_connection_proves_it_after_a_while(boolean overTls) throws Exception {
        try (SyslogSink sink =
                        sink(
                                overTls,
                                (number, peer) -> {
                                    if (number == 1) {
                                        peer.read(10);
                                        confirmed();
                                        peer.reset();
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), overTls)) {
            spool.feed(0, 60);
            confirmed();
            clock.advance(Doubt.LITTLE_BORNE);
            await().atMost(PATIENCE).until(() -> sink.connections() == 2);
            spool.feed(60, 70);
            await().atMost(PATIENCE).until(() -> sink.received().size() == 80);

            assertThat(sink.received().subList(0, 70)).isEqualTo(spool.fed());
            assertThat(sink.received().subList(70, 80)).isEqualTo(spool.fed().subList(60, 70));
            assertThat(spool.queue().resent()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_peer_that_hangs_and_does_not_end_it_is_sent_everything_again(boolean overTls)
            throws Exception {
        try (SyslogSink sink =
                        sink(
                                overTls,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(50);
                                        peer.pause(PATIENCE.toMillis());
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), overTls)) {
            spool.feed(0, 60);
            confirmed();
            clock.advance(Doubt.LITTLE_BORNE);

            await().atMost(PATIENCE).until(() -> sink.received().size() == 110);
            assertThat(sink.received().subList(50, 110)).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isEqualTo(60);
            assertThat(logged.all()).anyMatch(line -> line.contains("it may hang; 60 messages"));
        }
    }

    private void confirmed() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private static SyslogSink sink(boolean overTls, SyslogSink.Conversation conversation)
            throws Exception {
        return SyslogSink.listen(
                0,
                overTls ? Optional.of(CERTIFICATES.server("server")) : Optional.empty(),
                conversation);
    }

    private TcpForwarder start(int port, boolean overTls) throws Exception {
        Optional<ClientTls> tls =
                overTls
                        ? Optional.of(
                                StreamUpstreams.tls(TlsVersion.TLS_1_2, Duration.ofSeconds(10)))
                        : Optional.empty();
        return StreamUpstreams.start(spool, port, Framing.OCTET_COUNTING, tls, clock);
    }
}
