package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Octets to be written to the peer, gathered for few large writes. */
final class RelpOutput {
    private static final int INITIAL = 256;

    /** A buffer up to this size is kept when its octets are taken. */
    private static final int KEPT = 16 * 1024;

    private static final int MAX_DIGITS = 9;

    private byte[] octets = new byte[INITIAL];
    private int length;

    byte[] octets() {
        return octets;
    }

    int length() {
        return length;
    }

    /** All octets have been written: empty again. */
    void taken() {
        length = 0;
        if (octets.length > KEPT) {
            octets = new byte[KEPT];
        }
    }

    RelpOutput append(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, octets, length, more.length);
        length += more.length;
        return this;
    }

    RelpOutput append(String text) {
        return append(text.getBytes(ISO_8859_1));
    }

    /** Appends a number of at most nine digits. */
    RelpOutput append(int number) {
        reserve(MAX_DIGITS);
        length += decimal(number, octets, length);
        return this;
    }

    /** Writes a number that is not negative in decimal; answers how many octets that took. */
    static int decimal(int number, byte[] out, int at) {
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return digits;
    }

    private void reserve(int more) {
        if (octets.length - length < more) {
            byte[] larger = new byte[Math.max(2 * octets.length, length + more)];
            System.arraycopy(octets, 0, larger, 0, length);
            octets = larger;
        }
    }
}
