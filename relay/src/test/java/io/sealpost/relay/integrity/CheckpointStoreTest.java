package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.MemoryStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CheckpointStoreTest {
    private static final long DAY = 86_400;
    private static final long NOON = 20_000 * DAY + DAY / 2;
    private final MemoryStorage storage = new MemoryStorage();

    @Test
    void the_newest_is_there_at_once_and_as_a_file() throws Exception {
        StoredCheckpoint added;
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertThat(rig.checkpoints.newest()).isEmpty();
            rig.checkpoint(NOON);
            rig.appendTo(7);
            added = rig.checkpoints.add(rig.log.sync(), 1234, NOON + 1);
            assertThat(rig.checkpoints.newest()).contains(added);
        }
        try (CheckpointStore again = CheckpointStore.open(storage, IntegrityRig.SIGNER)) {
            assertThat(again.newest()).contains(added);
            assertThat(added.nextSequence()).isEqualTo(1234);
            assertThat(added.note().verdict(IntegrityRig.SIGNER.verifiers().getFirst()))
                    .isEqualTo(SignedNote.Verdict.VALID);
        }
        assertThat(storage.content(CheckpointStore.NEWEST)).isEqualTo(added.note().encode());
    }

    @Test
    void nothing_is_signed_again_where_nothing_was_added() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            StoredCheckpoint first = rig.checkpoint(NOON);
            assertThat(rig.checkpoint(NOON + 60)).isSameAs(first);
        }
    }

    @Test
    void another_key_is_refused() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(NOON);
        }
        assertReason(Reason.OTHER_KEY, IntegrityRig.signer(1));
    }

    @Test
    void a_damaged_copy_of_the_newest_is_refused_until_it_is_removed() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(NOON);
        }
        IntegrityLogTest.put(storage, CheckpointStore.NEWEST, new byte[] {'x', '\n'});
        assertReason(Reason.CHECKPOINT_DAMAGED, IntegrityRig.SIGNER);

        storage.delete(CheckpointStore.NEWEST);
        try (CheckpointStore again = CheckpointStore.open(storage, IntegrityRig.SIGNER)) {
            assertThat(again.newest()).isPresent();
        }
    }

    @Test
    void after_a_failure_nothing_is_signed_before_the_store_is_opened_anew() throws Exception {
        FaultyStorage faulty = FaultyStorage.seeded(1);
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            IntegrityLog.DurableHead head = rig.log.sync();
            faulty.failSyncs(1);
            assertThatThrownBy(() -> rig.checkpoints.add(head, 0, NOON))
                    .isInstanceOf(IOException.class);
            assertThat(rig.checkpoints.newest()).isEmpty();
            assertThatThrownBy(() -> rig.checkpoints.add(head, 0, NOON))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_torn_record_is_cut_and_a_torn_file_removed() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(NOON);
        }
        String path = CheckpointRow.PATH + "/00000001.notes";
        byte[] whole = storage.content(path);
        byte[] torn = new byte[whole.length + 100];
        System.arraycopy(whole, 0, torn, 0, whole.length);
        System.arraycopy(whole, 16, torn, whole.length, 100);
        IntegrityLogTest.put(storage, path, torn);
        IntegrityLogTest.put(storage, CheckpointRow.PATH + "/00000002.notes", new byte[9]);

        try (CheckpointStore again = CheckpointStore.open(storage, IntegrityRig.SIGNER)) {
            assertThat(again.newest()).isPresent();
            assertThat(sizes(again)).containsExactly(0L);
        }
        assertThat(storage.list(CheckpointRow.PATH)).containsExactly("00000001.notes");
        assertThat(storage.content(path)).isEqualTo(whole);
    }

    @Test
    void days_have_files_of_their_own_and_a_slow_clock_begins_none() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(NOON);
            grow(rig, NOON + DAY, 10);
            grow(rig, NOON, 20);
            assertThat(storage.list(CheckpointRow.PATH)).hasSize(2);
            grow(rig, NOON - 30 * DAY, 30);
            grow(rig, NOON - 30 * DAY + 1, 40);
            assertThat(storage.list(CheckpointRow.PATH)).hasSize(3);
            assertThat(sizes(rig.checkpoints)).containsExactly(0L, 10L, 20L, 30L, 40L);
        }
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            grow(rig, NOON - 30 * DAY + 2, 50);
            assertThat(storage.list(CheckpointRow.PATH)).hasSize(3);
        }
    }

    @Test
    void one_a_minute_is_left_of_files_that_are_a_day_old() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            for (int i = 0; i < 200; i++) {
                grow(rig, NOON + i, i + 1);
            }
            grow(rig, NOON + DAY, 300);
            rig.checkpoints.thin(NOON + DAY);
            assertThat(sizes(rig.checkpoints)).hasSize(202);
            grow(rig, NOON + 2 * DAY, 400);
            rig.checkpoints.thin(NOON + 2 * DAY);
            assertThat(sizes(rig.checkpoints)).containsExactly(60L, 120L, 180L, 200L, 300L, 400L);
            assertThat(rig.checkpoints.octets()).isEqualTo(onDisk());
            grow(rig, NOON + 2 * DAY + 1, 500);
        }
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertThat(sizes(rig.checkpoints)).hasSize(7);
            assertThat(rig.log.size()).isEqualTo(500);
        }
    }

    @Test
    void a_damaged_day_is_told_and_never_rewritten() throws Exception {
        FaultyStorage faulty = FaultyStorage.seeded(1);
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            for (int i = 0; i < 20; i++) {
                grow(rig, NOON + i, i + 1);
            }
            grow(rig, NOON + 3 * DAY, 300);
            String path = CheckpointRow.PATH + "/00000001.notes";
            faulty.flipBit(path, 400, 2);
            byte[] before = faulty.content(path);
            rig.checkpoints.thin(NOON + 3 * DAY);
            assertThat(faulty.content(path)).isEqualTo(before);
            List<String> damaged = new ArrayList<>();
            List<Long> sizes = sizes(rig.checkpoints, damaged);
            assertThat(damaged).containsExactly("00000001.notes");
            assertThat(sizes).hasSize(21).doesNotContain(1L);
        }
    }

    @Test
    void the_size_at_a_time_is_that_of_the_checkpoint_before() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(NOON);
            grow(rig, NOON + 10, 5);
            grow(rig, NOON + DAY, 6);
            assertThat(rig.checkpoints.sizeAt(NOON - 1)).isEmpty();
            assertThat(rig.checkpoints.sizeAt(NOON + 9)).hasValue(0);
            assertThat(rig.checkpoints.sizeAt(NOON + 10)).hasValue(5);
            assertThat(rig.checkpoints.sizeAt(NOON + DAY - 1)).hasValue(5);
            assertThat(rig.checkpoints.sizeAt(NOON + 9 * DAY)).hasValue(6);
        }
    }

    @Test
    void files_from_before_a_time_go_and_the_newest_stays() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            for (int day = 0; day < 5; day++) {
                grow(rig, NOON + day * DAY, day + 1);
            }
            assertThat(rig.checkpoints.drop(NOON + DAY - 1, Long.MAX_VALUE)).isEmpty();
            assertThat(rig.checkpoints.drop(NOON + 2 * DAY, Long.MAX_VALUE)).hasValue(3);
            assertThat(sizes(rig.checkpoints)).containsExactly(3L, 4L, 5L);
            assertThat(rig.checkpoints.sizeAt(NOON + 2 * DAY)).as("still known").hasValue(3);
            assertThat(rig.checkpoints.drop(NOON + 99 * DAY, Long.MAX_VALUE)).hasValue(5);
            assertThat(sizes(rig.checkpoints)).containsExactly(5L);
            assertThat(onDisk()).isEqualTo(rig.checkpoints.octets());
        }
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertThat(rig.checkpoints.octets()).isEqualTo(onDisk());
            grow(rig, NOON + 5 * DAY, 6);
            assertThat(sizes(rig.checkpoints)).containsExactly(5L, 6L);
        }
    }

    /** Else a power cut could bring one back and not those behind it: a gap. */
    @Test
    void each_file_is_gone_for_good_before_the_next_one_goes() throws Exception {
        FaultyStorage faulty = FaultyStorage.seeded(1);
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            for (int day = 0; day < 5; day++) {
                grow(rig, NOON + day * DAY, day + 1);
            }
            long before = faulty.syncs();

            assertThat(rig.checkpoints.drop(NOON + 3 * DAY, Long.MAX_VALUE)).hasValue(4);

            assertThat(faulty.syncs() - before).isEqualTo(3);
        }
    }

    @Test
    void files_beyond_so_many_octets_go_and_the_newest_stays() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            for (int day = 0; day < 5; day++) {
                grow(rig, NOON + day * DAY, day + 1);
                assertThat(rig.checkpoints.octets()).isEqualTo(onDisk());
            }
            long file = storage.content(CheckpointRow.path(3)).length;
            assertThat(rig.checkpoints.drop(0, onDisk())).isEmpty();
            assertThat(rig.checkpoints.drop(0, 3 * file + 100)).hasValue(3);
            assertThat(rig.checkpoints.drop(0, 0)).hasValue(5);
            assertThat(rig.checkpoints.octets()).isEqualTo(onDisk());
        }
    }

    @Test
    void a_long_file_is_followed_by_another_one_of_the_same_day() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            grow(rig, NOON, 1);
        }
        String path = CheckpointRow.path(1);
        byte[] first = storage.content(path);
        byte[] record = Arrays.copyOfRange(first, 16, first.length);
        int times = (int) (CheckpointStore.FILE_OCTETS / record.length) + 1;
        byte[] full = Arrays.copyOf(first, 16 + times * record.length);
        for (int i = 0; i < times; i++) {
            System.arraycopy(record, 0, full, 16 + i * record.length, record.length);
        }
        IntegrityLogTest.put(storage, path, full);

        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            grow(rig, NOON + 1, 2);

            assertThat(storage.list(CheckpointRow.PATH)).hasSize(2);
            assertThat(rig.checkpoints.octets()).isEqualTo(onDisk());
        }
    }

    private long onDisk() throws IOException {
        long octets = 0;
        for (String name : storage.list(CheckpointRow.PATH)) {
            octets += storage.content(CheckpointRow.PATH + '/' + name).length;
        }
        return octets;
    }

    private static void grow(IntegrityRig rig, long seconds, int size) throws IOException {
        if (rig.checkpoints.newest().isEmpty()) {
            rig.checkpoint(seconds);
        }
        rig.appendTo(size);
        rig.checkpoint(seconds);
    }

    private static List<Long> sizes(CheckpointStore checkpoints) throws IOException {
        List<String> damaged = new ArrayList<>();
        List<Long> sizes = sizes(checkpoints, damaged);
        assertThat(damaged).isEmpty();
        return sizes;
    }

    private static List<Long> sizes(CheckpointStore checkpoints, List<String> damaged)
            throws IOException {
        List<Long> sizes = new ArrayList<>();
        checkpoints.walk(
                new CheckpointReader.Visitor() {
                    @Override
                    public void checkpoint(StoredCheckpoint stored) {
                        sizes.add(Objects.requireNonNull(stored).checkpoint().size());
                    }

                    @Override
                    public void damaged(String name) {
                        damaged.add(name);
                    }
                });
        return sizes;
    }

    private void assertReason(Reason reason, LogSigner signer) {
        assertThatThrownBy(() -> CheckpointStore.open(storage, signer))
                .asInstanceOf(type(IntegrityException.class))
                .extracting(IntegrityException::reason)
                .isEqualTo(reason);
    }
}
