package io.sealpost.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsyncedTest {
    private final Unsynced unsynced = new Unsynced();

    @Test
    void chunks_are_taken_when_the_lane_is_durable_so_far() {
        unsynced.add(3, 30, 10, false);
        unsynced.add(2, 20, 12, false);

        assertThat(unsynced.take(9)).isZero();
        assertThat(unsynced.take(10)).isEqualTo(3);
        assertThat(unsynced.octets()).isEqualTo(20);
        assertThat(unsynced.oldest()).isEqualTo(12);
        assertThat(unsynced.take(99)).isEqualTo(2);
        assertThat(unsynced.isEmpty()).isTrue();
        assertThat(unsynced.octets()).isZero();
    }

    @Test
    void chunks_without_a_place_wait_with_the_one_before() {
        for (int i = 1; i <= 100; i++) {
            unsynced.add(1, 1, i, false);
        }

        assertThat(unsynced.take(15)).isEqualTo(15);
        assertThat(unsynced.take(99)).isZero();
        assertThat(unsynced.take(100)).isEqualTo(85);
    }

    @Test
    void what_is_to_be_delivered_is_taken_apart() {
        unsynced.add(1, 10, 1, false);
        unsynced.add(2, 20, 2, false);
        unsynced.add(3, 30, 3, true);
        unsynced.add(4, 40, 3, false); // at the same position: with the one before
        unsynced.add(5, 50, 4, false);

        assertThat(unsynced.toDeliver()).isFalse();
        assertThat(unsynced.take(9)).isEqualTo(3);
        assertThat(unsynced.toDeliver()).isTrue();
        assertThat(unsynced.take(9)).isEqualTo(7);
        assertThat(unsynced.toDeliver()).isFalse();
        assertThat(unsynced.take(9)).isEqualTo(5);
        assertThat(unsynced.isEmpty()).isTrue();
    }

    /** Against a queue of single messages: never too early, and at last all. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void no_message_is_taken_before_its_position(int seed) {
        Random random = new Random(seed);
        ArrayDeque<Long> model = new ArrayDeque<>();
        long position = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(3) > 0) {
                int messages = 1 + random.nextInt(5);
                position += random.nextInt(messages + 1);
                unsynced.add(messages, messages, position, false);
                for (int m = 0; m < messages; m++) {
                    model.add(position);
                }
            } else {
                long synced = Math.max(0, position - random.nextInt(40));
                for (long taken = unsynced.take(synced); taken > 0; taken--) {
                    assertThat(model.remove()).isLessThanOrEqualTo(synced);
                }
            }
            assertThat(unsynced.octets()).isEqualTo(model.size());
            assertThat(unsynced.isEmpty()).isEqualTo(model.isEmpty());
        }
        assertThat(unsynced.take(position)).isEqualTo(model.size());
    }
}
