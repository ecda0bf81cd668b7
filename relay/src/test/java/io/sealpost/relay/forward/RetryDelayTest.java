package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryDelayTest {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(1);

    @Test
    void doubles_from_the_first_to_the_longest() {
        RetryDelay delay = new RetryDelay(FIRST, MAX, always(true));

        assertThat(Stream.generate(delay::next).limit(6).map(Duration::toMillis))
                .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void chance_takes_away_at_most_half() {
        RetryDelay delay = new RetryDelay(FIRST, MAX, always(false));

        assertThat(Stream.generate(delay::next).limit(6).map(Duration::toMillis))
                .containsExactly(50L, 100L, 200L, 400L, 500L, 500L);
    }

    @Test
    void success_starts_it_anew() {
        RetryDelay delay = new RetryDelay(FIRST, MAX, always(true));
        delay.next();
        delay.next();

        delay.reset();

        assertThat(delay.next()).isEqualTo(FIRST);
    }

    private static RandomGenerator always(boolean largest) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("not asked for");
            }

            @Override
            public long nextLong(long bound) {
                return largest ? bound - 1 : 0;
            }
        };
    }
}
