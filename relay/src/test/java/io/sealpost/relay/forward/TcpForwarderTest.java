package io.sealpost.relay.forward;

import static io.sealpost.relay.FreePort.freePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Beside
@Order(1) // takes long, so it begins first
class TcpForwarderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Octets of a frame before its message. */
    private static final int COUNT = 3;

    /** More than the sink reads until the kernel is asked again. */
    private static final long MOVED_BETWEEN_SAMPLES = 256 * 1024;

    @TempDir Path folder;
    private SpoolFeed spool;

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFeed.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @Test
    void everything_arrives_once_and_in_order() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, (_, peer) -> peer.readAll());
                TcpForwarder forwarder = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, 5000);
            arrives(sink);
            spool.feed(5000, 5001);
            arrives(sink);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(forwarder.unconfirmed()).isZero();
            assertThat(forwarder.connected()).isTrue();
            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isZero();
        }
    }

    @Test
    void a_peer_that_pauses_and_closes_with_unread_octets_loses_nothing() throws Exception {
        for (int unread : List.of(1, 10, 300, 5000)) {
            losesNothing(
                    unread,
                    (number, peer) -> {
                        if (number < 3) {
                            peer.read(50);
                            peer.pause(400);
                        } else {
                            peer.readAll();
                        }
                    });
        }
    }

    @Test
    void a_peer_that_ends_writing_pauses_and_closes_loses_nothing() throws Exception {
        losesNothing(
                5000,
                (number, peer) -> {
                    if (number < 3) {
                        peer.read(50);
                        peer.endWriting();
                        peer.pause(400);
                    } else {
                        peer.readAll();
                    }
                });
    }

    @Test
    void a_peer_that_reads_on_while_it_stalls_now_and_then_loses_nothing() throws Exception {
        losesNothing(
                20_000,
                (number, peer) -> {
                    if (number < 4) {
                        peer.read(4000);
                        peer.pause(300);
                        peer.read(10);
                        peer.pause(100);
                    } else {
                        peer.readAll();
                    }
                });
    }

    @Test
    void a_flapping_peer_loses_nothing_and_no_message_is_set_aside() throws Exception {
        SplittableRandom random = new SplittableRandom(4711);
        losesNothing(
                2000,
                (number, peer) -> {
                    if (number < 15) {
                        int read;
                        int pause;
                        synchronized (random) {
                            read = random.nextInt(100);
                            pause = random.nextInt(500);
                        }
                        peer.read(read);
                        peer.pause(pause);
                    } else {
                        peer.readAll();
                    }
                });
    }

    @Test
    void a_reset_under_load_repeats_at_most_the_distance_and_a_run() throws Exception {
        int resets = 4;
        int each = 30_000;
        // The kernel takes SO_RCVBUF twice, so no window is larger than half the least distance.
        int receiveBuffer = (int) ConfirmedRule.LEAST_DISTANCE / 4;
        SyslogSink.Conversation flapping =
                (number, peer) -> {
                    if (number < resets) {
                        peer.read(each);
                        peer.reset();
                    } else {
                        peer.readAll();
                    }
                };
        try (SyslogSink sink = SyslogSink.narrow(receiveBuffer, Optional.empty(), flapping);
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, resets * each);
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
            // All these connections are young. Between two samples a window of half the least
            // distance may follow what was on its way.
            long onItsWay = TcpSampler.YOUNG_FLIGHT + RunSender.MAX_RUN;
            long distance = 2 * (ConfirmedRule.LEAST_DISTANCE / 2 + onItsWay);
            assertThat(repeatedOctets(sink) / resets)
                    .isPositive()
                    .isLessThan(distance + distance / ConfirmedRule.STEPS + MOVED_BETWEEN_SAMPLES);
        }
    }

    private static long repeatedOctets(SyslogSink sink) {
        Set<String> seen = new HashSet<>();
        return sink.received().stream()
                .filter(message -> !seen.add(message))
                .mapToLong(message -> message.length() + COUNT)
                .sum();
    }

    private void losesNothing(int messages, SyslogSink.Conversation conversation) throws Exception {
        int from = spool.fed().size();
        try (SyslogSink sink = SyslogSink.listen(0, conversation);
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(from, from + 50 + messages);
            List<String> expected = spool.fed().subList(from, spool.fed().size());
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(sink.firstArrivals()).isEqualTo(expected);
            assertThat(spool.dropped()).isEmpty();
        }
    }

    @Test
    void an_orderly_close_after_quiet_repeats_nothing() throws Exception {
        int rounds = 3;
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.read(100);
                                    await().atMost(PATIENCE)
                                            .until(() -> spool.queue().queued() == 0);
                                });
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            for (int i = 0; i < rounds; i++) {
                spool.feed(100 * i, 100 * (i + 1));
                int next = i + 2;
                await().atMost(PATIENCE).until(() -> sink.connections() >= next);
            }

            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(spool.queue().resent()).isZero();
        }
    }

    @Test
    void an_orderly_close_after_quiet_repeats_nothing_of_more_than_can_be_kept() throws Exception {
        aPeerThatReadsPausesAndClosesIsSentNothingAgain(60_000, false);
    }

    @Test
    void an_orderly_close_after_quiet_repeats_nothing_of_what_is_not_trusted() throws Exception {
        aPeerThatReadsPausesAndClosesIsSentNothingAgain(2000, true);
    }

    private void aPeerThatReadsPausesAndClosesIsSentNothingAgain(int messages, boolean shrinks)
            throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(messages);
                                        if (shrinks) {
                                            peer.shrink();
                                        }
                                        peer.pause(3000);
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, messages);
            await().atMost(PATIENCE).until(() -> sink.connections() >= 2);
            spool.feed(messages, messages + 1);
            arrives(sink);

            assertThat(spool.queue().resent()).isZero();
            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void a_message_that_is_always_answered_by_a_close_is_set_aside_after_five_tries()
            throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, this::chokes);
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, 10);
            spool.feed("<13>1 - - - - - - POISON 1");
            spool.feed("<13>1 - - - - - - POISON 2");
            spool.feed(10, 100);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            List<String> good = spool.fed().stream().filter(m -> !m.contains("POISON")).toList();
            List<String> arrived = sink.firstArrivals();
            assertThat(arrived.stream().filter(m -> !m.contains("POISON"))).isEqualTo(good);
            assertThat(spool.dropped()).containsEntry(CautiousSending.SET_ASIDE, 2L);
        }
    }

    @Test
    void a_last_message_that_is_always_answered_by_a_close_is_set_aside() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, this::chokes);
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, 10);
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            spool.feed("<13>1 - - - - - - POISON");

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(spool.dropped()).containsEntry(CautiousSending.SET_ASIDE, 1L);
            assertThat(sink.received().stream().filter(m -> m.contains("POISON")))
                    .hasSizeGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void it_is_found_among_messages_that_came_one_by_one() throws Exception {
        for (int i = 0; i < 400; i++) {
            spool.feed(i, i + 1);
        }
        spool.feed("<13>1 - - - - - - POISON");
        for (int i = 400; i < 500; i++) {
            spool.feed(i, i + 1);
        }
        try (SyslogSink sink = SyslogSink.listen(0, this::chokes);
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(spool.dropped()).containsEntry(CautiousSending.SET_ASIDE, 1L);
            assertThat(sink.firstArrivals()).containsAll(spool.fed().subList(0, 400));
            assertThat(sink.firstArrivals()).containsAll(spool.fed().subList(401, 501));
            // in bursts, not one by one
            assertThat(sink.connections()).isLessThan(40);
        }
    }

    private void chokes(int number, SyslogSink.Peer peer) throws IOException {
        String message = "";
        while (!message.contains("POISON")) {
            message = peer.read();
        }
    }

    @Test
    void a_peer_that_closes_at_every_message_costs_no_message() throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.read();
                                    if (number > 14) {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
            spool.feed(0, 20);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(spool.dropped()).isEmpty();
            assertThat(sink.firstArrivals()).containsAll(spool.fed());
        }
    }

    @Test
    void a_server_that_comes_late_gets_everything() throws Exception {
        int port = freePort();
        spool.feed(0, 100);
        try (TcpForwarder forwarder = start(port, Framing.OCTET_COUNTING)) {
            assertThat(forwarder.connected()).isFalse();
            try (SyslogSink sink = SyslogSink.listen(port, (_, peer) -> peer.readAll())) {
                arrives(sink);
                await().atMost(PATIENCE).until(forwarder::connected);
            }
            await().atMost(PATIENCE).until(() -> !forwarder.connected());
        }
    }

    @Test
    void lines_escape_what_would_end_them() throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    while (true) {
                                        peer.readLine();
                                    }
                                });
                TcpForwarder _ = start(sink, Framing.LF)) {
            spool.feed("<13>1 - - - - - - two\nlines");
            spool.feed("<13>1 - - - - - - cr\rand nul\0");
            spool.feed("<13>1 - - - - - - plain");

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(sink.received())
                    .containsExactly(
                            "<13>1 - - - - - - two\\nlines",
                            "<13>1 - - - - - - cr\\rand nul\\0",
                            "<13>1 - - - - - - plain");
        }
    }

    @Test
    void a_new_forwarder_goes_on_where_the_last_one_stopped() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, (_, peer) -> peer.readAll())) {
            try (TcpForwarder forwarder = start(sink, Framing.OCTET_COUNTING)) {
                spool.feed(0, 500);
                forwarder.stop(PATIENCE);
                assertThat(spool.queue().queued()).isZero();
            }
            spool.reopen();
            try (TcpForwarder _ = start(sink, Framing.OCTET_COUNTING)) {
                spool.feed(500, 1000);
                await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            }

            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void stops_at_once_without_grace_while_the_peer_does_not_read() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, (_, peer) -> peer.pause(600_000))) {
            TcpForwarder forwarder = start(sink, Framing.OCTET_COUNTING);
            spool.feed(0, 50_000);
            await().atMost(PATIENCE).until(() -> forwarder.unconfirmed() > 1000);

            forwarder.stop(Duration.ZERO);

            assertThat(forwarder.connected()).isFalse();
            assertThat(spool.queue().queued()).isEqualTo(50_000);
        }
    }

    private void arrives(SyslogSink sink) {
        await().atMost(PATIENCE).until(() -> sink.received().size() >= spool.fed().size());
    }

    private TcpForwarder start(SyslogSink sink, Framing framing) {
        return start(sink.port(), framing);
    }

    private TcpForwarder start(int port, Framing framing) {
        return StreamUpstreams.start(spool, port, framing, Optional.empty(), NanoClock.system());
    }
}
