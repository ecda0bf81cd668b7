package io.sealpost.relay.listen;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.LogLines;
import io.sealpost.relay.listen.TcpListenerSettings.Protocol;
import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RELP on real sockets: each rule of a server by name. */
@Timeout(120)
class RelpListenerTest {
    private static final String SOFTWARE = "sealpost,test,https://sealpost.example";
    private static final Protocol RELP = new Protocol.Relp(SOFTWARE, Optional.empty());
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OPENED =
            "1 rsp 90 200 OK\nrelp_version=0\nrelp_software=" + SOFTWARE + "\ncommands=syslog";

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
    @ValueSource(ints = {1, 7, 1 << 20})
    void a_session_is_answered_byte_for_byte_however_it_is_cut(int octetsAtOnce) throws Exception {
        String offers =
                "relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\n"
                        + "commands=syslog";
        String session =
                "1 open %d %s\n2 syslog 49 %s\n3 close 0\n"
                        .formatted(offers.length(), offers, message(1));

        try (RelpPeer peer = RelpPeer.connect(port(relp()))) {
            for (int at = 0; at < session.length(); at += octetsAtOnce) {
                peer.write(session.substring(at, Math.min(session.length(), at + octetsAtOnce)));
            }

            assertThat(peer.rest())
                    .isEqualTo(OPENED + "\n2 rsp 6 200 OK\n3 rsp 6 200 OK\n0 serverclose 0\n");
        }
        assertThat(bed.messages(1)).containsExactly(message(1));
        assertThat(bed.counters.get("acknowledged")).isEqualTo(1);
        bed.awaitCount("ended closed", 1);
        assertThat(logged.all()).isEmpty();
    }

    @Test
    void messages_are_acknowledged_in_order_and_only_when_they_are_durable() throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            bed.gate.hold();
            peer.write(frames(2, 10));
            bed.awaitCount("received", 10);
            pause();
            assertThat(peer.hasAnswer()).isFalse();
            bed.gate.open();

