package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConfirmedRuleTest {
    private static final long KIB = 1024;
    private static final long WINDOW = 64 * KIB;
    private static final long LEAST = ConfirmedRule.LEAST_DISTANCE;

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
        sample(0, 0, 0, 512 * KIB);
        sample(10, 4096 * KIB, 100 * KIB, 412 * KIB);
        sample(20, 4096 * KIB, 500 * KIB, 12 * KIB);
        sample(30, 4096 * KIB, 1000 * KIB, 0);
        sample(40, 4096 * KIB, 1123 * KIB, 0);
        assertThat(rule.proven()).isZero();

        sample(50, 4096 * KIB, 1124 * KIB, 0);
        assertThat(rule.proven()).isEqualTo(100 * KIB);
        assertThat(rule.confirmed()).isEqualTo(100 * KIB);
    }

    @Test
    void what_the_peer_still_offers_counts_in_the_distance() {
        sample(0, 0, 0, 512 * KIB);
        sample(10, 4096 * KIB, 100 * KIB, 412 * KIB);
        sample(20, 4096 * KIB, 500 * KIB, 12 * KIB);
        sample(30, 4096 * KIB, 700 * KIB, 312 * KIB);
        sample(40, 4096 * KIB, 1000 * KIB, 123 * KIB);
        assertThat(rule.proven()).isZero();

        sample(50, 4096 * KIB, 1000 * KIB, 124 * KIB);
        assertThat(rule.proven()).isEqualTo(100 * KIB);
    }

    @Test
    void a_window_that_rose_and_was_filled_between_two_samples_makes_the_distance_large() {
        sample(0, 0, 0, WINDOW);
        sample(10, 16_384 * KIB, 100 * KIB, WINDOW);
        sample(20, 16_384 * KIB, 3172 * KIB, 0);
        sample(30, 16_384 * KIB, 3600 * KIB, 0);
        sample(40, 16_384 * KIB, 4000 * KIB, 0);
        assertThat(rule.proven()).isZero();

        sample(50, 16_384 * KIB, 6244 * KIB, 0);
        assertThat(rule.proven()).isEqualTo(100 * KIB);
    }

    @Test
    void a_small_window_does_not_make_the_distance_small() {
        sample(0, 0, 0, 8 * KIB);
        sample(10, 1024 * KIB, 100 * KIB, 0);
        sample(13, 1024 * KIB, 300 * KIB, 0);
        sample(16, 1024 * KIB, 500 * KIB, 0);
        sample(20, 1024 * KIB, 611 * KIB, 0);
        assertThat(rule.proven()).isZero();

        sample(30, 1024 * KIB, 612 * KIB, 0);
        assertThat(rule.proven()).isEqualTo(100 * KIB);
    }

    @Test
    void under_load_what_is_proven_lags_by_one_step_more_at_most() {
        sample(0, 0, 0, WINDOW);
        for (int i = 1; i <= 400; i++) {
            sample(10 * i, 8192 * KIB, 10 * i * KIB, WINDOW / 2);
            assertThat(10 * i * KIB - rule.proven())
                    .isLessThanOrEqualTo(LEAST + LEAST / ConfirmedRule.STEPS + 2 * 10 * KIB);
        }
        assertThat(rule.proven()).isPositive();
    }

    @Test
    void what_a_peer_may_take_without_a_smaller_window_is_no_distance() {
        sample(0, 0, 0, WINDOW);
        for (int i = 1; i < 100_000; i++) {
            rule.sample(nanos(20L * i), 250L * i, 250L * i, false, WINDOW, 1023L * i);
        }

        assertThat(rule.proven()).isZero();
    }

    @Test
    void of_larger_segments_only_the_rest_is_no_distance() {
        sample(0, 0, 0, WINDOW);
        long step = 2 * LEAST / ConfirmedRule.STEPS;
        long octets = 0;
        while (octets < 2 * (LEAST - WINDOW / 2) + step) {
            assertThat(rule.proven()).isZero();
            octets += KIB;
            rule.sample(nanos(octets), octets, octets, false, WINDOW / 2, octets / 2);
        }

        assertThat(rule.proven()).isEqualTo(step);
    }

    @Test
    void acknowledgements_without_octets_hide_nothing() {
        sample(0, 0, 0, WINDOW);
        long first = 100 * KIB;
        rule.sample(nanos(10), first, first, false, WINDOW, 0);
        rule.sample(nanos(20_000), first, first, false, WINDOW / 2, 20 * KIB);
        carry(20_010, first, first + LEAST - WINDOW / 2, 20 * KIB);

        assertThat(rule.proven()).isEqualTo(first);
    }

    @Test
    void further_behind_than_any_buffer_is_large_proves_even_a_trickle() {
        sample(0, 0, 0, WINDOW);
        for (long octets = 0; octets <= 33 * KIB * KIB; octets += KIB) {
            rule.sample(nanos(octets / KIB), octets, octets, false, WINDOW, octets);
        }

        assertThat(rule.proven()).isEqualTo(KIB * KIB);
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
        sample(300, 100 * KIB, 100 * KIB, WINDOW);
        sample(1800, 100 * KIB, 100 * KIB, WINDOW);
        assertThat(rule.proven()).isZero();
        carry(1810, 100 * KIB, 100 * KIB + LEAST - WINDOW / 2, 0);

        assertThat(rule.proven()).isEqualTo(100 * KIB);
        assertThat(rule.confirmed()).isEqualTo(100 * KIB);
    }

    @Test
    void drained_and_silent_proves_nothing_either() {
        sample(0, 0, 0, WINDOW);
        sample(300, 500 * KIB, 500 * KIB, WINDOW);
        sample(400, 500 * KIB, 500 * KIB, WINDOW);
        sample(1800, 500 * KIB, 500 * KIB, WINDOW);

        assertThat(rule.proven()).isZero();
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
    void a_trickle_is_trusted_when_the_connection_outlives_it_and_never_proven() {
        sample(0, 0, 0, WINDOW);
        long carried = 600 * KIB;
        carry(290, 0, carried, 0);
        sample(300, carried, carried, WINDOW);
        long provenBefore = rule.proven();
        for (int ms = 310; ms < 60_000; ms += 10) {
            rule.sample(nanos(ms), carried + ms, carried + ms, false, WINDOW, 1023L * ms / 10);
            assertThat(rule.confirmed())
                    .isLessThanOrEqualTo(Math.max(provenBefore, carried + ms - 500));
        }

        assertThat(rule.confirmed()).isGreaterThan(carried + 60_000 - 2 * 500 - 20);
        assertThat(rule.proven()).isEqualTo(provenBefore);
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
            rule.sample(nanos(ms), 9000, 8000, true, WINDOW, 0);
        }

        assertThat(rule.confirmed()).isZero();
    }

    @Test
    void drained_under_traffic_counts_when_the_connection_outlives_it() {
        sample(0, 0, 0, WINDOW);
        carry(290, 0, 600 * KIB, 0);
        sample(300, 600 * KIB, 600 * KIB, WINDOW);
        sample(310, 690 * KIB, 610 * KIB, WINDOW / 2);
        sample(799, 690 * KIB, 610 * KIB, WINDOW / 2);
        assertThat(rule.confirmed()).isLessThan(600 * KIB);

        sample(800, 690 * KIB, 610 * KIB, WINDOW / 2);
        assertThat(rule.confirmed()).isEqualTo(600 * KIB);
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
    void without_a_window_thirty_two_mib_behind_is_confirmed() {
        sample(0, 0, 0, 0);
        sample(10, 33 * KIB * KIB, 33 * KIB * KIB, 0);

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

    /** In small steps, as they are seen under load. */
    private void carry(long ms, long from, long to, long unseen) {
        for (long octets = from; octets < to; octets += 16 * KIB) {
            rule.sample(nanos(ms), octets, octets, false, WINDOW / 2, unseen);
        }
        rule.sample(nanos(ms), to, to, false, WINDOW / 2, unseen);
    }

    private void sample(long ms, long handed, long acknowledged, long window) {
        rule.sample(nanos(ms), handed, acknowledged, false, window, 0);
    }

    private static long nanos(long ms) {
        return Duration.ofMillis(ms).toNanos();
    }
}
