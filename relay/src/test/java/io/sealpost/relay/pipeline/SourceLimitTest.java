package io.sealpost.relay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SourceLimitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void lets_a_burst_in_and_then_as_many_as_time_allows() {
        SourceLimit limit = SourceLimit.of(10, 3, 0, _ -> {});

        assertThat(taken(limit, 5, 0)).isEqualTo(3);
        assertThat(taken(limit, 5, SECOND / 10 - 1)).isZero();
        assertThat(taken(limit, 5, SECOND / 10)).isEqualTo(1);
        assertThat(taken(limit, 5, SECOND / 2)).isEqualTo(3);
        assertThat(taken(limit, 5, 100 * SECOND)).isEqualTo(3);
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        SourceLimit limit = SourceLimit.of(1, 1, 0, _ -> {});

        assertThat(limit.take(0)).isTrue();
        limit.giveBack();

        assertThat(limit.take(0)).isTrue();
        assertThat(limit.take(0)).isFalse();
    }

    @Test
    void without_a_limit_everything_comes_in() {
        assertThat(taken(SourceLimit.NONE, 1000, Long.MIN_VALUE)).isEqualTo(1000);
    }

    /** Against a bucket that counts tokens, at random times; also where the clock wraps around. */
    @RepeatedTest(50)
    void agrees_with_a_bucket_of_tokens(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        int perSecond = 1 + random.nextInt(1000);
        int burst = 1 + random.nextInt(50);
        long nanos = SECOND / perSecond;
        long start = Long.MAX_VALUE - random.nextLong(2 * SECOND);
        SourceLimit limit = SourceLimit.of(perSecond, burst, start, _ -> {});
        long filled = burst * nanos;
        long elapsed = 0;
        for (int i = 0; i < 2000; i++) {
            long step = random.nextLong(2 * nanos);
            elapsed += step;
            filled = Math.min(burst * nanos, filled + step);
            boolean expected = filled >= nanos;
            filled -= expected ? nanos : 0;

            assertThat(limit.take(start + elapsed)).as("message %d", i).isEqualTo(expected);
        }
    }

    @Test
    void threads_together_take_no_more_than_the_burst() throws Exception {
        SourceLimit limit = SourceLimit.of(1, 10_000, 0, _ -> {});
        AtomicInteger all = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> all.addAndGet(taken(limit, 5_000, SECOND / 2))));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(all).hasValue(10_000);
    }

    @Test
    void tells_of_the_first_drop_and_again_after_the_count_was_taken() {
        AtomicInteger told = new AtomicInteger();
        SourceLimit limit = SourceLimit.of(1, 1, 0, _ -> told.incrementAndGet());

        limit.drop();
        limit.drop();
        assertThat(told).hasValue(1);
        assertThat(limit.takeDropped()).isEqualTo(2);
        assertThat(limit.takeDropped()).isZero();
        limit.drop();

        assertThat(told).hasValue(2);
    }

    private static int taken(SourceLimit limit, int tries, long now) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limit.take(now) ? 1 : 0;
        }
        return taken;
    }
}
