package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits for a sync is told of it. */
class LaneTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final List<Long> told = new ArrayList<>();

    @Test
    void who_asked_in_vain_is_told_once_after_the_next_sync() throws Exception {
        try (Spool spool = open(1 << 20)) {
            Lane[] lane = new Lane[1];
            lane[0] = spool.lane(() -> {}, () -> told.add(lane[0].synced()));
            spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(lane[0], 0);
            spool.writer().commitOnce();
            assertThat(told).isEmpty(); // nobody asked

            put(lane[0], 1);
            assertThat(lane[0].reached(1)).isTrue();
            assertThat(lane[0].reached(2)).isFalse();
            assertThat(lane[0].accepted()).isEqualTo(2);
            spool.writer().commitOnce();
            put(lane[0], 2);
            spool.writer().commitOnce();

            assertThat(told).containsExactly(2L);
            assertThat(lane[0].reached(3)).isTrue();
        }
    }

    @Test
    void a_full_log_does_not_hold_back_what_is_durable() throws Exception {
        try (Spool spool = open(64 * 1024)) {
            Lane[] lane = new Lane[1];
            lane[0] = spool.lane(() -> {}, () -> told.add(lane[0].synced()));
            spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            long sent = 0;
            while (SpoolRig.put(lane[0], "x".repeat(900), 1, clock.micros, sent)) {
                sent++;
                assertThat(lane[0].reached(sent)).isFalse();
                spool.writer().commitOnce();
                spool.retention().round();
            }

            assertThat(spool.full()).isTrue();
            assertThat(told).hasSize((int) sent).last().isEqualTo(sent);
        }
    }

    @Test
    void a_callback_that_fails_does_not_end_the_log() throws Exception {
        try (Spool spool = open(1 << 20)) {
            Lane lane =
                    spool.lane(
                            () -> {},
                            () -> {
                                throw new IllegalStateException("of the test");
                            });
            spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(lane, 0);
            assertThat(lane.reached(1)).isFalse();

            assertThat(spool.writer().commitOnce()).isTrue();

            put(lane, 1);
            assertThat(spool.writer().commitOnce()).isTrue();
            assertThat(lane.reached(2)).isTrue();
        }
    }

    private Spool open(long maxBytes) throws Exception {
        return Spool.open(
                SpoolRig.settings(maxBytes, maxBytes / 4),
                storage,
                SpoolObserver.NONE,
                clock,
                SpoolRig.seams(1));
    }

    private void put(Lane lane, int ordinal) {
        assertThat(SpoolRig.put(lane, "m" + ordinal, 1, clock.micros, ordinal)).isTrue();
    }
}
