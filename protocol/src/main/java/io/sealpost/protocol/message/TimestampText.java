package io.sealpost.protocol.message;

/** Reads timestamps that are known to follow RFC 5424 §6.2.3. */
final class TimestampText {
    private static final int SECONDS_LENGTH = 19;

    private TimestampText() {}

    /** Microseconds since the epoch of {@code b[p, p + length)}. */
    static long micros(byte[] b, int p, int length) {
        long second =
                Civil.epochDay(number(b, p, 4), number(b, p + 5, 2), number(b, p + 8, 2))
                                * Civil.DAY_SECONDS
                        + number(b, p + 11, 2) * 3600L
                        + number(b, p + 14, 2) * 60L
                        + number(b, p + 17, 2);
        int q = p + SECONDS_LENGTH;
        int end = p + length;
        int micros = 0;
        if (b[q] == '.') {
            int scale = 100_000;
            for (q++; b[q] >= '0' && b[q] <= '9'; q++) {
                micros += (b[q] - '0') * scale;
                scale /= 10;
            }
        }
        if (end - q == 6) {
            int offset = number(b, q + 1, 2) * 3600 + number(b, q + 4, 2) * 60;
            second -= b[q] == '-' ? -offset : offset;
        }
        return second * 1_000_000 + micros;
    }

    private static int number(byte[] b, int p, int digits) {
        int value = 0;
        for (int i = p; i < p + digits; i++) {
            value = value * 10 + b[i] - '0';
        }
        return value;
    }
}
