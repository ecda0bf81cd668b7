package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConfirmedRuleTest {
    private static final long KIB = 1024;
    private static final long WINDOW = 64 * KIB;

    private final ConfirmedRule rule = new ConfirmedRule(0);

    @Test
    void acknowledged_is_not_confirmed() {
        sample(0, 0, 0, WINDOW);
        sample(10, 100 * KIB, 100 * KIB, WINDOW / 2);

        assertThat(rule.acknowledged()).isEqualTo(100 * KIB);
        assertThat(rule.confirmed()).isZero();
    }

    @Test
    void what_lies_twice_the_largest_window_behind_was_read() {
        sample(0, 0, 0, WINDOW);
        sample(10, 4096 * KIB, 2048 * KIB, 512 * KIB);
        sample(20, 4096 * KIB, 3072 * KIB, 0);

        assertThat(rule.confirmed()).isEqualTo((3072 - 2 * 512 - 16) * KIB);
    }

    @Test
    void a_small_window_does_not_make_the_distance_small() {
        sample(0, 0, 0, 8 * KIB);
        sample(10, 1024 * KIB, 1024 * KIB, 0);

        assertThat(rule.confirmed()).isEqualTo((1024 - 256 - 16) * KIB);
    }

    @Test
    void a_silent_connection_that_is_drained_is_confirmed_to_the_last_octet() {
        sample(0, 0, 0, WINDOW);
        sample(300, 777, 777, WINDOW);
        sample(1799, 777, 777, WINDOW);
        assertThat(rule.confirmed()).isZero();

        sample(1800, 777, 777, WINDOW);
        assertThat(rule.confirmed()).isEqualTo(777);
    }

    @Test
    void silence_confirms_but_proves_nothing() {
        sample(0, 0, 0, WINDOW);
        sample(300, 777, 777, WINDOW);
        sample(60_000, 777, 777, WINDOW);

        assertThat(rule.confirmed()).isEqualTo(777);
        assertThat(rule.proven()).isZero();
    }

    @Test
    void what_silence_confirmed_is_proven_once_enough_has_followed() {
        sample(0, 0, 0, WINDOW);
        sample(300, 777, 777, WINDOW);
        sample(1800, 777, 777, WINDOW);
        sample(1810, 500 * KIB, 500 * KIB, WINDOW / 2);

        assertThat(rule.proven()).isEqualTo((500 - 256 - 16) * KIB);
        assertThat(rule.confirmed()).isEqualTo(rule.proven());
    }

    @Test
    void drained_and_silent_proves_all_but_what_is_held_back() {
        sample(0, 0, 0, WINDOW);
        sample(300, 500 * KIB, 500 * KIB, WINDOW);
        sample(400, 500 * KIB, 500 * KIB, WINDOW);
        sample(1800, 500 * KIB, 500 * KIB, WINDOW);

        assertThat(rule.proven()).isEqualTo((500 - 16) * KIB);
        assertThat(rule.confirmed()).isEqualTo(500 * KIB);
    }

    @Test
    void a_window_that_was_raised_lately_proves_nothing() {
        sample(0, 0, 0, WINDOW);
        sample(300, 100 * KIB, 100 * KIB, WINDOW);
        sample(1750, 100 * KIB, 100 * KIB, 2 * WINDOW);
        sample(1949, 100 * KIB, 100 * KIB, 2 * WINDOW);
        assertThat(rule.confirmed()).isZero();

        sample(1950, 100 * KIB, 100 * KIB, 2 * WINDOW);
        assertThat(rule.confirmed()).isEqualTo(100 * KIB);
    }

    @Test
    void a_young_connection_is_not_drained_whatever_its_window() {
        sample(0, 0, 0, WINDOW);
        for (int ms = 300; ms < 60_000; ms += 10) {
            sample(ms, ms, ms, WINDOW);
        }

        assertThat(rule.confirmed()).isZero();
    }

    @Test
    void a_window_below_its_peak_is_not_drained_however_long() {
        sample(0, 0, 0, 2 * WINDOW);
        for (int ms = 10; ms < 60_000; ms += 10) {
            sample(ms, 5000, 5000, 2 * WINDOW - 1);
        }

        assertThat(rule.confirmed()).isZero();
    }

    @Test
    void octets_in_flight_are_not_drained() {
        sample(0, 0, 0, WINDOW);
        for (int ms = 300; ms < 2000; ms += 10) {
            rule.sample(nanos(ms), 9000, 8000, true, WINDOW);
        }

        assertThat(rule.confirmed()).isZero();
    }

    @Test
    void drained_under_traffic_counts_when_the_connection_outlives_it_and_holds_some_back() {
        sample(0, 0, 0, WINDOW);
        sample(300, 500 * KIB, 500 * KIB, WINDOW);
        sample(310, 590 * KIB, 510 * KIB, WINDOW / 2);
        sample(399, 590 * KIB, 510 * KIB, WINDOW / 2);
        assertThat(rule.confirmed()).isEqualTo((510 - 256 - 16) * KIB);

        sample(400, 590 * KIB, 510 * KIB, WINDOW / 2);
        assertThat(rule.confirmed()).isEqualTo((500 - 16) * KIB);
    }

    @Test
    void confirmed_never_goes_back() {
        sample(0, 0, 0, WINDOW);
        sample(300, 5000, 5000, WINDOW);
        sample(1800, 5000, 5000, WINDOW);
        sample(1810, 10_000, 5500, 8 * WINDOW);
        assertThat(rule.confirmed()).isEqualTo(5000);

        sample(4000, 10_000, 5400, 0);
        assertThat(rule.confirmed()).isEqualTo(5000);
    }

    @Test
    void without_a_window_sixteen_mib_behind_is_confirmed() {
        sample(0, 0, 0, 0);
        sample(10, 17 * KIB * KIB, 17 * KIB * KIB, 0);

        assertThat(rule.confirmed()).isEqualTo(KIB * KIB);
    }

    @Test
    void without_a_window_ten_quiet_seconds_confirm_all() {
        sample(0, 0, 0, 0);
        sample(10, 5000, 5000, 0);
        sample(10_009, 5000, 5000, 0);
        assertThat(rule.confirmed()).isZero();

        sample(10_010, 5000, 5000, 0);
        assertThat(rule.confirmed()).isEqualTo(5000);
        assertThat(rule.proven()).isZero();
    }

    @Test
    void more_acknowledged_than_handed_over_is_cut() {
        sample(0, 0, 0, WINDOW);
        sample(300, 500, 501, WINDOW);
        sample(1800, 500, 501, WINDOW);

        assertThat(rule.confirmed()).isEqualTo(500);
    }

    private void sample(long ms, long handed, long acknowledged, long window) {
        rule.sample(nanos(ms), handed, acknowledged, false, window);
    }

    private static long nanos(long ms) {
        return Duration.ofMillis(ms).toNanos();
    }
}
