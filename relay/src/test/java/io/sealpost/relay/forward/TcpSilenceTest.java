package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that hang for as long as it takes silence to confirm, with a few unread messages, and then
 * end the connection in every way there is.
 */
@Timeout(120)
@Beside
@Order(1) // takes long, so it begins first
class TcpSilenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How a peer goes on that has hung until everything sent was confirmed. */
    private interface Ending {
        void end(SyslogSink.Peer peer) throws IOException;
    }

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
    void a_window_that_has_shrunk_for_good_keeps_nothing_back_and_repeats_nothing()
            throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.read(number == 0 ? 2000 : 0);
                                    if (number == 0) {
                                        peer.shrink();
                                    }
                                    peer.readAll();
                                });
                TcpForwarder _ = start(sink.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 2000);
            await().atMost(PATIENCE).until(() -> sink.received().size() == 2000);
            spool.feed(2000, 2010);
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(sink.received()).isEqualTo(spool.fed());
            // The end of the first proves that all was read; the second is made after that.
            await().atMost(PATIENCE).until(() -> sink.connections() == 2);
        }
    }

    @Test
    void a_peer_that_closes_with_unread_octets_loses_nothing() throws Exception {
        losesNothing(Framing.OCTET_COUNTING, _ -> {});
        assertThat(spool.queue().resent()).isEqualTo(60);
    }

    @Test
    void nor_does_it_with_lines() throws Exception {
        losesNothing(Framing.LF, _ -> {});
    }

    @Test
    void a_peer_that_ends_its_writing_waits_and_closes_loses_nothing() throws Exception {
        losesNothing(
                Framing.OCTET_COUNTING,
                peer -> {
                    peer.endWriting();
                    await().atMost(PATIENCE).until(() -> peer.sink().connections() > 1);
                });
        assertThat(spool.queue().resent()).isEqualTo(61);
    }

    @Test
    void a_peer_that_ends_its_writing_and_closes_at_once_loses_nothing() throws Exception {
        losesNothing(Framing.OCTET_COUNTING, SyslogSink.Peer::endWriting);
    }

    private void losesNothing(Framing framing, Ending ending) throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(framing, 50);
                                        awaitConfirmed();
                                        ending.end(peer);
                                    } else {
                                        peer.read(framing, Integer.MAX_VALUE);
                                    }
                                });
                TcpForwarder _ = start(sink.port(), framing)) {
            spool.feed(0, 60);
            await().atMost(PATIENCE).until(() -> sink.received().size() >= 110);
            spool.feed(60, 70);
            await().atMost(PATIENCE).until(() -> sink.received().size() >= 120);

            List<String> expected = new ArrayList<>(spool.fed().subList(0, 50));
            expected.addAll(spool.fed());
            assertThat(sink.received()).isEqualTo(expected);
            awaitConfirmed();
            assertThat(spool.queue().delivered()).isEqualTo(70);
        }
    }

    @Test
    void what_is_sent_again_goes_before_what_is_new() throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(5);
                                        awaitConfirmed();
                                        spool.feed(10, 20);
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 10);

            await().atMost(PATIENCE).until(() -> sink.received().size() >= 25);
            assertThat(sink.received().subList(5, 25)).isEqualTo(spool.fed());
        }
    }

    @Test
    void a_peer_that_hangs_and_is_killed_loses_nothing() throws Exception {
        List<String> arrived = new ArrayList<>();
        try (SinkProgram program = SinkProgram.start();
                TcpForwarder _ = start(program.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 50);
            for (int i = 0; i < 50; i++) {
                arrived.add(program.message());
            }
            program.hang();
            spool.feed(50, 60);
            awaitConfirmed();
            program.kill();

            try (SyslogSink sink = SyslogSink.listen(program.port(), (_, peer) -> peer.readAll())) {
                await().atMost(PATIENCE).until(() -> sink.received().size() >= 60);
                assertThat(arrived).isEqualTo(spool.fed().subList(0, 50));
                assertThat(sink.received()).isEqualTo(spool.fed());
            }
        }
    }

    @Test
    void a_peer_that_has_read_everything_and_is_killed_is_sent_nothing_again() throws Exception {
        try (SinkProgram program = SinkProgram.start();
                TcpForwarder _ = start(program.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 50);
            awaitConfirmed();
            program.kill();

            try (SyslogSink sink = SyslogSink.listen(program.port(), (_, peer) -> peer.readAll())) {
                // Or the next message goes to the one that was killed, and then again.
                await().atMost(PATIENCE).until(() -> sink.connections() == 1);
                spool.feed(50, 51);
                await().atMost(PATIENCE).until(() -> !sink.received().isEmpty());
                assertThat(sink.received()).isEqualTo(spool.fed().subList(50, 51));
                assertThat(spool.queue().resent()).isZero();
            }
        }
    }

    @Test
    void a_peer_that_hangs_and_dies_each_time_is_not_sent_the_same_for_ever() throws Exception {
        int tries = SilentTail.CONFIRMATIONS;
        AtomicReference<TcpForwarder> forwarder = new AtomicReference<>();
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.read();
                                    if (number < tries) {
                                        awaitConfirmed();
                                        await().atMost(PATIENCE)
                                                .until(() -> forwarder.get().unconfirmed() == 0);
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder started = start(sink.port(), Framing.OCTET_COUNTING)) {
            forwarder.set(started);
            spool.feed(0, 10);
            await().atMost(PATIENCE).until(() -> sink.connections() > tries);
            spool.feed(10, 11);

            await().atMost(PATIENCE).until(() -> sink.received().size() > tries);
            assertThat(sink.received().getLast()).isEqualTo(spool.fed().getLast());
            assertThat(spool.queue().resent()).isEqualTo(10L * (tries - 1));
        }
    }

    @Test
    void a_peer_that_flaps_after_it_was_killed_loses_nothing() throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(5);
                                        awaitConfirmed();
                                    } else if (number < 9) {
                                        peer.read(number % 3);
                                    } else {
                                        peer.readAll();
                                    }
                                });
                TcpForwarder _ = start(sink.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 10);

            await().atMost(PATIENCE).until(() -> sink.firstArrivals().size() == 10);
            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
        }
    }

    @Test
    void a_message_that_is_always_answered_by_a_close_does_not_block_what_follows()
            throws Exception {
        try (SyslogSink sink =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number == 0) {
                                        peer.read(5);
                                        awaitConfirmed();
                                    } else {
                                        while (!peer.read().contains("message 7")) {
                                            // reads on
                                        }
                                    }
                                });
                TcpForwarder _ = start(sink.port(), Framing.OCTET_COUNTING)) {
            spool.feed(0, 10);
            await().atMost(PATIENCE).until(() -> sink.connections() > 1);
            spool.feed(10, 20);

            await().atMost(PATIENCE)
                    .until(() -> sink.received().containsAll(spool.fed().subList(10, 20)));
            assertThat(spool.dropped()).isEmpty();
        }
    }

    @Test
    void at_the_stop_silence_confirms_nothing() throws Exception {
        try (SyslogSink sink =
                SyslogSink.listen(
                        0,
                        (number, peer) -> {
                            peer.read(number == 0 ? 5 : Integer.MAX_VALUE);
                            peer.pause(PATIENCE.toMillis());
                        })) {
            TcpForwarder forwarder = start(sink.port(), Framing.OCTET_COUNTING);
            spool.feed(0, 10);
            await().atMost(PATIENCE).until(() -> sink.received().size() == 5);
            forwarder.stop(Duration.ofSeconds(3));
            assertThat(spool.queue().queued()).isEqualTo(10);

            spool.reopen();
            try (TcpForwarder _ = start(sink.port(), Framing.OCTET_COUNTING)) {
                await().atMost(PATIENCE).until(() -> sink.received().size() == 15);
                assertThat(sink.received().subList(5, 15)).isEqualTo(spool.fed());
            }
        }
    }

    @Test
    void at_the_stop_the_books_balance_though_the_peer_hangs() throws Exception {
        try (SyslogSink sink =
                SyslogSink.listen(
                        0,
                        (_, peer) -> {
                            peer.read(5);
                            peer.pause(PATIENCE.toMillis());
                        })) {
            TcpForwarder forwarder = start(sink.port(), Framing.OCTET_COUNTING);
            spool.feed(0, 10);
            awaitConfirmed();
            forwarder.stop(Duration.ofMillis(500));

            assertThat(forwarder.unconfirmed()).isZero();
            assertThat(spool.queue().routed()).isEqualTo(10);
            assertThat(spool.queue().delivered()).isEqualTo(10);
            assertThat(spool.queue().queued()).isZero();
        }
    }

    @Test
    void at_the_stop_the_end_of_the_peer_confirms_everything() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, (_, peer) -> peer.readAll())) {
            TcpForwarder forwarder = start(sink.port(), Framing.OCTET_COUNTING);
            spool.feed(0, 10);
            forwarder.stop(PATIENCE);

            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(forwarder.unconfirmed()).isZero();
            assertThat(spool.queue().delivered()).isEqualTo(10);
            assertThat(spool.queue().queued()).isZero();
        }
    }

    private void awaitConfirmed() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private TcpForwarder start(int port, Framing framing) {
        return StreamUpstreams.start(spool, port, framing, Optional.empty(), NanoClock.system());
    }
}
