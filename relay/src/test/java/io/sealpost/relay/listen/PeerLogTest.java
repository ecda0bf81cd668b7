package io.sealpost.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import io.sealpost.relay.LogLines;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerLogTest {
    private static final Duration NEVER = Duration.ofDays(1);

    private final Logger logger = (Logger) LoggerFactory.getLogger(PeerLogTest.class);
    private final LogLines logged = LogLines.of(PeerLogTest.class);
    private final List<Event> raised = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong nanos = new AtomicLong();

    private final NanoClock clock =
            new NanoClock() {
                @Override
                public long nanos() {
                    return nanos.get();
                }

                @Override
                public long epochMicros() {
                    return nanos() / 1000;
                }
            };

    @AfterEach
    void stop() {
        logged.close();
        timer.shutdownNow();
    }

    @Test
    void each_address_is_named_once_a_second_for_each_reason() throws Exception {
        PeerLog log = log(NEVER);

        tell(log, 1, "allow");
        tell(log, 1, "allow");
        tell(log, 1, "tls");
        tell(log, 2, "allow");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        tell(log, 1, "allow");

        assertThat(logged.all())
                .containsExactly(
                        "allow 10.0.0.1",
                        "tls 10.0.0.1",
                        "allow 10.0.0.2 (and 1 more like it)",
                        "allow 10.0.0.1");
    }

    @Test
    void a_flood_of_many_addresses_gives_a_few_lines_a_second() throws Exception {
        PeerLog log = log(NEVER);

        for (int second = 0; second < 2; second++) {
            for (int peer = 0; peer < 2_000; peer++) {
                tell(log, peer, "allow");
            }
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(logged.all())
                .hasSize(2 * PeerLog.MAX_LINES)
                .contains("allow 10.0.0.0 (and 1980 more like it)", atIndex(PeerLog.MAX_LINES));
        assertThat(raised).extracting(Event::leftOut).filteredOn(more -> more > 0).hasSize(1);
    }

    @Test
    void what_was_left_out_is_told_though_no_other_comes() throws Exception {
        PeerLog log = log(Duration.ZERO);

        for (int round = 1; round <= 2; round++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            CountDownLatch all = new CountDownLatch(1);
            Future<?> held = timer.submit(() -> all.await(1, TimeUnit.MINUTES));
            for (int times = 0; times < 3; times++) {
                tell(log, 1, "allow");
            }
            all.countDown();
            held.get();
            int told = 2 * round;
            await().until(() -> logged.all().size() == told);
        }

        assertThat(logged.all())
                .containsExactly(
                        "allow 10.0.0.1",
                        "allow 10.0.0.1 (and 1 more like it)",
                        "allow 10.0.0.1",
                        "allow 10.0.0.1 (and 1 more like it)");
        assertThat(raised).extracting(Event::leftOut).containsExactly(0L, 1L, 0L, 1L);
    }

    private PeerLog log(Duration patience) {
        return new PeerLog(logger, raised::add, clock, timer, patience);
    }

    private static void tell(PeerLog log, int peer, String reason) throws UnknownHostException {
        byte[] octets = {10, 0, (byte) (peer >> 8), (byte) peer};
        InetAddress address = InetAddress.getByAddress(octets);
        String text = reason + " " + address.getHostAddress();
        log.tell(address, reason, () -> Event.of(EventKind.CONNECTION_REFUSED, text));
    }
}
