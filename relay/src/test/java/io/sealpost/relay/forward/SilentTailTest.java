package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilentTailTest {
    private static final int EIGHTH = SilentTail.MAX_OCTETS / 8;

    private final SilentTail tail = new SilentTail();
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
    void forgets_the_oldest_above_its_limit() {
        for (int i = 1; i <= 20; i++) {
            keep(i, EIGHTH);
        }

        assertThat(resend()).containsExactly(13, 14, 15, 16, 17, 18, 19, 20);
    }

    @Test
    void keeps_the_newest_however_long() {
        keep(1, 10);
        keep(2, SilentTail.MAX_OCTETS + 1);

        assertThat(resend()).containsExactly(2);
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
        for (int i = 1; i < SilentTail.CONFIRMATIONS; i++) {
            assertThat(tail.giveUp()).isZero();
            resend();
            resend();
            tail.confirmedAgain();
        }
        keep(2, 10);

        assertThat(tail.giveUp()).isEqualTo(1);
        assertThat(resend()).containsExactly(2);
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
