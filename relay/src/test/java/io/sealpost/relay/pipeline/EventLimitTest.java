package io.sealpost.relay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.pipeline.EventLimit.Happened;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often the same is told. */
class EventLimitTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EventLimit limit = new EventLimit(0);

    @Test
    void a_few_at_once_are_told_and_the_next_says_how_many_were_left_out() {
        List<Happened> told = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Happened happened = limit.offer(event(i), i);
            if (happened != null) {
                told.add(happened);
            }
        }
        Happened later = limit.poll(Duration.ofMinutes(1).toNanos(), false);

        assertThat(told).hasSize(EventLimit.BURST).allMatch(one -> one.event().leftOut() == 0);
        assertThat(later).isNotNull();
        assertThat(later.event().text()).isEqualTo("event 99");
        assertThat(later.event().leftOut()).isEqualTo(94);
        assertThat(limit.poll(Duration.ofHours(1).toNanos(), true)).isNull();
    }

    @Test
    void what_goes_on_for_ever_is_told_ever_more_rarely() {
        int inTheFirstHour = 0;
        int inTheSecondHour = 0;
        for (int second = 0; second < 7200; second++) {
            if (limit.offer(event(second), second * SECOND) != null) {
                if (second < 3600) {
                    inTheFirstHour++;
                } else {
                    inTheSecondHour++;
                }
            }
        }

        assertThat(inTheFirstHour).isBetween(8, 20);
        assertThat(inTheSecondHour).isBetween(5, 7);
    }

    @Test
    void after_a_quiet_time_a_few_at_once_are_told_again() {
        for (int second = 0; second < 7200; second++) {
            limit.offer(event(second), second * SECOND);
        }
        long later = Duration.ofHours(12).toNanos();
        limit.poll(later / 2, true);

        for (int i = 0; i < EventLimit.BURST; i++) {
            assertThat(limit.offer(event(i), later + i)).isNotNull();
        }
        assertThat(limit.offer(event(9), later + 9)).isNull();
        assertThat(limit.offer(event(10), later + 11 * SECOND)).isNotNull();
    }

    @Test
    void the_last_moment_tells_what_had_to_wait() {
        for (int i = 0; i < EventLimit.BURST + 3; i++) {
            limit.offer(event(i), 0);
        }

        Happened last = limit.poll(0, true);

        assertThat(last).isNotNull();
        assertThat(last.event().leftOut()).isEqualTo(2);
    }

    private static Happened event(int number) {
        return new Happened(Event.of(EventKind.RATE_LIMITED, "event " + number), number);
    }
}
