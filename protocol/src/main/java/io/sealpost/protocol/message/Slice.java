package io.sealpost.protocol.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable run of octets. */
public final class Slice {
    private static final Slice EMPTY = new Slice(new byte[0]);

    private final byte[] octets;

    private Slice(byte[] octets) {
        this.octets = octets;
    }

    /** A copy of {@code source[offset, offset + length)}. */
    public static Slice copyOf(byte[] source, int offset, int length) {
        return length == 0 ? EMPTY : new Slice(Arrays.copyOfRange(source, offset, offset + length));
    }

    /** Number of octets. */
    public int length() {
        return octets.length;
    }

    /** A copy of the octets. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** The octets as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
    public String text() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice slice && Arrays.equals(octets, slice.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return text();
    }
}
