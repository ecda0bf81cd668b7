package io.sealpost.relay.integrity;

import static io.sealpost.relay.integrity.MemoryTree.hash;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

@Beside
class ProofsTest {
    private static final int LARGEST = 130;

    private final MemoryTree tree = MemoryTree.ofNumbers(LARGEST);

    @Test
    void inclusion_proofs_of_the_well_known_tree_are_as_published() throws IOException {
        assertThat(publishedInclusion(0, 1)).isEmpty();
        assertThat(publishedInclusion(0, 8))
                .containsExactly(
                        hash("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
                        hash("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                        hash("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
        assertThat(publishedInclusion(5, 8))
                .containsExactly(
                        hash("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                        hash("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                        hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
        assertThat(publishedInclusion(2, 3))
                .containsExactly(
                        hash("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"));
        assertThat(publishedInclusion(1, 5))
                .containsExactly(
                        hash("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
                        hash("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                        hash("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"));
    }

    @Test
    void consistency_proofs_of_the_well_known_tree_are_as_published() throws IOException {
        assertThat(publishedConsistency(1, 1)).isEmpty();
        assertThat(publishedConsistency(1, 8))
                .containsExactly(
                        hash("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
                        hash("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                        hash("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
        assertThat(publishedConsistency(6, 8))
                .containsExactly(
                        hash("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                        hash("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                        hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
        assertThat(publishedConsistency(2, 5))
                .containsExactly(
                        hash("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                        hash("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"));
    }

    @Test
    void every_leaf_of_every_tree_is_proven_and_nothing_else() throws IOException {
        for (int size = 1; size <= LARGEST; size++) {
            for (int index = 0; index < size; index++) {
                List<Hash> proof = Proofs.inclusion(index, size, tree).orElseThrow();
                Hash leaf = tree.leaf(index);
                Hash root = tree.root(size);
                int i = index;
                int n = size;
                assertThat(Proofs.includes(leaf, i, n, proof, root)).isTrue();
                assertThat(Proofs.includes(flipped(leaf), i, n, proof, root)).isFalse();
                assertThat(Proofs.includes(leaf, i, n, proof, flipped(root))).isFalse();
                assertNoOther(proof, other -> Proofs.includes(leaf, i, n, other, root));
                for (int elsewhere = -1; elsewhere <= size; elsewhere++) {
                    assertThat(Proofs.includes(leaf, elsewhere, n, proof, root))
                            .isEqualTo(elsewhere == index);
                }
            }
        }
    }

    @Test
    void every_tree_is_proven_to_be_how_every_larger_one_began() throws IOException {
        for (int to = 1; to <= LARGEST; to++) {
            for (int from = 1; from <= to; from++) {
                List<Hash> proof = Proofs.consistency(from, to, tree).orElseThrow();
                Hash first = tree.root(from);
                Hash second = tree.root(to);
                int m = from;
                int n = to;
                assertThat(Proofs.consistent(m, n, proof, first, second)).isTrue();
                assertThat(Proofs.consistent(m, n, proof, flipped(first), second)).isFalse();
                assertThat(Proofs.consistent(m, n, proof, first, flipped(second))).isFalse();
                assertNoOther(proof, other -> Proofs.consistent(m, n, other, first, second));
                assertThat(Proofs.consistent(m, n, proof, flipped(first), flipped(second)))
                        .isEqualTo(m == n);
            }
        }
    }

    @Test
    void proof_of_one_size_is_none_of_another() throws IOException {
        for (int to = 2; to <= 40; to++) {
            for (int from = 1; from < to; from++) {
                List<Hash> proof = Proofs.consistency(from, to, tree).orElseThrow();
                for (int other = 0; other <= to; other++) {
                    boolean proven =
                            Proofs.consistent(other, to, proof, tree.root(other), tree.root(to));
                    if (other != from) {
                        assertThat(proven).isFalse();
                    }
                }
            }
        }
    }

    @Test
    void empty_tree_is_how_every_tree_began() throws IOException {
        Hash nothing = MerkleHash.emptyRoot();
        assertThat(Proofs.consistency(0, 0, tree)).contains(List.of());
        assertThat(Proofs.consistency(0, 7, tree)).contains(List.of());
        assertThat(Proofs.consistent(0, 0, List.of(), nothing, nothing)).isTrue();
        assertThat(Proofs.consistent(0, 0, List.of(), nothing, tree.root(7))).isFalse();
        assertThat(Proofs.consistent(0, 0, List.of(), tree.root(7), tree.root(7))).isFalse();
        assertThat(Proofs.consistent(0, 7, List.of(), nothing, tree.root(7))).isTrue();
        assertThat(Proofs.consistent(0, 7, List.of(), tree.root(7), tree.root(7))).isFalse();
        assertThat(Proofs.consistent(0, 7, List.of(nothing), nothing, tree.root(7))).isFalse();
    }

    @Test
    void same_tree_needs_no_proof() {
        Hash root = tree.root(5);
        assertThat(Proofs.consistent(5, 5, List.of(), root, root)).isTrue();
        assertThat(Proofs.consistent(5, 5, List.of(root), root, root)).isFalse();
        assertThat(Proofs.consistent(5, 5, List.of(), root, tree.root(6))).isFalse();
    }

    @Test
    void questions_without_an_answer_get_none() throws IOException {
        assertThat(Proofs.inclusion(0, 0, tree)).isEmpty();
        assertThat(Proofs.inclusion(5, 5, tree)).isEmpty();
        assertThat(Proofs.inclusion(-1, 5, tree)).isEmpty();
        assertThat(Proofs.inclusion(Long.MIN_VALUE, -1, tree)).isEmpty();
        assertThat(Proofs.consistency(6, 5, tree)).isEmpty();
        assertThat(Proofs.consistency(-1, 5, tree)).isEmpty();
        assertThat(Proofs.consistency(-2, -1, tree)).isEmpty();
    }

    @Test
    void senseless_sizes_are_not_proven() {
        Hash root = tree.root(1);
        assertThat(Proofs.includes(root, 0, 0, List.of(), root)).isFalse();
        assertThat(Proofs.includes(root, -1, 1, List.of(), root)).isFalse();
        assertThat(Proofs.includes(root, 0, -1, List.of(), root)).isFalse();
        assertThat(Proofs.includes(root, Long.MIN_VALUE, Long.MAX_VALUE, List.of(), root))
                .isFalse();
        assertThat(Proofs.consistent(2, 1, List.of(), root, root)).isFalse();
        assertThat(Proofs.consistent(-1, 1, List.of(), root, root)).isFalse();
        assertThat(Proofs.consistent(-1, -1, List.of(), root, root)).isFalse();
        assertThat(Proofs.consistent(1, Long.MAX_VALUE, List.of(), root, root)).isFalse();
        assertThat(Proofs.consistent(Long.MAX_VALUE - 1, Long.MAX_VALUE, List.of(), root, root))
                .isFalse();
    }

    @Test
    void trees_of_any_size_have_proofs() throws IOException {
        // All nodes of a level are equal, so the tree can be of any size.
        NodeSource uniform =
                (level, index, out, at) -> {
                    MerkleHash hashing = new MerkleHash();
                    Hash hash = hashing.leaf(new byte[0]);
                    for (int i = 0; i < level; i++) {
                        hash = hashing.node(hash, hash);
                    }
                    hash.copyTo(out, at);
                };
        Hash leaf = new MerkleHash().leaf(new byte[0]);
        for (long size : new long[] {Long.MAX_VALUE, (1L << 62) + 1, (1L << 40) + 12_345}) {
            Hash root = TreeEdge.resume(size, uniform, (level, index, b, at) -> {}).root();
            for (long index : new long[] {0, size / 3, size - 2, size - 1}) {
                List<Hash> proof = Proofs.inclusion(index, size, uniform).orElseThrow();
                assertThat(Proofs.includes(leaf, index, size, proof, root)).isTrue();
                long from = index + 1;
                Hash before = TreeEdge.resume(from, uniform, (level, i, b, at) -> {}).root();
                List<Hash> growth = Proofs.consistency(from, size, uniform).orElseThrow();
                assertThat(Proofs.consistent(from, size, growth, before, root)).isTrue();
            }
        }
    }

    /** One bit flipped in any element, any element left out or doubled, one added at either end. */
    private static void assertNoOther(List<Hash> proof, Predicate<List<Hash>> proves) {
        for (int i = 0; i < proof.size(); i++) {
            List<Hash> changed = new ArrayList<>(proof);
            changed.set(i, flipped(proof.get(i)));
            assertThat(proves.test(changed)).isFalse();

            List<Hash> shorter = new ArrayList<>(proof);
            shorter.remove(i);
            assertThat(proves.test(shorter)).isFalse();

            List<Hash> longer = new ArrayList<>(proof);
            longer.add(i, proof.get(i));
            assertThat(proves.test(longer)).isFalse();
        }
        Hash some = MerkleHash.emptyRoot();
        List<Hash> longer = new ArrayList<>(proof);
        longer.addFirst(some);
        assertThat(proves.test(longer)).isFalse();
        longer.removeFirst();
        longer.addLast(some);
        assertThat(proves.test(longer)).isFalse();
    }

    private static Hash flipped(Hash hash) {
        byte[] octets = hash.octets();
        int bit = Math.floorMod(hash.hashCode(), 8 * Hash.OCTETS);
        octets[bit / 8] = (byte) (octets[bit / 8] ^ 1 << bit % 8);
        return Hash.at(octets, 0);
    }

    private static List<Hash> publishedInclusion(long index, long size) throws IOException {
        return Proofs.inclusion(index, size, MerkleTreeTest.published()).orElseThrow();
    }

    private static List<Hash> publishedConsistency(long from, long to) throws IOException {
        return Proofs.consistency(from, to, MerkleTreeTest.published()).orElseThrow();
    }
}
