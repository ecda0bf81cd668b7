package io.sealpost.relay.integrity;

import java.io.IOException;

/**
 * A growing tree, of which only the right edge is kept: one hash for each level at most. For one
 * thread at a time.
 */
public final class TreeEdge {
    /*
     * For each bit set in the size there is a complete subtree of that many leaves, the largest one
     * leftmost; edge holds their roots, by level. Appending a leaf is adding one to the size: each
     * carry joins two subtrees to one of the next level.
     */

    /** A size is a positive long. */
    private static final int LEVELS = 63;

    /** Told of each complete node, children before parents, levels each in order. */
    @FunctionalInterface
    public interface Nodes {
        /** The hash stands at {@code b[at]} for the time of the call. */
        void complete(int level, long index, byte[] b, int at);
    }

    private final MerkleHash hashing = new MerkleHash();
    private final Nodes nodes;
    private final byte[] edge = new byte[LEVELS * Hash.OCTETS];
    private final byte[] carry = new byte[Hash.OCTETS];
    private long size;

    /** A tree without leaves. */
    public TreeEdge(Nodes nodes) {
        this.nodes = nodes;
    }

    /** The edge of a tree of this size that exists already. */
    public static TreeEdge resume(long size, NodeSource existing, Nodes nodes) throws IOException {
        if (size < 0) {
            throw new IllegalArgumentException("a tree of " + size);
        }
        TreeEdge tree = new TreeEdge(nodes);
        tree.size = size;
        for (int level = 0; level < LEVELS; level++) {
            if (tree.hasSubtree(level)) {
                existing.read(level, (size >> level) - 1, tree.edge, level * Hash.OCTETS);
            }
        }
        return tree;
    }

    /** Leaves in the tree. */
    public long size() {
        return size;
    }

    /** Appends the leaf whose hash stands at {@code b[at]}. */
    public void append(byte[] b, int at) {
        System.arraycopy(b, at, carry, 0, Hash.OCTETS);
        int level = 0;
        nodes.complete(level, size, carry, 0);
        while (hasSubtree(level)) {
            hashing.node(edge, level * Hash.OCTETS, carry, 0, carry, 0);
            level++;
            nodes.complete(level, size >> level, carry, 0);
        }
        System.arraycopy(carry, 0, edge, level * Hash.OCTETS, Hash.OCTETS);
        size++;
    }

    /** The root, RFC 6962 §2.1. */
    public Hash root() {
        if (size == 0) {
            return MerkleHash.emptyRoot();
        }
        int level = Long.numberOfTrailingZeros(size);
        byte[] root = new byte[Hash.OCTETS];
        System.arraycopy(edge, level * Hash.OCTETS, root, 0, Hash.OCTETS);
        for (level++; level < LEVELS; level++) {
            if (hasSubtree(level)) {
                hashing.node(edge, level * Hash.OCTETS, root, 0, root, 0);
            }
        }
        return Hash.at(root, 0);
    }

    private boolean hasSubtree(int level) {
        return ((size >> level) & 1) == 1;
    }
}
