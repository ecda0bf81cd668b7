package io.sealpost.relay.integrity;

import static io.sealpost.relay.integrity.MemoryTree.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The growing edge, against the tree of Certificate Transparency's tests and a definition. */
class MerkleTreeTest {
    private static final int ROUNDS = 20_000;

    /**
     * Entries and roots of Certificate Transparency's own tests (merkle_tree_test.cc), which other
     * implementations of RFC 6962 have taken over; the proofs in ProofsTest are from there, too.
     */
    static final List<String> ENTRIES =
            List.of(
                    "",
                    "00",
                    "10",
                    "2021",
                    "3031",
                    "40414243",
                    "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS =
            List.of(
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    static MemoryTree published() {
        MemoryTree tree = new MemoryTree();
        ENTRIES.forEach(entry -> tree.append(HexFormat.of().parseHex(entry)));
        return tree;
    }

    @Test
    void roots_of_the_well_known_tree_are_as_published() {
        MemoryTree tree = published();
        for (int size = 0; size < ROOTS.size(); size++) {
            assertThat(hex(tree.root(size))).isEqualTo(ROOTS.get(size));
        }
    }

    @Test
    void every_complete_node_is_told_once_and_in_order() {
        MemoryTree tree = MemoryTree.ofNumbers(1000);
        assertThat(tree.levels()).hasSize(10);
        for (int level = 0; level < tree.levels().size(); level++) {
            assertThat(tree.levels().get(level)).hasSize(1000 >> level);
        }
    }

    @Test
    void root_is_the_one_that_the_definition_gives() {
        MemoryTree tree = MemoryTree.ofNumbers(200);
        for (int size = 1; size <= tree.size(); size++) {
            assertThat(tree.root(size)).isEqualTo(defined(tree, 0, size));
        }
    }

    @Test
    void edge_resumes_at_any_size() throws IOException {
        MemoryTree tree = MemoryTree.ofNumbers(300);
        for (int size = 0; size <= tree.size(); size++) {
            TreeEdge edge = TreeEdge.resume(size, tree, (level, index, b, at) -> {});
            assertThat(edge.root()).isEqualTo(tree.root(size));
            for (int i = size; i < Math.min(tree.size(), size + 20); i++) {
                edge.append(tree.leaf(i).octets(), 0);
            }
            assertThat(edge.root()).isEqualTo(tree.root((int) edge.size()));
        }
        assertThatThrownBy(() -> TreeEdge.resume(-1, tree, (level, index, b, at) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void edge_carries_through_all_levels() throws IOException {
        NodeSource same = (level, index, out, at) -> out[at] = (byte) level;
        int[] told = new int[1];
        TreeEdge edge =
                TreeEdge.resume((1L << 62) - 1, same, (level, index, b, at) -> told[0] = level);

        edge.append(new byte[Hash.OCTETS], 0);

        assertThat(told[0]).isEqualTo(62);
        assertThat(edge.size()).isEqualTo(1L << 62);
    }

    @Test
    void nodes_between_stored_levels_are_hashed_again() throws IOException {
        MemoryTree tree = MemoryTree.ofNumbers(70_000);
        TiledNodes tiled =
                new TiledNodes(
                        (level, first, count, out, at) -> {
                            assertThat(first / Tiles.WIDTH)
                                    .isEqualTo((first + count - 1) / Tiles.WIDTH);
                            for (int i = 0; i < count; i++) {
                                tree.read(
                                        level * Tiles.HEIGHT, first + i, out, at + i * Hash.OCTETS);
                            }
                        });
        Random random = new Random(1);
        byte[] expected = new byte[Hash.OCTETS];
        byte[] actual = new byte[Hash.OCTETS];
        for (int level = 0; level < tree.levels().size(); level++) {
            int nodes = tree.levels().get(level).size();
            for (int i = 0; i < 20; i++) {
                int index = random.nextInt(nodes);
                tree.read(level, index, expected, 0);
                tiled.read(level, index, actual, 0);
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @Test
    void hashing_a_message_into_the_tree_allocates_nothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MerkleHash hashing = new MerkleHash();
        TreeEdge edge = new TreeEdge((level, index, b, at) -> {});
        byte[] message = new byte[200];
        byte[] leaf = new byte[Hash.OCTETS];
        long before = 0;
        for (int i = 0; i < 2 * ROUNDS; i++) {
            if (i == ROUNDS) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            Entry.leafOfMessage(hashing, message, 0, message.length, leaf, 0);
            edge.append(leaf, 0);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ROUNDS);
    }

    /** MTH of RFC 6962 §2.1, as it stands there. */
    private static Hash defined(MemoryTree tree, int begin, int end) {
        if (end - begin == 1) {
            return tree.leaf(begin);
        }
        int middle = 1;
        while (middle * 2 < end - begin) {
            middle *= 2;
        }
        return new MerkleHash()
                .node(defined(tree, begin, begin + middle), defined(tree, begin + middle, end));
    }
}
