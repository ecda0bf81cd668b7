package io.sealpost.relay.integrity;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of a tree, RFC 6962 §2.1: SHA-256 over 0 and the entry for a leaf, over 1 and both
 * children for a node. Writes into arrays and allocates nothing. For one thread at a time.
 */
public final class MerkleHash {
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest;

    /** What a node hash is made of, in one piece: that is faster than three. */
    private final byte[] node = new byte[1 + 2 * Hash.OCTETS];

    /** Hashes by the JDK's SHA-256. */
    public MerkleHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        node[0] = NODE;
    }

    /** The root of a tree without leaves: SHA-256 of nothing. */
    public static Hash emptyRoot() {
        byte[] root = new byte[Hash.OCTETS];
        new MerkleHash().finish(root, 0);
        return Hash.at(root, 0);
    }

    /** Writes the leaf hash of the entry {@code b[offset, offset + length)}. */
    public void leaf(byte[] b, int offset, int length, byte[] out, int at) {
        digest.update(LEAF);
        digest.update(b, offset, length);
        finish(out, at);
    }

    /** Writes the leaf hash of an entry of two pieces, so that nobody has to join them. */
    void leaf(byte first, byte[] rest, int offset, int length, byte[] out, int at) {
        digest.update(LEAF);
        digest.update(first);
        digest.update(rest, offset, length);
        finish(out, at);
    }

    /**
     * The same in one piece, which is faster.
     *
     * @param offset of the rest; the two octets before it are overwritten
     */
    void leafInPlace(byte first, byte[] b, int offset, int length, byte[] out, int at) {
        b[offset - 2] = LEAF;
        b[offset - 1] = first;
        digest.update(b, offset - 2, length + 2);
        finish(out, at);
    }

    /** The leaf hash of an entry as a value. */
    public Hash leaf(byte[] entry) {
        byte[] out = new byte[Hash.OCTETS];
        leaf(entry, 0, entry.length, out, 0);
        return Hash.at(out, 0);
    }

    /** Writes the hash of a node; it may go where one of the children stands. */
    public void node(byte[] left, int leftAt, byte[] right, int rightAt, byte[] out, int at) {
        System.arraycopy(left, leftAt, node, 1, Hash.OCTETS);
        System.arraycopy(right, rightAt, node, 1 + Hash.OCTETS, Hash.OCTETS);
        digest.update(node, 0, node.length);
        finish(out, at);
    }

    /** The hash of a node as a value. */
    public Hash node(Hash left, Hash right) {
        left.copyTo(node, 1);
        right.copyTo(node, 1 + Hash.OCTETS);
        digest.update(node, 0, node.length);
        byte[] out = new byte[Hash.OCTETS];
        finish(out, 0);
        return Hash.at(out, 0);
    }

    /** The SHA-256 of octets as they are, as a value. */
    public Hash plain(byte[] b, int offset, int length) {
        byte[] out = new byte[Hash.OCTETS];
        plain(b, offset, length, out, 0);
        return Hash.at(out, 0);
    }

    /** Writes the SHA-256 of octets as they are. */
    void plain(byte[] b, int offset, int length, byte[] out, int at) {
        digest.update(b, offset, length);
        finish(out, at);
    }

    /**
     * The root of a tree whose leaf hashes, or whose complete nodes of one level, lie side by side.
     *
     * @param hashes is overwritten
     */
    public Hash root(byte[] hashes, int count) {
        if (count == 0) {
            return emptyRoot();
        }
        int left = count;
        while (left > 1) {
            int pairs = left / 2;
            for (int i = 0; i < pairs; i++) {
                int at = 2 * i * Hash.OCTETS;
                node(hashes, at, hashes, at + Hash.OCTETS, hashes, i * Hash.OCTETS);
            }
            if (left % 2 == 1) {
                System.arraycopy(
                        hashes, (left - 1) * Hash.OCTETS, hashes, pairs * Hash.OCTETS, Hash.OCTETS);
            }
            left = Math.ceilDiv(left, 2);
        }
        return Hash.at(hashes, 0);
    }

    private void finish(byte[] out, int at) {
        try {
            digest.digest(out, at, Hash.OCTETS);
        } catch (DigestException e) {
            throw new IllegalArgumentException("no room for a hash", e);
        }
    }
}
