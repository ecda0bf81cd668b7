package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.Civil;

/** The TIMESTAMP of RFC 5424 §6.2.3 to the letter. */
final class StrictTimestamp {
    private static final int SECONDS_LENGTH = 19;
    private static final int MAX_DIGITS = 6;

    private StrictTimestamp() {}

    /** The position behind the timestamp that begins here, or -1 where there is no good one. */
    static int end(byte[] b, int p, int end) {
        if (end - p <= SECONDS_LENGTH
                || b[p + 4] != '-'
                || b[p + 7] != '-'
                || b[p + 10] != 'T'
                || b[p + 13] != ':'
                || b[p + 16] != ':') {
            return -1;
        }
        int century = two(b, p);
        int ofCentury = two(b, p + 2);
        int month = two(b, p + 5);
        int day = two(b, p + 8);
        int hour = two(b, p + 11);
        int minute = two(b, p + 14);
        int second = two(b, p + 17);
        if ((century | ofCentury | month | day | hour | minute | second) < 0
                || hour > 23
                || minute > 59
                || second > 59
                || day == 0
                || (day > 28 && day > Civil.monthLength(century * 100 + ofCentury, month))
                || month == 0
                || month > 12) {
            return -1;
        }
        return offset(b, fraction(b, p + SECONDS_LENGTH, end), end);
    }

    private static int fraction(byte[] b, int p, int end) {
        if (b[p] != '.') {
            return p;
        }
        int q = p + 1;
        while (q < end && Octets.digit(b[q])) {
            q++;
        }
        int digits = q - p - 1;
        return digits >= 1 && digits <= MAX_DIGITS ? q : -1;
    }

    private static int offset(byte[] b, int p, int end) {
        if (p < 0 || p >= end) {
            return -1;
        }
        if (b[p] == 'Z') {
            return p + 1;
        }
        if ((b[p] != '+' && b[p] != '-') || end - p < 6 || b[p + 3] != ':') {
            return -1;
        }
        int hours = two(b, p + 1);
        int minutes = two(b, p + 4);
        return (hours | minutes) >= 0 && hours <= 23 && minutes <= 59 ? p + 6 : -1;
    }

    /** Two digits, or a negative number. */
    private static int two(byte[] b, int p) {
        int tens = b[p] - '0';
        int ones = b[p + 1] - '0';
        return (tens | ones | 9 - tens | 9 - ones) < 0 ? -1 : tens * 10 + ones;
    }
}