            for (int txnr = 2; txnr < 12; txnr++) {
                assertThat(peer.answer()).isEqualTo(ack(txnr));
            }
            assertThat(bed.messages(10)).isEqualTo(messages(2, 10));
        }
    }

    @Test
    void acknowledgements_of_one_sync_leave_together() throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            bed.gate.hold();
            for (int i = 0; i < 50; i++) {
                peer.write(frames(2 + 10 * i, 10));
                bed.awaitCount("received", 10L * (i + 1));
            }
            bed.gate.open();

            for (int txnr = 2; txnr < 502; txnr++) {
                assertThat(peer.answer()).isEqualTo(ack(txnr));
            }
            // what was in the sync held up, and the rest
            assertThat(bed.counters.get("acknowledgements")).isBetween(1L, 2L);
        }
    }

    @Test
    void messages_dropped_by_policy_are_acknowledged_with_the_others() throws Exception {
        ListenerSettings common =
                new ListenerSettings(
                        "test",
                        Testbed.loopback(),
                        Testbed.MAX_MESSAGE,
                        0,
                        Testbed.ANYBODY,
                        Optional.of(new RateLimit(1, 2)));

        try (RelpPeer peer = RelpPeer.open(port(relp(common, 10, Duration.ZERO)))) {
            peer.write(frame(2, "") + frames(3, 10));

            for (int txnr = 2; txnr < 13; txnr++) {
                assertThat(peer.answer()).isEqualTo(ack(txnr));
            }
        }
        assertThat(bed.counters.get("ignored")).isEqualTo(1);
        assertThat(bed.counters.get("dropped rate-limit")).isBetween(7L, 8L);
        assertThat(bed.counters.get("acknowledged")).isEqualTo(11);
    }

    @Test
    void too_long_messages_are_cut_marked_counted_and_acknowledged() throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            peer.write(frame(2, message(2) + "x".repeat(20_000)));
            peer.write(frame(3, message(3) + "x".repeat(300_000)) + frame(4, message(4)));

            for (int txnr = 2; txnr < 5; txnr++) {
                assertThat(peer.answer()).isEqualTo(ack(txnr));
            }
        }
        assertThat(bed.messages(3).get(2)).isEqualTo(message(4));
        assertThat(bed.messages(3).subList(0, 2))
                .allMatch(m -> m.contains("truncated") && m.length() < 8300);
        assertThat(bed.counters.get("changed truncated")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "relp-malformed | rubbish | no blank | 0 serverclose 0",
                "relp-txnr | 2 open 0 | TXNR 2 came, due was 1 | 0 serverclose 0",
                "relp-command | 1 hello 0 | unknown command hello | 0 serverclose 0",
                "relp-state | 1 close 0 | close before open | 1 rsp 21 500 close before open",
                "relp-offers | 1 open 0 | syslog is not offered | 1 rsp 44 500 no common command:",
            })
    void who_opens_no_good_session_is_refused_counted_and_named(
            String reason, String sent, String text, String answer) throws Exception {
        try (RelpPeer peer = RelpPeer.connect(port(relp()))) {
            peer.write(sent + "\n");

            assertThat(peer.rest()).startsWith(answer).endsWith("0 serverclose 0\n");
        }
        bed.awaitCount("refused " + reason, 1);
        bed.awaitCount("closed", 1);
        assertThat(bed.counters.get("ended " + reason)).isZero(); // there was no session
        if (!reason.equals("relp-malformed")) {
            assertThat(line()).contains(text);
        }
        assertThat(line())
                .contains("refused a connection of 127.0.0.1:")
                .contains("it breaks the rules of RELP: ")
                .endsWith("(" + reason + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "relp-malformed | <13>1 no frame",
                "relp-txnr | 5 syslog 0",
                "relp-command | 4 starttls 0",
                "relp-state | 4 open 0",
            })
    void who_breaks_the_rules_is_cut_off_behind_what_is_acknowledged(String reason, String sent)
            throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            bed.gate.hold();
            peer.write(frames(2, 2) + sent + "\n");
            bed.awaitCount("cut off " + reason, 1);
            pause();
            assertThat(peer.hasAnswer()).isFalse();
            bed.gate.open();

            assertThat(peer.answer()).isEqualTo(ack(2));
            assertThat(peer.answer()).isEqualTo(ack(3));
            assertThat(peer.rest()).endsWith("0 serverclose 0\n");
        }
        assertThat(bed.messages(2)).isEqualTo(messages(2, 2));
        assertThat(line())
                .contains("closed the connection of 127.0.0.1:")
                .endsWith("(" + reason + ")");
        assertThat(bed.counters.get("cut off " + reason)).isEqualTo(1);
        bed.awaitCount("ended " + reason, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<13>Nov 28 10:00:00 host app: text\n", "34 <13>Nov 28 10:00:00 h a: t"})
    void a_client_of_plain_syslog_is_named(String sent) throws Exception {
        try (RelpPeer peer = RelpPeer.connect(port(relp()))) {
            peer.write(sent);

            assertThat(peer.rest()).isEqualTo("0 serverclose 0\n");
        }
        bed.awaitCount("refused relp-malformed", 1);
        assertThat(line())
                .endsWith(
                        ": it speaks plain syslog, but this listener takes RELP only; let it use a"
                                + " listener with transport = tcp (relp-malformed)");
    }

    @Test
    void a_client_that_speaks_tls_is_named() throws Exception {
        try (RelpPeer peer = RelpPeer.connect(port(relp()))) {
            peer.write("\u0016\u0003\u0001\0\u0001\u0001\0");

            assertThat(peer.atEnd()).isTrue();
        }
        bed.awaitCount("refused tls", 1);
        assertThat(line()).contains("it speaks TLS").endsWith("with a tls block (tls)");
    }

    @Test
    void a_session_that_is_not_opened_in_30_s_is_refused_and_an_open_one_stays() throws Exception {
        TcpListener listener = relp();
        try (RelpPeer peer = RelpPeer.connect(port(listener));
                RelpPeer other = RelpPeer.open(port(listener))) {
            peer.write("1 open 80 relp_version=0");
            bed.awaitCount("opened", 2);
            bed.clockOffsetNanos.set(Duration.ofSeconds(31).toNanos());

            assertThat(peer.rest()).isEqualTo("0 serverclose 0\n");
            assertThat(bed.counters.get("refused relp-open-timeout")).isEqualTo(1);
            assertThat(line()).contains("it opened no RELP session within 30 s");
            other.write(frame(2, message(2)));
            assertThat(other.answer()).isEqualTo(ack(2));
        }
    }

    @Test
    void idle_sessions_are_closed_after_the_idle_timeout_and_stay_without_one() throws Exception {
        ListenerSettings common = Testbed.common(Testbed.ANYBODY);
        try (RelpPeer peer = RelpPeer.open(port(relp(common, 10, Duration.ofMinutes(5))));
                RelpPeer other = RelpPeer.open(port(relp(common, 10, Duration.ZERO)))) {
            bed.clockOffsetNanos.set(Duration.ofDays(3).toNanos());

            assertThat(peer.rest()).isEqualTo("0 serverclose 0\n");
            assertThat(bed.counters.get("cut off idle-timeout")).isEqualTo(1);
            bed.awaitCount("ended idle-timeout", 1);
            other.write(frame(2, message(2)));
            assertThat(other.answer()).isEqualTo(ack(2));
        }
    }

    @Test
    void a_session_that_waits_for_the_disk_is_not_idle() throws Exception {
        ListenerSettings common = Testbed.common(Testbed.ANYBODY);
        try (RelpPeer peer = RelpPeer.open(port(relp(common, 10, Duration.ofMinutes(5))))) {
            bed.gate.hold();
            peer.write(frame(2, message(2)));
            bed.awaitCount("received", 1);
            bed.clockOffsetNanos.set(Duration.ofMinutes(6).toNanos());
            await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
            bed.gate.open();

            assertThat(peer.answer()).isEqualTo(ack(2));
        }
    }

    @Test
    void connections_above_the_maximum_are_refused() throws Exception {
        TcpListener listener = relp(Testbed.common(Testbed.ANYBODY), 1, Duration.ZERO);
        try (RelpPeer _ = RelpPeer.open(port(listener));
                RelpPeer second = RelpPeer.connect(port(listener))) {
            assertThat(second.atEnd()).isTrue();
        }
        bed.awaitCount("refused max-connections", 1);
    }

    @Test
    void reading_stops_at_the_limit_of_unacknowledged_messages() throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            bed.gate.hold();
            int count = 4 * RelpConnection.MAX_UNACKNOWLEDGED;
            CompletableFuture<Void> sent = send(peer, count, ""); // empty ones need no room
            await().atMost(PATIENCE).until(() -> stalled("ignored"));

            assertThat(bed.counters.get("ignored"))
                    .isBetween(
                            RelpConnection.MAX_UNACKNOWLEDGED - 1L,
                            RelpConnection.MAX_UNACKNOWLEDGED + 10_000L);
            assertThat(peer.hasAnswer()).isFalse();
            bed.gate.open();
            assertAllAcknowledged(peer, count);
            sent.join();
        }
        assertThat(bed.counters.get("cut off relp-malformed")).isZero();
    }

    @Test
    void reading_stops_at_the_limit_of_unacknowledged_octets() throws Exception {
        ListenerSettings common =
                new ListenerSettings(
                        "test",
                        Testbed.loopback(),
                        Testbed.MAX_MESSAGE,
                        0,
                        Testbed.ANYBODY,
                        Optional.of(new RateLimit(1, 1)));
        try (RelpPeer peer = RelpPeer.open(port(relp(common, 10, Duration.ZERO)))) {
            bed.gate.hold();
            int count = 5_000;
            CompletableFuture<Void> sent = send(peer, count, "x".repeat(8_000));
            await().atMost(PATIENCE).until(() -> stalled("octets"));

            assertThat(bed.counters.get("octets"))
                    .isBetween(
                            RelpConnection.MAX_UNACKNOWLEDGED_BYTES - 100_000L,
                            RelpConnection.MAX_UNACKNOWLEDGED_BYTES + 200_000L);
            bed.gate.open();
            assertAllAcknowledged(peer, count);
            sent.join();
        }
    }

    @Test
    void reading_stops_while_the_peer_does_not_read_its_acknowledgements() throws Exception {
        try (RelpPeer peer = RelpPeer.open(port(relp()))) {
            int count = 2_000_000;
            CompletableFuture<Void> sent = send(peer, count, "");
            await().atMost(PATIENCE).until(() -> stalled("ignored"));

            assertThat(bed.counters.get("ignored")).isLessThan(count);
            assertThat(sent).isNotDone();
            assertAllAcknowledged(peer, count);
            sent.join();
        }
    }

    @Test
    void while_the_spool_has_no_room_acknowledgements_wait_and_nothing_is_refused()
            throws Exception {
        TcpListener listener = relp();
        try (RelpPeer peer = RelpPeer.open(port(listener))) {
            bed.gate.hold();
            int count = 60_000;
            CompletableFuture<Void> sent = send(peer, count, "x".repeat(500));
            await().atMost(PATIENCE).until(() -> stalled("received"));
            assertThat(bed.counters.get("received")).isLessThan(count);
            assertThat(peer.hasAnswer()).isFalse();
            try (RelpPeer late = RelpPeer.open(port(listener))) {
                late.write(frame(2, message(2)));
                bed.gate.open();

                assertThat(late.answer()).isEqualTo(ack(2));
            }
            assertAllAcknowledged(peer, count);
            sent.join();
        }
        assertThat(bed.messages(60_001)).hasSize(60_001);
    }

    @Test
    void what_a_lost_connection_had_sent_is_stored_and_no_drop_is_counted() throws Exception {
        TcpListener listener = relp();
        try (RelpPeer peer = RelpPeer.open(port(listener))) {
            bed.gate.hold();
            peer.write(frames(2, 10) + "12 syslog 100 half");
            bed.awaitCount("received", 10);
        }
        bed.awaitCount("closed", 1);
        bed.gate.open();

        assertThat(bed.messages(10)).isEqualTo(messages(2, 10));
        try (RelpPeer next = RelpPeer.open(port(listener))) {
            next.write(frame(2, message(2)));
            assertThat(next.answer()).isEqualTo(ack(2));
        }
        assertThat(bed.counters.get("acknowledged")).isEqualTo(1);
        assertThat(bed.counters.get("dropped shutdown")).isZero();
    }

    @Test
    void a_stop_acknowledges_what_was_sent_and_says_serverclose() throws Exception {
        TcpListener listener = relp();
        try (RelpPeer peer = RelpPeer.open(port(listener));
                RelpPeer idle = RelpPeer.open(port(listener));
                RelpPeer silent = RelpPeer.connect(port(listener))) {
            bed.awaitCount("opened", 3);
            peer.write(frames(2, 1000) + "1002 syslog 100 half");

            listener.stop(Duration.ofSeconds(10));

            for (int txnr = 2; txnr < 1002; txnr++) {
                assertThat(peer.answer()).isEqualTo(ack(txnr));
            }
            assertThat(peer.rest()).isEqualTo("0 serverclose 0\n");
            assertThat(idle.rest()).isEqualTo("0 serverclose 0\n");
            assertThat(silent.rest()).isEqualTo("0 serverclose 0\n");
        }
        bed.awaitCount("ended shutdown", 2); // the silent one was no session
        assertThat(bed.messages(1000)).isEqualTo(messages(2, 1000));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stop_under_load_acknowledges_only_what_is_stored(boolean tls) throws Exception {
        TcpListener listener = tls ? bed.relpTls(RELP) : relp();
        try (RelpPeer peer = tls ? openTls(listener) : RelpPeer.open(port(listener))) {
            AtomicInteger acked = new AtomicInteger();
            CompletableFuture<Integer> acks =
                    CompletableFuture.supplyAsync(
                            () -> acks(peer, acked), Thread::startVirtualThread);
            var _ =
                    CompletableFuture.runAsync(
                            () -> sendInWindow(peer, acked), Thread::startVirtualThread);
            bed.awaitCount("acknowledged", 10_000);

            listener.stop(Duration.ofSeconds(10));

            // the first message is not empty, so it is stored and not ignored
            assertThat((long) acks.get(10, TimeUnit.SECONDS))
                    .isEqualTo(bed.counters.get("ignored") + 1);
            assertThat(bed.counters.get("acknowledged")).isEqualTo(bed.counters.get("ignored") + 1);
        }
    }

    @Test
    void a_stop_that_cannot_sync_acknowledges_nothing_and_ends() throws Exception {
        TcpListener listener = relp();
        try (RelpPeer peer = RelpPeer.open(port(listener))) {
            bed.gate.hold();
            peer.write(frames(2, 10));
            bed.awaitCount("received", 10);

            listener.stop(Duration.ofMillis(500));

            assertThat(peer.rest()).isEmpty();
        }
        bed.gate.open();
        assertThat(bed.messages(10)).isEqualTo(messages(2, 10));
        assertThat(bed.counters.get("acknowledged")).isZero();
        assertThat(bed.counters.get("dropped shutdown")).isZero();
    }

    /** Acknowledgements up to the serverclose. */
    private static int acks(RelpPeer peer, AtomicInteger progress) {
        try {
            int count = 0;
            for (String answer = peer.answer();
                    !answer.equals(RelpPeer.SERVERCLOSE);
                    answer = peer.answer()) {
                assertAck(answer, count + 2);
                progress.set(++count);
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first message is not empty, the others are; until the relay ends it. */
    private static void sendInWindow(RelpPeer peer, AtomicInteger acked) {
        try {
            peer.write(frame(2, message(2)));
            for (int txnr = 3; ; txnr++) {
                while (txnr - acked.get() > 2000) {
                    if (peer.socket().isClosed()) {
                        return;
                    }
                    LockSupport.parkNanos(100_000);
                }
                peer.write(frame(txnr, ""));
            }
        } catch (IOException _) {
            // the relay has ended it
        }
    }

    private static void assertAllAcknowledged(RelpPeer peer, int count) throws IOException {
        for (int txnr = 2; txnr < count + 2; txnr++) {
            assertAck(peer.answer(), txnr);
        }
    }

    /** Quick, for millions of them. */
    private static void assertAck(String answer, int txnr) {
        if (!answer.equals(ack(txnr))) {
            assertThat(answer).isEqualTo(ack(txnr));
        }
    }

    /** The first one is not empty, the others have this text; from TXNR 2 on. */
    private static CompletableFuture<Void> send(RelpPeer peer, int count, String text) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        StringBuilder chunk = new StringBuilder(frame(2, message(2)));
                        for (int txnr = 3; txnr < count + 2; txnr++) {
                            chunk.append(frame(txnr, text));
                            if (chunk.length() > 60_000) {
                                peer.write(chunk.toString());
                                chunk.setLength(0);
                            }
                        }
                        peer.write(chunk.toString());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    /** Nothing was counted between two looks. */
    private boolean stalled(String name) {
        long before = bed.counters.get(name);
        pause();
        return before > 0 && bed.counters.get(name) == before;
    }

    private static void pause() {
        CompletableFuture<Void> never = new CompletableFuture<>();
        never.completeOnTimeout(null, 100, TimeUnit.MILLISECONDS).join();
    }

    private String line() {
        return logged.all().getFirst();
    }

    private TcpListener relp() throws IOException {
        return relp(Testbed.common(Testbed.ANYBODY), 100, Duration.ZERO);
    }

    private TcpListener relp(ListenerSettings common, int most, Duration idle) throws IOException {
        return bed.tcp(new TcpListenerSettings(common, RELP, most, idle, Optional.empty()));
    }

    private static RelpPeer openTls(TcpListener listener) throws Exception {
        return RelpPeer.of(
                        CERTIFICATES
                                .client("")
                                .getSocketFactory()
                                .createSocket(
                                        InetAddress.getLoopbackAddress(),
                                        listener.address().getPort()))
                .open();
    }

    private static int port(TcpListener listener) {
        return listener.address().getPort();
    }

    private static String frames(int firstTxnr, int count) {
        StringBuilder frames = new StringBuilder();
        for (int txnr = firstTxnr; txnr < firstTxnr + count; txnr++) {
            frames.append(frame(txnr, message(txnr)));
        }
        return frames.toString();
    }

    private static List<String> messages(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(RelpListenerTest::message).toList();
    }

    /** Of 49 octets. */
    private static String message(int number) {
        return "<13>1 2026-01-02T03:04:05Z h app 1 ID - m %06d!".formatted(number);
    }
}
