package io.sealpost.relay.listen;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.listen.TcpListenerSettings.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions of numbered streams, on real sockets and two event loops. */
@Timeout(120)
class NumberedSessionTest {
    private static final String STREAM = "0123456789abcdef.3";
    private static final Network LOOPBACK = Network.parse("127.0.0.0/8");

    private Testbed bed;

    @BeforeEach
    void open() throws IOException {
        bed = Testbed.open(2);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void what_is_here_under_its_number_is_acknowledged_and_not_stored_again() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 5)) {
            assertThat(first.opened()).endsWith("\nsealpost_stream=" + STREAM + ",5");
            assertAcknowledged(first.write(frames(0, 10)), 10);
        }

        try (RelpPeer second = RelpPeer.open(port, STREAM, 8)) {
            assertAcknowledged(second.write(frames(3, 20)), 17);
        }
        assertThat(bed.messages(20)).isEqualTo(messages(0, 20));
        assertThat(bed.counters.get("repeated")).isEqualTo(7);
        assertThat(bed.counters.get("repeats kept")).isZero();
    }

    @Test
    void a_session_of_many_messages_leaves_its_stream_to_the_next() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 0)) {
            assertAcknowledged(first.write(frames(0, 5000)), 5000);
        }
        try (RelpPeer second = RelpPeer.open(port, STREAM, 4990)) {
            assertAcknowledged(second.write(frames(4990, 5010)), 20);
        }
        assertThat(bed.counters.get("repeated")).isEqualTo(10);
    }

    @Test
    void the_same_message_under_another_number_is_another_one() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 0)) {
            assertAcknowledged(first.write(frame(2, message(1)) + frame(3, message(1))), 2);
        }
        try (RelpPeer second = RelpPeer.open(port, STREAM, 2)) {
            assertAcknowledged(second.write(frame(2, message(1))), 1);
        }
        assertThat(bed.messages(3)).hasSize(3);
    }

    @Test
    void another_message_under_a_known_number_is_stored_counted_and_told() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 0)) {
            assertAcknowledged(first.write(frames(0, 10)), 10);
        }
        try (RelpPeer second = RelpPeer.open(port, STREAM, 4)) {
            assertAcknowledged(second.write(frames(54, 56) + frame(4, message(6))), 3);
        }
        assertThat(bed.messages(12).subList(10, 12)).isEqualTo(messages(54, 56));
        assertThat(bed.counters.get("repeats kept")).isEqualTo(2);
        assertThat(bed.counters.get("repeated")).isEqualTo(1);
    }

    @Test
    void numbers_that_were_left_out_are_taken_when_they_come() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 100)) {
            assertAcknowledged(first.write(frames(100, 110)), 10);
        }
        try (RelpPeer second = RelpPeer.open(port, STREAM, 95)) {
            assertAcknowledged(second.write(frames(95, 105)), 10);
        }
        assertThat(bed.messages(15).subList(10, 15)).isEqualTo(messages(95, 100));
        assertThat(bed.counters.get("repeated")).isEqualTo(5);
    }

    @Test
    void what_is_here_is_known_after_a_restart() throws Exception {
        int port = port(LOOPBACK);
        try (RelpPeer first = RelpPeer.open(port, STREAM, 0)) {
            assertAcknowledged(first.write(frames(0, 100)), 100);
        }
        bed.close();
        bed = Testbed.open(2, bed.gate);

        try (RelpPeer second = RelpPeer.open(port(LOOPBACK), STREAM, 50)) {
            assertAcknowledged(second.write(frames(50, 120)), 70);
        }
        assertThat(bed.counters.get("repeated")).isEqualTo(50);
        assertThat(bed.counters.get("received")).isEqualTo(20);
    }

    @Test
    void numbers_are_believed_only_from_known_peers() throws Exception {
        int port = port(Network.parse("10.0.0.0/8"));
        for (int i = 0; i < 2; i++) {
            try (RelpPeer peer = RelpPeer.open(port, STREAM, 0)) {
                assertThat(peer.opened()).contains(" 200 OK\n").doesNotContain("sealpost_stream");
                assertAcknowledged(peer.write(frames(0, 3)), 3);
            }
        }
        assertThat(bed.messages(6)).hasSize(6);
    }

    @Test
    void a_new_session_of_a_stream_ends_the_one_before_and_waits_for_it() throws Exception {
        int port = port(LOOPBACK);
        bed.gate.hold();
        try (RelpPeer first = RelpPeer.open(port, STREAM, 0).write(frames(0, 10))) {
            bed.awaitCount("received", 10);
            try (RelpPeer second = RelpPeer.open(port, STREAM, 0).write(frames(0, 12))) {
                assertThat(first.atEnd()).isTrue();
                assertThat(second.hasAnswer()).isFalse(); // nothing is durable
                bed.gate.open();
                assertAcknowledged(second, 12);
            }
        }
        assertThat(bed.messages(12)).isEqualTo(messages(0, 12));
        assertThat(bed.counters.get("repeated")).isEqualTo(10);
    }

    @Test
    void streams_of_other_names_have_nothing_to_do_with_each_other() throws Exception {
        int port = port(LOOPBACK);
        for (String stream : List.of("a.0", "a.1", "b.0")) {
            try (RelpPeer peer = RelpPeer.open(port, stream, 0)) {
                assertAcknowledged(peer.write(frames(0, 3)), 3);
            }
        }
        assertThat(bed.messages(9)).hasSize(9);
    }

    private static void assertAcknowledged(RelpPeer peer, int count) throws IOException {
        for (int txnr = 2; txnr < 2 + count; txnr++) {
            assertThat(peer.answer()).isEqualTo(ack(txnr));
        }
    }

    private int port(Network chainFrom) throws IOException {
        Protocol relp =
                new Protocol.Relp(
                        "sealpost,test,https://sealpost.example",
                        Optional.empty(),
                        List.of(chainFrom));
        return bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY),
                                relp,
                                10,
                                Duration.ZERO,
                                Optional.empty()))
                .address()
                .getPort();
    }

    private static String frames(int from, int before) {
        StringBuilder frames = new StringBuilder();
        for (int i = from; i < before; i++) {
            frames.append(frame(2 + i - from, message(i)));
        }
        return frames.toString();
    }

    private static List<String> messages(int from, int before) {
        return IntStream.range(from, before).mapToObj(NumberedSessionTest::message).toList();
    }

    private static String message(int number) {
        return "<13>1 2026-01-02T03:04:05.678Z h app 1 ID - number " + number;
    }
}
