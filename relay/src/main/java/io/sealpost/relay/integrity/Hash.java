package io.sealpost.relay.integrity;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A SHA-256 hash as a value. Where millions are made they stay in arrays, see {@link MerkleHash}.
 */
public final class Hash {
    /** Octets of a hash. */
    public static final int OCTETS = 32;

    private final byte[] octets;

    private Hash(byte[] octets) {
        this.octets = octets;
    }

    /** The hash that stands in an array from here on. */
    public static Hash at(byte[] b, int offset) {
        return new Hash(Arrays.copyOfRange(b, offset, offset + OCTETS));
    }

    /**
     * The hash of this base64, or empty where it is none: of 32 octets, padded, in canonical form.
     */
    public static Optional<Hash> ofBase64(String base64) {
        return StrictBase64.decode(base64).filter(b -> b.length == OCTETS).map(Hash::new);
    }

    /** The hash of these octets, or empty where they are not as many as a hash has. */
    static Optional<Hash> of(byte[] octets) {
        return octets.length == OCTETS ? Optional.of(at(octets, 0)) : Optional.empty();
    }

    /** Puts the octets into an array. */
    public void copyTo(byte[] b, int offset) {
        System.arraycopy(octets, 0, b, offset, OCTETS);
    }

    /** A copy of the octets. */
    public byte[] octets() {
        return octets.clone();
    }

    /** The hash in base64, as notes and proofs show it. */
    public String base64() {
        return Base64.getEncoder().encodeToString(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(octets, hash.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return base64();
    }
}
