package io.sealpost.relay.pipeline;

/** The octet count in front of a frame, MSG-LEN of RFC 6587 §3.4.1. */
final class DecimalLength {
    private DecimalLength() {}

    /** Digits of a length, which is at least 1. */
    static int of(int length) {
        if (length < 10) {
            return 1;
        }
        if (length < 100) {
            return 2;
        }
        if (length < 1000) {
            return 3;
        }
        int digits = 4;
        for (int rest = length / 10_000; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    static void write(int length, int digits, byte[] into, int at) {
        int rest = length;
        for (int i = at + digits - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
