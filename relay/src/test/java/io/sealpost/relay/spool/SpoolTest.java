package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpoolTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();

    private Spool open() throws Exception {
        return Spool.open(
                SpoolRig.settings(1 << 20, 16 * 1024),
                storage,
                SpoolObserver.NONE,
                clock,
                SpoolRig.seams(1));
    }

    @Test
    void messages_go_in_and_come_out_in_order_to_whom_they_are_routed() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue a = spool.queue("a", SpoolRig.KEEP_ALL);
            UpstreamQueue b = spool.queue("b", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            List<String> forA = new ArrayList<>();
            List<String> forB = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                String text = "message " + i;
                long mask = i % 3 == 0 ? 3 : i % 3 == 1 ? 1 : 2;
                assertThat(SpoolRig.put(lane, text, mask, clock.micros + i / 10, i)).isTrue();
                if ((mask & 1) != 0) {
                    forA.add(text);
                }
                if ((mask & 2) != 0) {
                    forB.add(text);
                }
                if (i % 7 == 6) {
                    spool.writer().commitOnce();
                }
            }
            spool.writer().commitOnce();

            assertThat(spool.synced()).isEqualTo(1000);
            assertThat(lane.synced()).isEqualTo(1000).isEqualTo(lane.accepted());
            assertThat(SpoolRig.drain(a, 50)).isEqualTo(forA);
            assertThat(SpoolRig.drain(b, 100_000)).isEqualTo(forB);
            assertThat(a.books().balance()).isTrue();
            assertThat(a.delivered()).isEqualTo(forA.size());
            assertThat(b.books().queued()).isZero();
        }
    }

    @Test
    void what_was_not_delivered_is_there_after_a_restart_and_so_are_the_counts() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("a", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            for (int i = 0; i < 100; i++) {
                SpoolRig.put(lane, "message " + i, 1, clock.micros, i);
            }
            spool.writer().commitOnce();
            try (FrameRun run = SpoolRig.take(queue, 400, Duration.ZERO)) {
                queue.confirm(run.positionOf(10), new byte[] {7});
            }
            assertThat(queue.delivered()).isEqualTo(10);
        }
        try (Spool spool = open()) {
            UpstreamQueue queue = spool.queue("a", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();

            assertThat(queue.state()).containsExactly(7);
            assertThat(queue.books().delivered()).isEqualTo(10);
            assertThat(queue.books().queued()).isEqualTo(90);
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(90).first().isEqualTo("message 10");
            assertThat(queue.books().routed()).isEqualTo(100);
        }
    }

    @Test
    void the_threads_make_it_durable_and_wake_the_reader() throws Exception {
        try (Spool spool =
                Spool.open(
                        SpoolRig.settings(1 << 24, 1 << 20),
                        storage,
                        SpoolObserver.NONE,
                        NanoClock.system())) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("a", SpoolRig.KEEP_ALL);
            spool.start();
            SpoolRig.put(lane, "hello", 1, clock.micros, 0);

            try (FrameRun run = SpoolRig.take(queue, 1000, Duration.ofSeconds(30))) {
                assertThat(SpoolRig.messages(run)).containsExactly("hello");
            }
            assertThat(spool.awaitSynced(Duration.ofSeconds(30))).isTrue();
        }
    }
}
