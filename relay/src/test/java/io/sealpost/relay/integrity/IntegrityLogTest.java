package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.MemoryStorage;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntegrityLogTest {
    private final MemoryStorage storage = new MemoryStorage();

    @Test
    void a_tree_of_seventy_thousand_leaves_comes_back_and_proves_each() throws Exception {
        int size = 70_001;
        MemoryTree tree = MemoryTree.ofNumbers(size);
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(size);
            rig.checkpoint(1);
        }
        assertThat(storage.list(HashFolder.PATH)).hasSize(274 + 2 + 1);
        try (IntegrityRig rig = IntegrityRig.open(storage);
                HashReader reader = rig.log.reader()) {
            assertThat(rig.log.size()).isEqualTo(size);
            assertThat(rig.log.root()).isEqualTo(tree.root(size));
            TiledNodes nodes = new TiledNodes(reader);
            for (int i = 0; i < size; i += 997) {
                List<Hash> proof = Proofs.inclusion(i, size, nodes).orElseThrow();
                assertThat(Proofs.includes(tree.leaf(i), i, size, proof, tree.root(size))).isTrue();
            }
            List<Hash> grown = Proofs.consistency(65_000, size, nodes).orElseThrow();
            assertThat(Proofs.consistent(65_000, size, grown, tree.root(65_000), tree.root(size)))
                    .isTrue();
        }
    }

    @Test
    void what_no_checkpoint_covers_is_asked_for_again() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(300);
            rig.checkpoint(1);
            rig.appendTo(900);
            rig.log.sync();
        }
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertThat(rig.log.size()).isEqualTo(300);
            rig.log.append(290, rig.leaves(290, 310), 20);
            assertThat(rig.log.root()).isEqualTo(MemoryTree.ofNumbers(310).root(310));
        }
    }

    @Test
    void readers_see_what_is_durable_and_no_more() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage);
                HashReader reader = rig.log.reader()) {
            rig.checkpoint(0);
            rig.appendTo(10);
            byte[] out = new byte[Hash.OCTETS];
            assertThatThrownBy(() -> reader.read(0, 0, 1, out, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            rig.log.sync();
            reader.read(0, 9, 1, out, 0);
            assertThat(out).isEqualTo(rig.leaves(9, 10));
        }
    }

    @Test
    void other_entries_than_were_signed_are_refused() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(300);
            rig.checkpoint(1);
        }
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertRefused(Reason.OTHER_ENTRIES, () -> rig.log.append(299, rig.leaves(298, 300), 2));
        }
    }

    @Test
    void a_gap_and_hashes_before_any_checkpoint_are_bugs() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            assertThatThrownBy(() -> rig.log.append(0, rig.leaves(0, 1), 1))
                    .isInstanceOf(IllegalStateException.class);
            rig.checkpoint(0);
            assertThatThrownBy(() -> rig.log.append(1, rig.leaves(1, 2), 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void hash_files_of_an_older_copy_are_told_from_torn_ones() throws Exception {
        Map<String, byte[]> copy;
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(500);
            rig.checkpoint(1);
            copy = copy(HashFolder.PATH);
            rig.appendTo(510);
            rig.checkpoint(2);
        }
        putBack(copy);

        assertRefused(Reason.HASHES_MISSING, () -> IntegrityRig.open(storage));
        assertThat(copy(HashFolder.PATH).keySet()).isEqualTo(copy.keySet());
    }

    @Test
    void checkpoints_of_an_older_copy_are_noticed_by_the_newest() throws Exception {
        Map<String, byte[]> copy;
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(500);
            rig.checkpoint(1);
            copy = copy(CheckpointRow.PATH);
            rig.appendTo(510);
            rig.checkpoint(2);
        }
        putBack(copy);

        assertRefused(Reason.CHECKPOINT_DAMAGED, () -> IntegrityRig.open(storage));
    }

    @Test
    void hashes_without_any_checkpoint_are_refused() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(5);
            rig.checkpoint(1);
        }
        storage.delete(CheckpointRow.PATH + "/00000001.notes");
        storage.delete(CheckpointStore.NEWEST);

        assertRefused(Reason.CHECKPOINT_MISSING, () -> IntegrityRig.open(storage));
    }

    @Test
    void a_bit_on_the_right_edge_is_another_root() throws Exception {
        FaultyStorage faulty = FaultyStorage.seeded(1);
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            rig.checkpoint(0);
            rig.appendTo(257);
            rig.checkpoint(1);
        }
        faulty.flipBit(HashFolder.of(faulty).path(0, 256), HashFolder.HEADER, 3);

        assertRefused(Reason.HASHES_DAMAGED, () -> IntegrityRig.open(faulty));
    }

    @Test
    void files_of_a_later_release_are_refused_by_name() throws Exception {
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(3);
            rig.checkpoint(1);
        }
        try (CheckpointStore checkpoints = CheckpointStore.open(storage, IntegrityRig.SIGNER)) {
            assertThatThrownBy(() -> IntegrityLog.open(storage, checkpoints))
                    .asInstanceOf(type(IntegrityException.class))
                    .extracting(IntegrityException::reason)
                    .isEqualTo(Reason.OTHER_FORMAT);
        }
    }

    @Test
    void after_a_failure_nothing_goes_on_before_the_log_is_opened_anew() throws Exception {
        FaultyStorage faulty = FaultyStorage.seeded(1);
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            rig.checkpoint(0);
            rig.appendTo(3);
            faulty.failSyncs(1);
            assertThatThrownBy(rig.log::sync).isInstanceOf(IOException.class);
            try (HashReader reader = rig.log.reader()) {
                assertThat(reader.size()).isZero();
            }
            assertThatThrownBy(rig.log::sync).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> rig.appendTo(4)).isInstanceOf(IllegalStateException.class);
        }
        try (IntegrityRig rig = IntegrityRig.open(faulty)) {
            rig.appendTo(3);
            assertThat(rig.checkpoint(1).checkpoint().size()).isEqualTo(3);
        }
    }

    @Test
    void leaf_hashes_go_by_age_and_by_size_and_the_rest_proves_on() throws Exception {
        int size = 2000;
        long file = SPAN_OCTETS;
        MemoryTree tree = MemoryTree.ofNumbers(size);
        try (IntegrityRig rig = IntegrityRig.open(storage)) {
            rig.checkpoint(0);
            rig.appendTo(size);
            assertThat(rig.log.firstLeafWithin(size, 0)).as("without checkpoint").isZero();
            rig.checkpoint(1);
            long octets = rig.log.octets();
            assertThat(octets).isEqualTo(octetsOnDisk());
            assertThat(rig.log.firstLeafWithin(511, octets)).isEqualTo(256);
            assertThat(rig.log.firstLeafWithin(512, octets)).isEqualTo(512);
            assertThat(rig.log.firstLeafWithin(0, octets - 1)).isEqualTo(256);
            assertThat(rig.log.firstLeafWithin(0, octets - 3 * file)).isEqualTo(768);
            assertThat(rig.log.firstLeafWithin(size, 0)).isEqualTo(1792);
            rig.log.dropBefore(768);
            assertThat(rig.log.octets()).isEqualTo(octets - 3 * file).isEqualTo(octetsOnDisk());
        }
        try (IntegrityRig rig = IntegrityRig.open(storage);
                HashReader reader = rig.log.reader()) {
            assertThat(rig.log.firstLeaf()).isEqualTo(768);
            TiledNodes nodes = new TiledNodes(reader);
            for (int i = 768; i < size; i += 7) {
                List<Hash> proof = Proofs.inclusion(i, size, nodes).orElseThrow();
                assertThat(Proofs.includes(tree.leaf(i), i, size, proof, tree.root(size))).isTrue();
            }
            assertThatThrownBy(() -> Proofs.inclusion(767, size, nodes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not kept");
        }
    }

    private static final int SPAN_OCTETS = HashFolder.HEADER + IntegrityRig.SPAN * Hash.OCTETS;

    private long octetsOnDisk() throws IOException {
        return copy(HashFolder.PATH).values().stream().mapToLong(octets -> octets.length).sum();
    }

    private Map<String, byte[]> copy(String folder) throws IOException {
        Map<String, byte[]> copy = new HashMap<>();
        for (String name : storage.list(folder)) {
            copy.put(folder + '/' + name, storage.content(folder + '/' + name));
        }
        return copy;
    }

    private void putBack(Map<String, byte[]> copy) throws IOException {
        for (Map.Entry<String, byte[]> entry : copy.entrySet()) {
            put(storage, entry.getKey(), entry.getValue());
        }
    }

    static void put(Storage storage, String path, byte[] content) throws IOException {
        try (StorageFile file = storage.openForWriting(path)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(content), 0);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertRefused(Reason reason, Action action) {
        assertThatThrownBy(action::run)
                .asInstanceOf(type(IntegrityException.class))
                .extracting(IntegrityException::reason)
                .isEqualTo(reason);
    }
}
