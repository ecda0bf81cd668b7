package io.sealpost.relay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Messages a second of the last ten seconds. */
class RecentRatesTest {
    private final RelayMetrics metrics = new RelayMetrics();
    private final RecentRates rates = new RecentRates(metrics);

    @Test
    void the_rate_is_that_of_the_last_ten_looks() {
        metrics.listener("a").received(1_000_000, 1);
        rates.look();
        assertThat(rates.perSecond("a")).isZero();

        for (int second = 0; second < 30; second++) {
            metrics.listener("a").received(second < 20 ? 700 : 50, 1);
            rates.look();
        }
        assertThat(rates.perSecond("a")).isEqualTo(50);
        assertThat(rates.perSecond("unknown")).isZero();
    }

    @Test
    void a_listener_that_comes_later_has_a_rate_of_its_own() {
        metrics.listener("a").received(10, 1);
        rates.look();
        metrics.listener("b").received(5, 1);
        rates.look();
        metrics.listener("b").received(7, 1);
        rates.look();

        assertThat(rates.perSecond("b")).isEqualTo(7);
        assertThat(rates.perSecond("a")).isZero();
    }
}
