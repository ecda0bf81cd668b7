package io.sealpost.relay.integrity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects the hashes of one proof by descending the tree, as RFC 6962 §2.1 defines them. */
final class ProofMaker {
    private final NodeSource nodes;
    private final MerkleHash hashing = new MerkleHash();
    private final List<Hash> proof = new ArrayList<>();

    ProofMaker(NodeSource nodes) {
        this.nodes = nodes;
    }

    List<Hash> proof() {
        return List.copyOf(proof);
    }

    /** PATH: the siblings on the way to a leaf of the subtree over {@code [begin, end)}. */
    void inclusion(long index, long begin, long end) throws IOException {
        if (end - begin == 1) {
            return;
        }
        long middle = middle(begin, end);
        if (index < middle) {
            inclusion(index, begin, middle);
            proof.add(subtree(middle, end));
        } else {
            inclusion(index, middle, end);
            proof.add(subtree(begin, middle));
        }
    }

    /**
     * SUBPROOF: what the subtree over {@code [begin, end)} is made of beside what lies before
     * {@code from}.
     *
     * @param known whether whoever checks the proof has the hash of this subtree up to {@code from}
     */
    void consistency(long from, long begin, long end, boolean known) throws IOException {
        if (from == end) {
            if (!known) {
                proof.add(subtree(begin, end));
            }
            return;
        }
        long middle = middle(begin, end);
        if (from <= middle) {
            consistency(from, begin, middle, known);
            proof.add(subtree(middle, end));
        } else {
            consistency(from, middle, end, false);
            proof.add(subtree(begin, middle));
        }
    }

    private Hash subtree(long begin, long end) throws IOException {
        long leaves = end - begin;
        if (Long.bitCount(leaves) == 1) {
            int level = Long.numberOfTrailingZeros(leaves);
            byte[] hash = new byte[Hash.OCTETS];
            nodes.read(level, begin >> level, hash, 0);
            return Hash.at(hash, 0);
        }
        long middle = middle(begin, end);
        return hashing.node(subtree(begin, middle), subtree(middle, end));
    }

    /** The left child has the most leaves that a complete subtree can have without being all. */
    private static long middle(long begin, long end) {
        return begin + Long.highestOneBit(end - begin - 1);
    }
}
