package io.sealpost.protocol.parse;

/** Reads time of day, fraction and numeric offset. Positions go in, positions or -1 come out. */
final class ClockReader {
    private static final int MICRO_DIGITS = 6;

    private ClockReader() {}

    /** {@code hh:mm:ss} with an optional fraction behind a point or a comma. */
    static int timeOfDay(byte[] b, int p, int end, TimeFields f) {
        if (end - p < 8 || b[p + 2] != ':' || b[p + 5] != ':') {
            return -1;
        }
        f.hour = Octets.number(b, p, end, 2);
        f.minute = Octets.number(b, p + 3, end, 2);
        f.second = Octets.number(b, p + 6, end, 2);
        if ((f.hour | f.minute | f.second) < 0) {
            return -1;
        }
        return fraction(b, p + 8, end, f);
    }

    /** A point without digits is dropped; digits behind the sixth are counted but not kept. */
    static int fraction(byte[] b, int p, int end, TimeFields f) {
        if (p >= end || (b[p] != '.' && b[p] != ',')) {
            return p;
        }
        int q = p + 1;
        int micros = 0;
        int scale = 100_000;
        while (q < end && Octets.digit(b[q])) {
            micros += (b[q] - '0') * scale;
            scale /= 10;
            q++;
        }
        f.micros = micros;
        f.fractionDigits = q - p - 1;
        return q;
    }

    /** {@code Z}, {@code +hh:mm}, {@code +hhmm} or {@code +hh}, each also with a Z behind it. */
    static int offset(byte[] b, int p, int end, TimeFields f) {
        if (p >= end) {
            return -1;
        }
        if (b[p] == 'Z' || b[p] == 'z') {
            f.offset = 0;
            return p + 1;
        }
        if (b[p] != '+' && b[p] != '-') {
            return -1;
        }
        int hours = Octets.number(b, p + 1, end, 2);
        if (hours < 0) {
            return -1;
        }
        int q = p + 3;
        int minutes = 0;
        int at = Octets.isAt(b, q, end, ':') ? q + 1 : q;
        int two = Octets.number(b, at, end, 2);
        if (two >= 0) {
            minutes = two;
            q = at + 2;
        }
        f.offsetInvalid = hours > 23 || minutes > 59;
        int seconds = hours * 3600 + minutes * 60;
        f.offset = b[p] == '-' ? -seconds : seconds;
        return Octets.isAt(b, q, end, 'Z') ? q + 1 : q;
    }

    /** Digits that can be written, as many as were read. */
    static int keptDigits(TimeFields f) {
        return Math.min(f.fractionDigits, MICRO_DIGITS);
    }

    /** Whether a word may end here: at a blank, a colon or the end. */
    static boolean boundary(byte[] b, int p, int end) {
        return Octets.blankOrEnd(b, p, end) || b[p] == ':';
    }
}
