package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.Beside;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The faults that broke others' disk buffers, by name. */
@Beside
class SpoolKnownErrorsTest {
    private static final String FIRST = Segment.path(0);

    private final FaultyStorage storage = FaultyStorage.seeded(1);
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final List<String> told = new ArrayList<>();
    private int salts;

    private final SpoolObserver observer =
            new SpoolObserver() {
                @Override
                public void quarantined(long first, long end, long octets, String file) {
                    told.add("quarantined " + first + "-" + end);
                }

                @Override
                public void syncFailed(String reason, long messages) {
                    told.add("sync failed");
                }

                @Override
                public void writeFailed(String reason, long messages) {
                    told.add("write failed");
                }

                @Override
                public void writable() {
                    told.add("writable");
                }

                @Override
                public void dropped(String upstream, long messages, String reason) {
                    told.add(upstream + " dropped " + messages + " " + reason);
                }
            };

    private Spool open(SpoolSettings settings) throws Exception {
        return Spool.open(settings, storage, observer, clock, SpoolRig.seams(++salts));
    }

    private Spool open() throws Exception {
        return open(SpoolRig.settings(1 << 20, 64 * 1024));
    }

    private void put(Lane lane, String... texts) {
        for (String text : texts) {
            assertThat(SpoolRig.put(lane, text, 1, clock.micros, 0)).isTrue();
        }
    }

    /** Batches [a0, a1], [b0, b1], [c0, c1], each a commit of its own; the process then dies. */
    private void threeBatches() throws Exception {
        Spool spool = open();
        Lane lane = spool.lane(() -> {});
        spool.queue("up", SpoolRig.KEEP_ALL);
        spool.retireUnnamed();
        for (String name : List.of("a", "b", "c")) {
            put(lane, name + "0", name + "1");
            spool.writer().commitOnce();
        }
        storage.kill();
    }

    private List<String> reopenAndDrain() throws Exception {
        try (Spool spool = open()) {
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            List<String> all = SpoolRig.drain(queue, 1000);
            assertBalanced(queue);
            assertThat(queue.queued()).isZero();
            return all;
        }
    }

    private static void assertBalanced(UpstreamQueue queue) {
        assertThat(queue.books()).matches(Books::balance, "balances");
    }

    /** Where batches begin in a segment, found by the magic. */
    private List<Integer> batches(String path) throws Exception {
        byte[] octets = storage.content(path);
        List<Integer> found = new ArrayList<>();
        for (int i = SegmentHeader.LENGTH; i + 4 <= octets.length; i++) {
            if (new String(octets, i, 4, StandardCharsets.US_ASCII).equals("SPLB")) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void messages_that_look_like_batch_headers_are_only_messages() throws Exception {
        threeBatches();
        byte[] stolen = storage.content(FIRST);
        List<Integer> places = batches(FIRST);
        byte[] fake = new byte[2 * (places.get(2) - places.get(1))]; // both batches behind it
        System.arraycopy(stolen, places.get(1), fake, 0, fake.length);
        String segment;
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            SpoolRig.put(lane, fake, 1, clock.micros, 0, 0, new byte[0]);
            spool.writer().commitOnce();
            put(lane, "behind");
            spool.writer().commitOnce();
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(8).last().isEqualTo("behind");
            queue.rewind(Position.of(0));
            segment = Segment.path(6);
            queue.persist();
        }
        // Now damage the true header before it, so that the search meets the false ones.
        storage.flipBit(segment, SegmentHeader.LENGTH + 9, 3);
        try (Spool spool = open()) {
            assertThat(spool.recovery().next()).isEqualTo(8);
            assertThat(spool.recovery().damages())
                    .extracting(Recovery.Damage::firstSequence, Recovery.Damage::endSequence)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(6L, 7L));
        }
    }

    @Test
    void batch_n_torn_with_n_plus_1_intact_is_quarantined_where_it_was_durable() throws Exception {
        threeBatches();
        storage.flipBit(FIRST, batches(FIRST).get(1) + BatchHeader.LENGTH, 0);

        assertThat(reopenAndDrain()).containsExactly("a0", "a1", "c0", "c1");
        assertThat(told).containsExactly("quarantined 2-4");
    }

