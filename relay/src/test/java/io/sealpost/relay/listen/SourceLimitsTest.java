package io.sealpost.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.pipeline.SourceLimit;
import io.sealpost.relay.runtime.NanoClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SourceLimitsTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void each_address_has_a_limit_of_its_own_for_good() throws Exception {
        SourceLimits limits = limits(Optional.of(new RateLimit(1, 1)));

        SourceLimit one = limits.of(InetAddress.getByName("192.0.2.1"));

        assertThat(limits.of(InetAddress.getByName("192.0.2.1"))).isSameAs(one);
        assertThat(limits.of(InetAddress.getByName("192.0.2.2"))).isNotSameAs(one);
    }

    @Test
    void without_a_limit_nobody_has_one() throws Exception {
        assertThat(limits(Optional.empty()).of(InetAddress.getByName("192.0.2.1")))
                .isSameAs(SourceLimit.NONE);
    }

    @Test
    void what_a_source_lost_is_told_once_for_each_interval() throws Exception {
        SourceLimits limits = limits(Optional.of(new RateLimit(1, 1)));
        SourceLimit one = limits.of(InetAddress.getByName("192.0.2.1"));

        one.drop();
        one.drop();
        limits.of(InetAddress.getByName("2001:db8::1")).drop();
        await().until(() -> told.size() == 2);
        assertThat(told).containsValues(2L, 1L);
        one.drop();

        await().until(() -> told.containsValue(3L));
    }

    private SourceLimits limits(Optional<RateLimit> limit) {
        return new SourceLimits(
                limit,
                timer,
                NanoClock.system(),
                Duration.ofMillis(20),
                (source, count) -> told.merge(source.getHostAddress(), count, Long::sum));
    }
}
