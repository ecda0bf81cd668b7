package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Small commits lie over zeros that were written before, so that their syncs change no size. */
class ZerosAheadTest {
    private static final String SEGMENT = "spool/" + "0".repeat(20) + ".seg";
    private static final int SEGMENT_BYTES = 4 << 20;

    private FaultyStorage storage = FaultyStorage.seeded(1);
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final List<String> put = new ArrayList<>();
    private Spool spool;
    private UpstreamQueue queue;
    private final List<Lane> lanes = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        spool =
                Spool.open(
                        SpoolRig.settings(64L << 20, SEGMENT_BYTES),
                        storage,
                        SpoolObserver.NONE,
                        clock,
                        SpoolRig.seams(1));
        lanes.clear();
        for (int i = 0; i < 20; i++) {
            lanes.add(spool.lane(() -> {}));
        }
        queue = spool.queue("a", SpoolRig.KEEP_ALL);
        spool.retireUnnamed();
    }

    private void commit(int messages) {
        for (int i = 0; i < messages; i++) {
            String text = put.size() + "x".repeat(4000);
            put.add(text);
            assertThat(SpoolRig.put(lanes.get(i), text, 1, clock.micros, put.size())).isTrue();
        }
        assertThat(spool.writer().commitOnce()).isTrue();
    }

    private long size() throws IOException {
        return storage.content(SEGMENT).length;
    }

    @Test
    void small_commits_leave_the_size_of_the_file_alone() throws Exception {
        commit(1);
        long before = size();
        for (int i = 0; i < 200; i++) {
            commit(1);
        }

        assertThat(before).isGreaterThan(1 << 20);
        assertThat(size()).isEqualTo(before);
    }

    @Test
    void the_zeros_go_on_before_they_are_used_up_but_never_beyond_the_segment() throws Exception {
        for (long octets = 0; octets < SEGMENT_BYTES - 10_000; octets += 4100) {
            commit(1);
            assertThat(size()).isGreaterThan(octets + 4100).isLessThanOrEqualTo(SEGMENT_BYTES);
        }

        assertThat(SpoolRig.drain(queue, 100_000)).isEqualTo(put);
    }

    @Test
    void nothing_is_written_ahead_of_large_commits() throws Exception {
        commit(20);

        assertThat(size()).isEqualTo(spool.bytes()).isGreaterThan(80_000);
    }

    @Test
    void a_stop_leaves_no_zeros() throws Exception {
        commit(1);
        long bytes = spool.bytes();
        spool.close();

        assertThat(size()).isEqualTo(bytes);
    }

    @Test
    void zeros_of_a_killed_process_are_no_loss() throws Exception {
        commit(1);
        storage.kill();
        open();

        assertThat(spool.recovery().cutOctets()).isZero();
        assertThat(spool.recovery().damages()).isEmpty();
        assertThat(SpoolRig.drain(queue, 100_000)).isEqualTo(put);
    }

    @Test
    void a_torn_batch_over_zeros_is_cut_and_counted() throws Exception {
        commit(1);
        long end = spool.bytes();
        storage.kill();
        try (StorageFile file = storage.openForWriting(SEGMENT)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 0, 3}), end);
        }
        open();

        assertThat(spool.recovery().cutOctets()).isEqualTo(4);
        assertThat(SpoolRig.drain(queue, 100_000)).isEqualTo(put);
    }

    @Test
    void a_power_cut_over_zeros_loses_nothing_that_was_synced() throws Exception {
        for (long seed = 0; seed < 50; seed++) {
            storage = FaultyStorage.seeded(seed);
            put.clear();
            open();
            commit(1);
            commit(1);
            for (Lane lane : lanes) {
                assertThat(SpoolRig.put(lane, "lost" + seed, 1, clock.micros, 0)).isTrue();
            }
            assertThat(spool.writer().appendOnce()).isTrue();
            storage.crash(new Random(seed));
            open();

            List<String> drained = SpoolRig.drain(queue, 100_000);
            drained.removeIf(text -> text.startsWith("lost"));
            assertThat(drained).as("seed %s", seed).isEqualTo(put);
        }
    }
}
