package io.sealpost.relay.integrity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link EntryWriter} wrote. Damaged octets never throw: from the first on {@link
 * #isSound} is false and every answer 0. Confined.
 */
final class EntryReader {
    private final byte[] octets;
    private int at;
    private boolean sound = true;

    EntryReader(byte[] octets) {
        this.octets = octets;
    }

    boolean isSound() {
        return sound;
    }

    boolean atEnd() {
        return at == octets.length;
    }

    /** The octets are not what they should be. */
    void refuse() {
        sound = false;
        at = octets.length;
    }

    int octet() {
        if (atEnd()) {
            refuse();
            return 0;
        }
        return Byte.toUnsignedInt(octets[at++]);
    }

    byte[] octets(long count) {
        if (count < 0 || count > octets.length - at) {
            refuse();
            return new byte[0];
        }
        at += (int) count;
        return Arrays.copyOfRange(octets, at - (int) count, at);
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = octet();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        refuse();
        return 0;
    }

    /** How many things follow, of which each takes an octet at least. */
    int count() {
        long count = number();
        if (count < 0 || count > octets.length - at) {
            refuse();
            return 0;
        }
        return (int) count;
    }

    long difference() {
        long zigzag = number();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    String text() {
        return new String(octets(number()), StandardCharsets.UTF_8);
    }
}
