package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.Events;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When drops are told. */
class DropReportsTest {
    private long nanos;
    private long own;
    private final DropReports reports =
            new DropReports(
                    new NanoClock() {
                        @Override
                        public long nanos() {
                            return nanos;
                        }

                        @Override
                        public long epochMicros() {
                            return 0;
                        }
                    },
                    new Events() {
                        @Override
                        public void raise(Event event) {}

                        @Override
                        public long taken() {
                            return own;
                        }
                    });

    @Test
    void drops_of_ten_seconds_are_told_together() {
        assertThat(reports.add("a", 3).messages()).isEqualTo(3);
        assertThat(reports.add("a", 4).messages()).isZero();
        assertThat(reports.add("b", 1).messages()).isEqualTo(1);
        nanos += Duration.ofSeconds(10).toNanos();
        assertThat(reports.add("a", 5).messages()).isEqualTo(9);
    }

    @Test
    void a_queue_that_drops_only_what_the_relay_says_about_drops_ends_the_talk() {
        own = 1;
        int raised = 0;
        for (int i = 0; i < 1000; i++) {
            nanos += Duration.ofSeconds(10).toNanos();
            if (reports.add("a", 1).raised().isPresent()) {
                raised++;
                own++; // its message pushes the next one out of the queue
            }
        }
        assertThat(raised).isLessThan(1000);

        assertThat(own).isLessThanOrEqualTo(1001);
        nanos += Duration.ofSeconds(10).toNanos();
        assertThat(reports.add("a", 500).raised()).isPresent();
    }
}