    @Test
    void batch_n_torn_with_n_plus_1_intact_is_cut_where_neither_was_durable() throws Exception {
        Spool spool = open();
        Lane one = spool.lane(() -> {});
        Lane other = spool.lane(() -> {});
        spool.queue("up", SpoolRig.KEEP_ALL);
        spool.retireUnnamed();
        put(one, "a");
        spool.writer().commitOnce();
        put(one, "b");
        put(other, "c");
        assertThat(spool.writer().appendOnce()).isTrue();
        storage.kill();
        storage.flipBit(FIRST, batches(FIRST).get(1) + BatchHeader.LENGTH, 0);

        assertThat(reopenAndDrain()).containsExactly("a");
        assertThat(told).isEmpty();
    }

    @Test
    void a_bit_flipped_anywhere_costs_at_most_its_batch() throws Exception {
        threeBatches();
        List<Integer> places = batches(FIRST);
        int size = places.getLast() + places.get(2) - places.get(1); // zeros lie behind
        List<String> all = List.of("a0", "a1", "b0", "b1", "c0", "c1");
        for (int at = 0; at < size; at++) {
            SpoolKnownErrorsTest fresh = new SpoolKnownErrorsTest();
            fresh.threeBatches();
            fresh.storage.flipBit(FIRST, at, at % 8);

            List<String> left = fresh.reopenAndDrain();

            assertThat(all).as("octet %s", at).containsSubsequence(left);
            assertThat(left).as("octet %s", at).hasSizeGreaterThanOrEqualTo(4);
            if (at < SegmentHeader.LENGTH) {
                assertThat(left).as("octet %s", at).hasSize(6);
            }
        }
    }

    @Test
    void a_segment_whose_header_is_destroyed_is_moved_away_and_counted() throws Exception {
        threeBatches();
        reopenAndDrain();
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            spool.queue("up", SpoolRig.KEEP_ALL);
            put(lane, "d");
            spool.writer().commitOnce();
        }
        storage.flipBit(Segment.path(6), 100, 1);
        storage.flipBit(Segment.path(6), 2048 + 100, 1);

