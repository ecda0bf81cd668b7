package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DoubtTest {
    private static final long MUCH = Doubt.MUCH;

    private final Doubt doubt = new Doubt(0);

    @Test
    void a_little_is_borne_for_ten_minutes() {
        assertThat(unbearable(0, 100, 0)).isFalse();
        assertThat(unbearable(599, 150, 0)).isFalse();
        assertThat(unbearable(600, 200, 0)).isTrue();
    }

    @Test
    void much_is_borne_for_a_minute() {
        assertThat(unbearable(0, 100, 0)).isFalse();
        assertThat(unbearable(59, 2 * MUCH, 0)).isFalse();
        assertThat(unbearable(60, MUCH - 1, 0)).isFalse();
        assertThat(unbearable(60, MUCH, 0)).isTrue();
    }

    @Test
    void nothing_in_doubt_is_borne_for_ever() {
        assertThat(unbearable(0, 100, 0)).isFalse();
        assertThat(unbearable(100, 100, 100)).isFalse();
        assertThat(unbearable(100_000, 100, 100)).isFalse();
    }

    @Test
    void the_time_of_an_idle_connection_does_not_count() {
        assertThat(unbearable(50_000, 0, 0)).isFalse();
        assertThat(unbearable(50_001, 100, 0)).isFalse();
        assertThat(unbearable(50_600, 100, 0)).isFalse();
        assertThat(unbearable(50_601, 100, 0)).isTrue();
    }

    @Test
    void under_load_something_is_always_in_doubt_and_none_of_it_for_long() {
        for (int s = 0; s < 10_000; s++) {
            assertThat(unbearable(s, MUCH * s, Math.max(0, MUCH * s - 2 * MUCH))).isFalse();
        }
    }

    @Test
    void what_was_not_answered_is_borne_for_longer_the_next_time() {
        assertThat(unbearable(0, 100, 0)).isFalse();
        assertThat(doubt.unbearable(nanos(1199), 100, 0, 2)).isFalse();
        assertThat(doubt.unbearable(nanos(1200), 100, 0, 2)).isTrue();
    }

    private boolean unbearable(long seconds, long sent, long proven) {
        return doubt.unbearable(nanos(seconds), sent, proven, 1);
    }

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
