package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import java.util.Arrays;

/** Sizes and roots of checkpoints, ascending, 40 octets each. Confined. */
final class SignedRoots {
    private long[] sizes = new long[1024];
    private byte[] roots = new byte[1024 * Hash.OCTETS];
    private int count;

    void add(long size, Hash root) {
        if (count == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * count);
            roots = Arrays.copyOf(roots, 2 * count * Hash.OCTETS);
        }
        sizes[count] = size;
        root.copyTo(roots, count * Hash.OCTETS);
        count++;
    }

    int count() {
        return count;
    }

    long size(int index) {
        return sizes[index];
    }

    Hash root(int index) {
        return Hash.at(roots, index * Hash.OCTETS);
    }

    /** The last size, or -1. */
    long last() {
        return count == 0 ? -1 : sizes[count - 1];
    }
}
