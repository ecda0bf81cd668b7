package io.sealpost.relay.integrity;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Proofs of inclusion and consistency, RFC 6962 §2.1.1 and §2.1.2. A question that has no answer,
 * as a leaf behind the end of the tree, gets none; a proof that does not prove is {@code false}.
 */
public final class Proofs {
    private Proofs() {}

    /**
     * The proof that a tree of this size has the leaf: hashes from its sibling to the root's child.
     */
    public static Optional<List<Hash>> inclusion(long index, long size, NodeSource nodes)
            throws IOException {
        if (index < 0 || index >= size) {
            return Optional.empty();
        }
        ProofMaker maker = new ProofMaker(nodes);
        maker.inclusion(index, 0, size);
        return Optional.of(maker.proof());
    }

    /** The proof that the tree of the one size is how that of the other began. */
    public static Optional<List<Hash>> consistency(long from, long to, NodeSource nodes)
            throws IOException {
        if (from < 0 || from > to) {
            return Optional.empty();
        }
        ProofMaker maker = new ProofMaker(nodes);
        if (from > 0 && from < to) {
            maker.consistency(from, 0, to, true);
        }
        return Optional.of(maker.proof());
    }

    /** Whether the proof shows that the tree of this size and root has the leaf there. */
    public static boolean includes(Hash leaf, long index, long size, List<Hash> proof, Hash root) {
        if (index < 0 || index >= size) {
            return false;
        }
        Climb climb = new Climb(index, size - 1);
        Hash hash = leaf;
        MerkleHash hashing = new MerkleHash();
        for (Hash sibling : proof) {
            if (climb.atRoot()) {
                return false;
            }
            hash = climb.isRightChild() ? hashing.node(sibling, hash) : hashing.node(hash, sibling);
            climb.up();
        }
        return climb.atRoot() && hash.equals(root);
    }

    /**
     * Whether the proof shows that the tree of the first size and root is how that of the second
     * began. Of a tree without leaves nothing is to be proven but its root.
     */
    public static boolean consistent(
            long from, long to, List<Hash> proof, Hash fromRoot, Hash toRoot) {
        if (from < 0 || from > to) {
            return false;
        }
        if (from == 0 && !fromRoot.equals(MerkleHash.emptyRoot())) {
            return false;
        }
        if (from == to || from == 0) {
            return proof.isEmpty() && (from < to || fromRoot.equals(toRoot));
        }
        Climb climb = new Climb(from - 1, to - 1);
        climb.toLargestSubtree();
        // Where the first tree is one complete subtree of the second, the proof leaves it out.
        boolean complete = climb.atLeftEdge();
        if (!complete && proof.isEmpty()) {
            return false;
        }
        Hash first = complete ? fromRoot : proof.getFirst();
        Hash second = first;
        MerkleHash hashing = new MerkleHash();
        for (Hash sibling : complete ? proof : proof.subList(1, proof.size())) {
            if (climb.atRoot()) {
                return false;
            }
            if (climb.isRightChild()) {
                first = hashing.node(sibling, first);
                second = hashing.node(sibling, second);
            } else {
                second = hashing.node(second, sibling);
            }
            climb.up();
        }
        return climb.atRoot() && first.equals(fromRoot) && second.equals(toRoot);
    }

    /** The way from a node up to the root of a tree, beside the way up from its last node. */
    private static final class Climb {
        private long index;
        private long last;

        Climb(long index, long last) {
            this.index = index;
            this.last = last;
        }

        boolean atRoot() {
            return last == 0;
        }

        boolean atLeftEdge() {
            return index == 0;
        }

        /**
         * Climbs while this is a right child: to the complete subtree that ends where this does.
         */
        void toLargestSubtree() {
            while ((index & 1) == 1) {
                index >>= 1;
                last >>= 1;
            }
        }

        /** The last node of a level without a sibling stands for itself in the next levels. */
        boolean isRightChild() {
            return (index & 1) == 1 || index == last;
        }

        /** To the parent, beyond levels where this has no sibling. */
        void up() {
            if (index == last) {
                while ((index & 1) == 0 && index != 0) {
                    index >>= 1;
                    last >>= 1;
                }
            }
            index >>= 1;
            last >>= 1;
        }
    }
}
