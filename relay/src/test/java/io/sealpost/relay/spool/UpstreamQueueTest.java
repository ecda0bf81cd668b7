package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpstreamQueueTest {
    private static final QueueSettings RETAINED =
            new QueueSettings(
                    Long.MAX_VALUE,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.BLOCK,
                    QueueSettings.StartAt.RETAINED);

    private final FaultyStorage storage = FaultyStorage.seeded(1);
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final List<String> told = new ArrayList<>();
    private int salts;

    private Spool open() throws Exception {
        SpoolObserver observer =
                new SpoolObserver() {
                    @Override
                    public void dropped(String upstream, long messages, String reason) {
                        told.add(upstream + " dropped " + messages + " " + reason);
                    }

                    @Override
                    public void cursorLost(String upstream) {
                        told.add(upstream + " lost its cursor");
                    }
                };
        return Spool.open(
                SpoolRig.settings(1 << 20, 16 * 1024),
                storage,
                observer,
                clock,
                SpoolRig.seams(++salts));
    }

    private void put(Spool spool, Lane lane, int from, int to, long upstreams) {
        for (int i = from; i < to; i++) {
            assertThat(SpoolRig.put(lane, "m" + i, upstreams, clock.micros, i)).isTrue();
        }
        spool.writer().commitOnce();
    }

    @Test
    void a_number_is_for_life_and_never_given_to_another() throws Exception {
        try (Spool spool = open()) {
            assertThat(spool.queue("a", SpoolRig.KEEP_ALL).number()).isZero();
            assertThat(spool.queue("b", SpoolRig.KEEP_ALL).number()).isEqualTo(1);
            spool.retireUnnamed();
        }
        try (Spool spool = open()) {
            assertThat(spool.queue("b", SpoolRig.KEEP_ALL).number()).isEqualTo(1);
            spool.retireUnnamed();
        }
        try (Spool spool = open()) {
            assertThat(spool.queue("a", SpoolRig.KEEP_ALL).number()).isEqualTo(2);
            assertThat(spool.queue("b", SpoolRig.KEEP_ALL).number()).isEqualTo(1);
        }
    }

    @Test
    void a_removed_upstream_has_its_queued_messages_counted_and_frees_the_log() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            spool.queue("gone", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
        }
        try (Spool spool = open()) {
            spool.retireUnnamed();

            assertThat(told).containsExactly("gone dropped 10 removed");
            assertThat(storage.exists(CursorState.path(0))).isFalse();
        }
    }

    @Test
    void a_new_upstream_begins_now_or_with_what_is_retained() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            spool.queue("old", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
        }
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            spool.queue("old", SpoolRig.KEEP_ALL);
            UpstreamQueue now = spool.queue("now", SpoolRig.KEEP_ALL);
            UpstreamQueue retained = spool.queue("retained", RETAINED);
            spool.retireUnnamed();
            put(spool, lane, 10, 12, 7);
            put(spool, lane, 12, 14, 1);

            assertThat(retained.queued()).isEqualTo(12);
            assertThat(SpoolRig.drain(now, 1000)).containsExactly("m10", "m11");
            assertThat(SpoolRig.drain(retained, 1000)).hasSize(12).first().isEqualTo("m0");
            assertThat(retained.books()).matches(Books::balance);
            assertThat(retained.queued()).isZero();
        }
    }

    @Test
    void messages_older_than_max_age_are_dropped_and_counted() throws Exception {
        QueueSettings hour =
                new QueueSettings(
                        Long.MAX_VALUE,
                        Optional.of(Duration.ofHours(1)),
                        QueueSettings.WhenQueueFull.BLOCK,
                        QueueSettings.StartAt.NOW);
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", hour);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
            clock.micros += Duration.ofMinutes(50).toNanos() / 1000;
            put(spool, lane, 10, 15, 1);
            spool.retention().round();
            assertThat(queue.dropped()).isEmpty();

            clock.micros += Duration.ofMinutes(20).toNanos() / 1000;
            spool.retention().round();

            assertThat(told).containsExactly("up dropped 10 max-age");
            assertThat(queue.oldestQueuedMicros())
                    .isEqualTo(clock.micros - Duration.ofMinutes(20).toNanos() / 1000);
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(5);
            assertThat(queue.books()).matches(Books::balance);
        }
    }

    @Test
    void a_message_set_aside_is_counted_and_never_given_out_again() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
            try (FrameRun run = SpoolRig.take(queue, 1000, Duration.ZERO)) {
                queue.confirm(run.positionOf(4), new byte[0]);
                queue.setAside(run.positionOf(4), "refused");
                queue.rewind(queue.confirmed());
            }

            assertThat(SpoolRig.drain(queue, 1000)).containsExactly("m5", "m6", "m7", "m8", "m9");
            assertThat(queue.dropped()).containsEntry("refused", 1L).hasSize(1);
            assertThat(queue.delivered()).isEqualTo(9);
            assertThat(queue.books()).matches(Books::balance);
        }
    }

    @Test
    void a_run_is_cut_between_messages_and_tells_how_far_octets_reach() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
            try (FrameRun run = SpoolRig.take(queue, 13, Duration.ZERO)) {
                assertThat(SpoolRig.messages(run)).containsExactly("m0", "m1", "m2");
                assertThat(run.positionBehind(0).sequence()).isZero();
                assertThat(run.positionBehind(7).sequence()).isEqualTo(1);
                assertThat(run.positionBehind(8).sequence()).isEqualTo(2);
                assertThat(run.positionBehind(12)).isEqualTo(run.end());
            }
            try (FrameRun run = SpoolRig.take(queue, 1, Duration.ZERO)) {
                assertThat(SpoolRig.messages(run)).containsExactly("m3");
            }
            assertThatThrownBy(() -> queue.confirm(Position.of(9), new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_run_stays_readable_when_its_segment_is_released() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.DROP_OLDEST);
            spool.retireUnnamed();
            put(spool, lane, 0, 1, 1);
            try (FrameRun run = SpoolRig.take(queue, 1000, Duration.ZERO)) {
                queue.confirm(run.end(), new byte[0]);
                for (int i = 0; i < 100; i++) {
                    SpoolRig.put(lane, "x".repeat(900), 0, clock.micros, i);
                    spool.writer().commitOnce();
                }
                spool.retention().round();
                assertThat(storage.exists(Segment.path(0))).isFalse();
                assertThat(SpoolRig.messages(run)).containsExactly("m0");
            }
        }
    }

    @Test
    void lost_upstream_numbers_are_made_again_from_the_cursors() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            spool.queue("a", SpoolRig.KEEP_ALL);
            spool.queue("b", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 2);
        }
        storage.delete(UpstreamNumbers.PATH);
        try (Spool spool = open()) {
            UpstreamQueue b = spool.queue("b", SpoolRig.KEEP_ALL);
            assertThat(b.number()).isEqualTo(1);
            assertThat(SpoolRig.drain(b, 1000)).hasSize(10);
        }
    }

    @Test
    void a_lost_cursor_gives_everything_retained_again() throws Exception {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(spool, lane, 0, 10, 1);
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(10);
        }
        storage.delete(CursorState.path(0));
        try (Spool spool = open()) {
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            assertThat(told).containsExactly("up lost its cursor");
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(10);
            assertThat(queue.books()).matches(Books::balance);
        }
    }

    @Test
    void a_full_log_stops_the_lanes_until_there_is_space() throws Exception {
        List<String> space = new ArrayList<>();
        SpoolSettings small = SpoolRig.settings(64 * 1024, 16 * 1024);
        try (Spool spool =
                Spool.open(small, storage, SpoolObserver.NONE, clock, SpoolRig.seams(1))) {
            Lane lane = spool.lane(() -> space.add("space"));
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            int sent = 0;
            while (SpoolRig.put(lane, "x".repeat(900), 1, clock.micros, sent)) {
                sent++;
                spool.writer().commitOnce();
                spool.retention().round();
            }
            assertThat(spool.full()).isTrue();
            assertThat(spool.bytes()).isLessThan(64 * 1024);
            assertThat(space).isEmpty();

            assertThat(SpoolRig.drain(queue, 10_000)).hasSize(sent);
            spool.retention().round();
            spool.writer().tellLanes();

            assertThat(space).containsExactly("space");
            assertThat(spool.full()).isFalse();
            assertThat(SpoolRig.put(lane, "on", 1, clock.micros, sent)).isTrue();
        }
    }

    @Test
    void wake_ends_a_poll_that_waits() throws Exception {
        try (Spool spool = open()) {
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            queue.wake();
            assertThat(queue.poll(1000, Duration.ofDays(1))).isNull();
        }
    }
}
