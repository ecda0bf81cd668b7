package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PoisonSearchTest {
    private static final int MESSAGE = 200;
    private final PoisonSearch search = new PoisonSearch();

    @Test
    void two_fruitless_connections_in_a_row_make_cautious() {
        search.ended(true, 500);
        assertThat(search.cautious()).isFalse();

        search.ended(true, 500);
        assertThat(search.cautious()).isTrue();
    }

    @Test
    void a_fruitful_connection_between_starts_the_count_anew() {
        search.ended(true, 500);
        search.ended(false, 500);
        search.ended(true, 500);

        assertThat(search.cautious()).isFalse();
    }

    @Test
    void progress_starts_the_count_anew() {
        search.ended(true, 500);
        search.progressed();
        search.ended(true, 500);

        assertThat(search.cautious()).isFalse();
    }

    @Test
    void finds_one_message_among_a_hundred_thousand_in_a_few_dozen_steps() {
        long poison = 83_211;
        beCautious(100_000);

        int steps = search(poison, 100_000);

        assertThat(steps).isLessThan(120);
        assertThat(search.exhausted(poison)).isTrue();
    }

    @Test
    void a_burst_ends_where_the_last_one_that_was_closed_began() {
        beCautious(100);
        assertThat(search.divides(0, 50)).isFalse();
        search.closedAt(40, 10, 10 * MESSAGE);

        assertThat(search.divides(0, 39)).isFalse();
        assertThat(search.divides(0, 40)).isTrue();
        assertThat(search.divides(39, 45)).isTrue();
        assertThat(search.divides(40, 45)).isFalse();
    }

    @Test
    void four_tries_are_not_enough() {
        beCautious(100);
        for (int i = 0; i < 4; i++) {
            search.closedAt(7, 1, MESSAGE);
        }
        assertThat(search.exhausted(7)).isFalse();

        search.closedAt(7, 1, MESSAGE);
        assertThat(search.exhausted(7)).isTrue();
        assertThat(search.exhausted(8)).isFalse();
    }

    @Test
    void another_suspect_starts_the_strikes_anew() {
        beCautious(100);
        for (int i = 0; i < 4; i++) {
            search.closedAt(7, 1, MESSAGE);
        }
        search.closedAt(8, 1, MESSAGE);
        search.closedAt(7, 1, MESSAGE);

        assertThat(search.exhausted(7)).isFalse();
    }

    @Test
    void a_close_before_anything_was_sent_clears_everybody() {
        beCautious(100);
        for (int i = 0; i < 4; i++) {
            search.closedAt(7, 1, MESSAGE);
        }

        search.endedUnused();

        assertThat(search.cautious()).isFalse();
        beCautious(100);
        search.closedAt(7, 1, MESSAGE);
        assertThat(search.exhausted(7)).isFalse();
    }

    @Test
    void the_unused_time_grows_with_the_strikes() {
        beCautious(100);
        assertThat(search.unused()).isEqualTo(Duration.ofMillis(200));

        search.closedAt(7, 1, MESSAGE);
        search.closedAt(7, 1, MESSAGE);

        assertThat(search.unused()).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void a_message_that_passes_is_cleared() {
        beCautious(100);
        for (int i = 0; i < 4; i++) {
            search.closedAt(7, 1, MESSAGE);
        }

        search.passed(7, 1, MESSAGE);

        assertThat(search.strikes()).isZero();
    }

    @Test
    void is_over_once_all_that_failed_has_passed() {
        beCautious(10);
        search.passed(0, 1, MESSAGE);
        search.passed(1, 2, 2 * MESSAGE);
        search.passed(3, 4, 4 * MESSAGE);
        assertThat(search.cautious()).isTrue();

        search.passed(7, 3, 3 * MESSAGE);
        assertThat(search.cautious()).isFalse();
    }

    @Test
    void a_peer_that_refuses_the_substitutes_too_is_at_fault() {
        beCautious(100);
        for (int i = 0; i < 5; i++) {
            search.closedAt(7, 1, MESSAGE);
        }
        for (int i = 1; i <= 5; i++) {
            assertThat(search.substitute()).isEqualTo(i);
            assertThat(search.exhausted(7)).isTrue();
            search.substituteClosed();
        }

        assertThat(search.cautious()).isFalse();
        assertThat(search.exhausted(7)).isFalse();
    }

    @Test
    void setting_aside_uses_up_the_trust_in_the_peer() {
        assertThat(search.othersTaken()).isFalse();
        search.progressed();
        assertThat(search.othersTaken()).isTrue();

        search.setAside();
        assertThat(search.othersTaken()).isFalse();
    }

    private void beCautious(long sentEnd) {
        search.ended(true, sentEnd);
        search.ended(true, sentEnd);
    }

    /** Runs the search against a peer that confirms what passes and closes at one message. */
    private int search(long poison, long sentEnd) {
        long at = 0;
        int steps = 0;
        while (!search.exhausted(poison) && search.cautious()) {
            int fitting = (int) Math.min(Math.max(1, search.burst(at) / MESSAGE), sentEnd - at);
            int messages = search.limit(at, fitting);
            if (poison >= at && poison < at + messages) {
                search.closedAt(at, messages, messages * MESSAGE);
            } else {
                search.passed(at, messages, messages * MESSAGE);
                at += messages;
            }
            steps++;
        }
        return steps;
    }
}