        try (Spool spool = open()) {
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            Lane lane = spool.lane(() -> {});
            put(lane, "e");
            spool.writer().commitOnce();

            assertThat(SpoolRig.drain(queue, 1000)).containsExactly("e");
            assertThat(told).contains("quarantined 6-7");
            assertThat(queue.dropped()).containsEntry(DropReason.QUARANTINED, 1L);
            assertBalanced(queue);
            assertThat(storage.exists("quarantine/" + Segment.name(6))).isTrue();
        }
    }

    @Test
    void a_full_disk_loses_nothing_and_goes_on_when_it_is_free_again() throws Exception {
        AtomicInteger space = new AtomicInteger();
        try (Spool spool = open()) {
            Lane lane = spool.lane(space::incrementAndGet);
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            put(lane, "before");
            spool.writer().commitOnce();
            storage.limitSpace(70);
            int accepted = 0;
            while (SpoolRig.put(lane, "message " + accepted, 1, clock.micros, 0)) {
                accepted++;
                spool.writer().commitOnce();
            }
            assertThat(spool.writable()).isFalse();
            assertThat(accepted).isGreaterThan(100);
            assertThat(space).hasValue(0);

            storage.freeSpace();
            spool.writer().commitOnce();
            spool.writer().commitOnce();

            assertThat(spool.writable()).isTrue();
            assertThat(space).hasValue(1);
            assertThat(SpoolRig.drain(queue, 1000)).hasSize(1 + accepted);
            assertThat(told).containsExactly("write failed", "writable");
            assertBalanced(queue);
        }
    }

    @Test
    void the_reserve_of_the_volume_is_left_free_but_cursors_are_written() throws Exception {
        SpoolSettings settings =
                new SpoolSettings(
                        1 << 20,
                        64 * 1024,
                        Duration.ofMillis(1),
                        Duration.ZERO,
                        50_000,
                        SpoolSettings.WhenFull.BLOCK,
                        1024);
        try (Spool spool = open(settings)) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue queue = spool.queue("up", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            storage.limitSpace(40_000);
            put(lane, "waits");

            assertThat(spool.writer().commitOnce()).isFalse();
            assertThat(spool.full()).isTrue();
            queue.countResent(1);
            queue.persist();

            storage.limitSpace(400_000);
            assertThat(spool.writer().commitOnce()).isTrue();
            assertThat(spool.full()).isFalse();
            assertThat(SpoolRig.drain(queue, 1000)).containsExactly("waits");
            assertBalanced(queue);
        }
    }

    @Test
    void a_failed_fsync_is_never_retried_but_written_anew() throws Exception {
        Spool spool = open();
        Lane lane = spool.lane(() -> {});
        spool.queue("up", SpoolRig.KEEP_ALL);
        spool.retireUnnamed();
        put(lane, "a");
        spool.writer().commitOnce();
        put(lane, "b");
        storage.failSyncs(1);
        assertThat(spool.writer().commitOnce()).isFalse();
        assertThat(spool.synced()).isEqualTo(1);
        assertThat(spool.writable()).isFalse();

        assertThat(spool.writer().commitOnce()).isTrue();
        assertThat(spool.synced()).isEqualTo(2);
        storage.crash(new Random(1));

        assertThat(storage.list(Segment.FOLDER)).containsExactly(Segment.name(0), Segment.name(1));
        assertThat(reopenAndDrain()).containsExactly("a", "b");
        assertThat(told).containsExactly("sync failed", "writable");
    }

    @Test
    void a_second_instance_on_the_same_folder_is_refused(@TempDir Path folder) throws Exception {
        Storage real = FileStorage.at(folder);
        SpoolSettings settings = SpoolRig.settings(1 << 20, 64 * 1024);
        try (Spool first = Spool.open(settings, real, observer, clock)) {
            assertThat(first.synced()).isZero();
            assertThatThrownBy(() -> Spool.open(settings, real, observer, clock))
                    .isInstanceOf(SpoolException.class)
                    .hasMessageContaining("another instance");
        }
        Spool.open(settings, real, observer, clock).close();
    }

    @Test
    void an_unwritable_folder_is_refused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        assertThatThrownBy(
                        () ->
                                Spool.open(
                                        SpoolRig.settings(1 << 20, 64 * 1024),
                                        FileStorage.at(file.resolve("data")),
                                        observer,
                                        clock))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("data folder");
    }

    @Test
    void a_dead_upstream_while_the_spool_fills_three_times_over_harms_nobody() throws Exception {
        long max = 200 * 1024;
        SpoolSettings settings = SpoolRig.settings(max, 16 * 1024);
        try (Spool spool = open(settings)) {
            Lane lane = spool.lane(() -> {});
            UpstreamQueue dead = spool.queue("dead", SpoolRig.DROP_OLDEST);
            UpstreamQueue live = spool.queue("live", SpoolRig.KEEP_ALL);
            spool.retireUnnamed();
            String text = "x".repeat(200);
            long octets = 0;
            int sent = 0;
            while (octets < 3 * max) {
                for (int i = 0; i < 20; i++) {
                    assertThat(SpoolRig.put(lane, text + sent, 3, clock.micros, sent)).isTrue();
                    sent++;
                    octets += text.length();
                }
                spool.writer().commitOnce();
                assertThat(SpoolRig.drain(live, 100_000)).hasSize(20);
                assertThat(live.queued()).isZero();
                spool.retention().round();
                assertThat(spool.bytes()).isLessThan(max);
                assertBalanced(dead);
                assertBalanced(live);
            }
            assertThat(live.delivered()).isEqualTo(sent);
            assertThat(dead.dropped().get(DropReason.BUFFER_FULL)).isPositive();
            assertThat(told).allMatch(line -> line.startsWith("dead dropped"));
            List<String> left = SpoolRig.drain(dead, 100_000);
            assertThat(left).last().isEqualTo(text + (sent - 1));
            assertThat(dead.routed()).isEqualTo(sent);
            assertThat(dead.books().droppedTotal() + left.size()).isEqualTo(sent);
            assertBalanced(dead);
        }
    }
}
