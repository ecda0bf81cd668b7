package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilentTailTest {
    private static final Server FIRST = new Server("first", 601);
    private static final Server SECOND = new Server("second", 601);

    private final SilentTail tail = new SilentTail(FIRST);
    private long stream;

    @Test
    void sends_again_what_it_keeps_in_order() {
        keep(1, 10);
        keep(2, 10);

        assertThat(resend()).containsExactly(1, 2);
        assertThat(tail.messages()).isEqualTo(3);
        assertThat(tail.first()).startsWith((byte) 1);
    }

    @Test
    void has_room_until_it_is_full_and_again_when_something_is_proven() {
        assertThat(tail.room()).isEqualTo(SilentTail.MAX_OCTETS);
        keep(1, 10);
        assertThat(tail.room()).isEqualTo(SilentTail.MAX_OCTETS - 10);
        keep(2, SilentTail.MAX_OCTETS);
        assertThat(tail.room()).isZero();

        tail.forget(10);
        assertThat(tail.room()).isZero();
        tail.forget(stream);
        assertThat(tail.room()).isEqualTo(SilentTail.MAX_OCTETS);
    }

    @Test
    void forgets_what_is_proven_but_no_octet_more() {
        keep(1, 10);
        keep(2, 10);

        tail.forget(9);
        assertThat(tail.messages()).isEqualTo(3);
        tail.forget(10);
        assertThat(tail.messages()).isEqualTo(2);
        tail.forget(20);
        assertThat(tail.messages()).isZero();
    }

    @Test
    void what_was_sent_again_is_proven_where_it_was_sent_again() {
        keep(1, 10);
        keep(2, 10);
        stream = 1000;
        resend();

        tail.forget(1009);
        assertThat(tail.messages()).isEqualTo(3);
        tail.forget(1010);
        assertThat(tail.messages()).isEqualTo(2);
    }

    @Test
    void gives_up_only_what_was_confirmed_on_enough_connections() {
        keep(1, 10);
        tail.ended(true);
        for (int i = 1; i < SilentTail.CONFIRMATIONS; i++) {
            assertThat(tail.giveUp()).isZero();
            resend();
            resend();
            tail.confirmed(stream);
            tail.ended(true);
            tail.ended(true);
        }
        keep(2, 10);

        assertThat(tail.giveUp()).isEqualTo(1);
        assertThat(resend()).containsExactly(2);
    }

    @Test
    void what_breaks_at_one_server_says_nothing_of_another() {
        keep(1, 10);
        tail.ended(true);
        for (int i = 0; i < SilentTail.CONFIRMATIONS - 2; i++) {
            trustedAgain(SECOND);
            tail.struck();
            trustedAgain(FIRST);
            tail.struck();
        }
        trustedAgain(SECOND);
        assertThat(tail.giveUp()).isZero();

        trustedAgain(FIRST);
        assertThat(tail.giveUp()).isEqualTo(1);
    }

    @Test
    void silence_confirms_only_what_was_sent_before_it() {
        keep(1, 10);
        for (int i = 1; i < 3 * SilentTail.CONFIRMATIONS; i++) {
            stream = 100;
            resend();
            tail.confirmed(109);
            tail.ended(true);
        }
        assertThat(tail.giveUp()).isZero();
    }

    @Test
    void a_connection_that_ended_because_the_peer_proved_nothing_does_not_count() {
        keep(1, 10);
        for (int i = 0; i < 3 * SilentTail.CONFIRMATIONS; i++) {
            tail.ended(false);
            resend();
            tail.confirmed(stream);
        }

        assertThat(tail.giveUp()).isZero();
    }

    @Test
    void what_another_connection_left_is_sent_behind_all_else_and_kept() {
        keep(1, 10);
        keep(2, 10);
        List<SilentTail.Piece> left = tail.leave();
        assertThat(tail.messages()).isZero();
        keep(3, 10);
        List<Integer> numbers = new ArrayList<>();
        tail.adopt(
                left,
                frames -> {
                    numbers.add((int) frames[0]);
                    stream += frames.length;
                    return stream;
                });

        assertThat(numbers).containsExactly(1, 2);
        assertThat(tail.messages()).isEqualTo(6);
        assertThat(resend()).containsExactly(3, 1, 2);
    }

    @Test
    void gives_up_what_is_always_answered_by_a_close() {
        keep(1, 10);
        for (int i = 0; i < SilentTail.STRIKES; i++) {
            assertThat(tail.giveUp()).isZero();
            tail.struck();
        }

        assertThat(tail.giveUp()).isEqualTo(1);
        keep(1, 10);
        assertThat(tail.giveUp()).isZero();
    }

    @Test
    void a_close_without_a_reason_excuses_what_was_sent() {
        keep(1, 10);
        for (int i = 0; i < SilentTail.STRIKES - 1; i++) {
            tail.struck();
        }
        tail.excused();
        tail.struck();

        assertThat(tail.giveUp()).isZero();
    }

    private void trustedAgain(Server server) {
        tail.server(server);
        resend();
        tail.confirmed(stream);
        tail.ended(true);
    }

    private void keep(int number, int octets) {
        byte[] frames = new byte[octets];
        frames[0] = (byte) number;
        stream += octets;
        tail.keep(frames, number, stream);
    }

    private List<Integer> resend() {
        List<Integer> numbers = new ArrayList<>();
        tail.resend(
                frames -> {
                    numbers.add((int) frames[0]);
                    stream += frames.length;
                    return stream;
                });
        return numbers;
    }
}
