package io.sealpost.relay.listen;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.listen.TcpListenerSettings.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that lose their connection and send again, on real sockets and two event loops. */
@Timeout(120)
class RelpRepeatsTest {
    private static final Protocol RELP =
            new Protocol.Relp("sealpost,test,https://sealpost.example", Optional.empty());

    private Testbed bed;

    @BeforeEach
    void open() throws IOException {
        bed = Testbed.open(2);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "10, 0", "10, 3", "10, 9", "200, 0", "200, 150", "200, 199"})
    void what_comes_again_because_its_acknowledgement_was_not_read_is_stored_once(
            int count, int read) throws Exception {
        int port = port();
        RelpPeer first = RelpPeer.open(port).write(frames(2, 0, count));
        for (int i = 0; i < read; i++) {
            assertThat(first.answer()).isEqualTo(ack(2 + i));
        }
        bed.awaitCount("acknowledged", count);
        cut(first);

        try (RelpPeer second = RelpPeer.open(port)) {
            second.write(frames(2, read, count + 5));
            assertAcknowledged(second, count + 5 - read);
        }
        assertThat(bed.messages(count + 5)).isEqualTo(messages(0, count + 5));
        assertThat(bed.counters.get("repeated")).isEqualTo(count - read);
        assertThat(bed.counters.get("received")).isEqualTo(count + 5);
        assertThat(bed.counters.get("acknowledged")).isEqualTo(2L * count - read + 5);
    }

    @Test
    void a_connection_that_breaks_before_the_sync_is_no_reason_to_store_twice() throws Exception {
        int port = port();
        bed.gate.hold();
        RelpPeer first = RelpPeer.open(port).write(frames(2, 0, 10));
        bed.awaitCount("received", 10);
        cut(first);

        try (RelpPeer second = RelpPeer.open(port).write(frames(2, 0, 12))) {
            pause();
            assertThat(second.hasAnswer()).isFalse(); // nothing is durable
            bed.gate.open();
            assertAcknowledged(second, 12);
        }
        assertThat(bed.messages(12)).isEqualTo(messages(0, 12));
        assertThat(bed.counters.get("repeated")).isEqualTo(10);
    }

    @Test
    void a_second_break_within_the_repetition_changes_nothing() throws Exception {
        int port = port();
        cut(sent(port, frames(2, 0, 50), 50));
        bed.awaitCount("ended lost", 1);
        RelpPeer second = RelpPeer.open(port).write(frames(2, 0, 30));
        bed.awaitCount("repeated", 30);
        bed.awaitCount("acknowledged", 80);
        cut(second);

        try (RelpPeer third = RelpPeer.open(port).write(frames(2, 10, 60))) {
            assertAcknowledged(third, 50);
        }
        assertThat(bed.messages(60)).isEqualTo(messages(0, 60));
    }

    @Test
    void a_session_whose_event_loop_is_slow_is_waited_for() throws Exception {
        int port = port();
        RelpPeer first = RelpPeer.open(port).write(frames(2, 0, 1));
        assertAcknowledged(first, 1);
        RelpPeer second = RelpPeer.open(port); // of the other event loop
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        bed.beforeNextChunk(
                () -> {
                    begun.countDown();
                    awaitUnchecked(over);
                });
        first.write(frames(3, 1, 11));
        begun.await();
        first.close(); // by FIN: nothing was acknowledged
        second.write(frames(2, 1, 12));
        pause();
        over.countDown();

        assertAcknowledged(second, 11);
        second.close();
        assertThat(bed.messages(12)).isEqualTo(messages(0, 12));
        assertThat(bed.counters.get("repeated")).isEqualTo(10);
    }

    @Test
    void acknowledgements_that_met_a_closed_client_did_not_arrive() throws Exception {
        int port = port();
        cut(sent(port, frames(2, 0, 50), 50));
        bed.awaitCount("ended lost", 1);
        RelpPeer second = RelpPeer.open(port);
        CountDownLatch over = holdEventLoops();
        second.write(frames(2, 0, 50)).close(); // FIN is there when the acknowledgements leave
        over.countDown();
        bed.awaitCount("ended lost", 2);
        assertThat(bed.counters.get("acknowledged")).isEqualTo(100);

        try (RelpPeer third = RelpPeer.open(port).write(frames(2, 0, 55))) {
            assertAcknowledged(third, 55);
        }
        assertThat(bed.messages(55)).isEqualTo(messages(0, 55));
    }

    @Test
    void who_reads_a_session_to_the_end_that_we_ended_has_all_acknowledgements() throws Exception {
        int port = port();
        try (RelpPeer first = RelpPeer.open(port)) {
            first.write(frames(2, 0, 3) + "99 syslog 0\n");
            assertAcknowledged(first, 3);
            assertThat(first.rest()).isEqualTo("0 serverclose 0\n");
        }

        try (RelpPeer second = RelpPeer.open(port).write(frames(2, 0, 3))) {
            assertAcknowledged(second, 3);
        }
        assertThat(bed.messages(6)).hasSize(6);
    }

    @Test
    void a_client_may_say_the_same_twice() throws Exception {
        int port = port();
        String same = frame(2, message(1)) + frame(3, message(1));
        try (RelpPeer one = RelpPeer.open(port)) {
            one.write(same);
            assertAcknowledged(one, 2);
            try (RelpPeer beside = RelpPeer.open(port)) {
                beside.write(same);
                assertAcknowledged(beside, 2);
            }
        }
        try (RelpPeer again = RelpPeer.open(port)) { // those have read all acknowledgements
            again.write(frame(2, message(1)));
            assertAcknowledged(again, 1);
        }
        assertThat(bed.messages(5)).hasSize(5);
        assertThat(bed.counters.get("repeated")).isZero();
    }

    @Test
    void nothing_is_looked_for_behind_a_session_that_was_closed() throws Exception {
        int port = port();
        RelpPeer first = RelpPeer.open(port).write(frames(2, 0, 3) + "5 close 0\n");
        bed.awaitCount("acknowledged", 3);
        pause();
        cut(first);

        try (RelpPeer second = RelpPeer.open(port).write(frames(2, 0, 3))) {
            assertAcknowledged(second, 3);
        }
        assertThat(bed.messages(6)).hasSize(6);
    }

    @Test
    void what_only_begins_like_a_repetition_is_stored_after_a_while() throws Exception {
        int port = port();
        cut(sent(port, frames(2, 0, 10), 10));

        try (RelpPeer second = RelpPeer.open(port).write(frame(2, message(4)))) {
            pause();
            assertThat(second.hasAnswer()).isFalse();
            bed.clockOffsetNanos.addAndGet(Duration.ofSeconds(4).toNanos());
            assertAcknowledged(second, 1);
            second.write(frame(3, message(5)));
            assertThat(second.answer()).isEqualTo(ack(3));
        }
        assertThat(bed.messages(12).subList(10, 12)).isEqualTo(messages(4, 6));
    }

    @Test
    void what_is_held_when_the_client_closes_or_the_relay_stops_is_stored() throws Exception {
        int port = port();
        cut(sent(port, frames(2, 0, 10), 10));

        try (RelpPeer second = RelpPeer.open(port)) {
            second.write(frame(2, message(4)) + "3 close 0\n");
            assertThat(second.rest())
                    .isEqualTo("2 rsp 6 200 OK\n3 rsp 6 200 OK\n0 serverclose 0\n");
        }
        assertThat(bed.messages(11)).hasSize(11);
    }

    @Test
    void after_an_hour_a_client_is_taken_at_its_word() throws Exception {
        int port = port();
        cut(sent(port, frames(2, 0, 10), 10));
        bed.awaitCount("closed", 1);
        bed.clockOffsetNanos.addAndGet(LostSessions.KEPT.plusSeconds(1).toNanos());

        try (RelpPeer second = RelpPeer.open(port).write(frames(2, 0, 10))) {
            assertAcknowledged(second, 10);
        }
        assertThat(bed.messages(20)).hasSize(20);
    }

    private RelpPeer sent(int port, String octets, int count) throws IOException {
        RelpPeer peer = RelpPeer.open(port).write(octets);
        bed.awaitCount("acknowledged", count);
        return peer;
    }

    /** Event loops read and write nothing before this latch is counted down. */
    private CountDownLatch holdEventLoops() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(bed.loops.loops().size());
        CountDownLatch over = new CountDownLatch(1);
        for (Loop loop : bed.loops.loops()) {
            loop.eventLoop()
                    .execute(
                            () -> {
                                held.countDown();
                                awaitUnchecked(over);
                            });
        }
        held.await();
        return over;
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As a network does it, or a client that ends with acknowledgements unread: by RST. */
    private static void cut(RelpPeer peer) throws IOException {
        peer.socket().setSoLinger(true, 0);
        peer.close();
    }

    private static void assertAcknowledged(RelpPeer peer, int count) throws IOException {
        for (int txnr = 2; txnr < 2 + count; txnr++) {
            assertThat(peer.answer()).isEqualTo(ack(txnr));
        }
    }

    private int port() throws IOException {
        return bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY),
                                RELP,
                                10,
                                Duration.ZERO,
                                Optional.empty()))
                .address()
                .getPort();
    }

    /** Frames of the messages from one on and before another. */
    private static String frames(int txnr, int from, int before) {
        StringBuilder frames = new StringBuilder();
        for (int i = from; i < before; i++) {
            frames.append(frame(txnr + i - from, message(i)));
        }
        return frames.toString();
    }

    private static List<String> messages(int from, int before) {
        return IntStream.range(from, before).mapToObj(RelpRepeatsTest::message).toList();
    }

    private static String message(int number) {
        return "<13>1 2026-01-02T03:04:05.678Z h app 1 ID - number " + number;
    }

    private static void pause() {
        CompletableFuture<Void> never = new CompletableFuture<>();
        never.completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).join();
    }
}
