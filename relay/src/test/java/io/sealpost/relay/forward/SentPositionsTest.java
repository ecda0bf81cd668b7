package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.spool.Position;
import org.junit.jupiter.api.Test;

class SentPositionsTest {
    private final SentPositions positions = new SentPositions(Position.of(10));

    @Test
    void nothing_reached_is_the_start() {
        positions.sent(5000, Position.of(20), 10);

        assertThat(positions.reached(4999).position()).isEqualTo(Position.of(10));
    }

    @Test
    void reaches_only_whole_runs() {
        positions.sent(5000, Position.of(20), 10);
        positions.sent(10_000, Position.of(35), 10);

        assertThat(positions.reached(9999).position()).isEqualTo(Position.of(20));
        assertThat(positions.reached(10_000).position()).isEqualTo(Position.of(35));
        assertThat(positions.reached(10_000).messages()).isEqualTo(20);
    }

    @Test
    void the_last_message_always_has_a_mark() {
        for (int i = 1; i <= 1000; i++) {
            positions.sent(200L * i, Position.of(10 + i), 1);
            assertThat(positions.last().position()).isEqualTo(Position.of(10 + i));
        }

        assertThat(positions.reached(200_000).position()).isEqualTo(Position.of(1010));
    }

    @Test
    void single_messages_do_not_make_a_mark_each() {
        for (int i = 1; i <= 100_000; i++) {
            positions.sent(200L * i, Position.of(10 + i), 1);
        }

        assertThat(positions.size()).isLessThan((int) (20_000_000 / SentPositions.APART) + 2);
        assertThat(positions.reached(10_000_000).octets()).isGreaterThan(10_000_000 - 5000);
    }
}
