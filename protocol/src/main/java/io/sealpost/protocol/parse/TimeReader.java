package io.sealpost.protocol.parse;

import io.sealpost.protocol.parse.TimeFields.Kind;

/**
 * Reads the time forms of RFC 3164 and its dialects at a given place, without the zone word and the
 * year that may follow. Positions go in, the position behind the time or -1 comes out.
 */
final class TimeReader {
    // lower-case letters of each name as one number
    private static final int JAN = 0x6a616e;
    private static final int FEB = 0x666562;
    private static final int MAR = 0x6d6172;
    private static final int APR = 0x617072;
    private static final int MAY = 0x6d6179;
    private static final int JUN = 0x6a756e;
    private static final int JUL = 0x6a756c;
    private static final int AUG = 0x617567;
    private static final int SEP = 0x736570;
    private static final int OCT = 0x6f6374;
    private static final int NOV = 0x6e6f76;
    private static final int DEC = 0x646563;
    private static final int MON = 0x6d6f6e;
    private static final int TUE = 0x747565;
    private static final int WED = 0x776564;
    private static final int THU = 0x746875;
    private static final int FRI = 0x667269;
    private static final int SAT = 0x736174;
    private static final int SUN = 0x73756e;

    private TimeReader() {}

    /** A date and time, an epoch time or an uptime, with its clock mark. */
    static int read(byte[] b, int p, int end, TimeFields f) {
        f.clear();
        if (p >= end) {
            return -1;
        }
        byte first = b[p];
        if (first == '*' || first == '.') {
            f.mark = first;
            return marked(b, Octets.skipBlanks(b, p + 1, end), end, f);
        }
        if (Octets.is(first, Octets.LETTER)) {
            return bsd(b, p, end, f);
        }
        return Octets.digit(first) ? figures(b, p, end, f) : -1;
    }

    /** {@code yyyy-MM-dd}, {@code T} or a blank, time of day, offset if it is glued to it. */
    static int iso(byte[] b, int p, int end, TimeFields f) {
        if (end - p < 19 || b[p + 4] != '-' || b[p + 7] != '-') {
            return -1;
        }
        if (b[p + 10] != 'T' && !Octets.blank(b[p + 10])) {
            return -1;
        }
        f.kind = Kind.ISO;
        f.year = Octets.number(b, p, end, 4);
        f.month = Octets.number(b, p + 5, end, 2);
        f.day = Octets.number(b, p + 8, end, 2);
        int q = ClockReader.timeOfDay(b, p + 11, end, f);
        if (q < 0 || (f.year | f.month | f.day) < 0) {
            return -1;
        }
        return gluedOffset(b, q, end, f);
    }

    private static int marked(byte[] b, int p, int end, TimeFields f) {
        if (p >= end) {
            return -1;
        }
        if (Octets.is(b[p], Octets.LETTER)) {
            return bsd(b, p, end, f);
        }
        int year = Octets.number(b, p, end, 4);
        return year >= 0 ? yearFirst(b, p, end, year, f) : uptime(b, p, end, f);
    }

    private static int figures(byte[] b, int p, int end, TimeFields f) {
        int q = iso(b, p, end, f);
        if (q < 0) {
            q = american(b, p, end, f);
        }
        if (q < 0) {
            int year = Octets.number(b, p, end, 4);
            q = year >= 0 ? yearFirst(b, p, end, year, f) : -1;
        }
        if (q < 0) {
            q = epoch(b, p, end, f);
        }
        if (q < 0) {
            f.clear();
            q = uptime(b, p, end, f);
        }
        return q;
    }

    /** A time of day needs a boundary or an offset behind it. */
    private static int gluedOffset(byte[] b, int p, int end, TimeFields f) {
        if (ClockReader.boundary(b, p, end)) {
            return p;
        }
        int q = ClockReader.offset(b, p, end, f);
        return q >= 0 && ClockReader.boundary(b, q, end) ? q : -1;
    }

    /** {@code [www ]Mmm dd [yyyy ]hh:mm:ss}, any case, one or two blanks. */
    private static int bsd(byte[] b, int p, int end, TimeFields f) {
        int q = p;
        int month = month(b, q, end);
        if (month == 0) {
            if (!weekday(b, q, end)) {
                return -1;
            }
            q = gap(b, q + 3, end);
            month = q < 0 ? 0 : month(b, q, end);
            if (month == 0) {
                int year = q < 0 ? -1 : Octets.number(b, q, end, 4);
                return year >= 0 ? yearFirst(b, q, end, year, f) : -1;
            }
        }
        f.kind = Kind.BSD;
        f.month = month;
        q = day(b, gap(b, q + 3, end), end, f);
        if (q < 0) {
            return -1;
        }
        int year = Octets.number(b, q, end, 4);
        if (year >= 0) {
            f.year = year;
            q = gap(b, q + 4, end);
        }
        q = q < 0 ? -1 : ClockReader.timeOfDay(b, q, end, f);
        return q < 0 ? -1 : gluedOffset(b, q, end, f);
    }

    private static int yearFirst(byte[] b, int p, int end, int year, TimeFields f) {
        int q = gap(b, p + 4, end);
        if (q < 0 || month(b, q, end) == 0) {
            return -1;
        }
        q = bsd(b, q, end, f);
        if (q < 0 || f.yearKnown()) {
            return -1;
        }
        f.year = year;
        return q;
    }

    private static int day(byte[] b, int p, int end, TimeFields f) {
        if (p < 0 || p >= end || !Octets.digit(b[p])) {
            return -1;
        }
        int two = Octets.number(b, p, end, 2);
        f.day = two >= 0 ? two : b[p] - '0';
        return gap(b, two >= 0 ? p + 2 : p + 1, end);
    }

    /** Behind one or two blanks, or -1 where there are none. */
    private static int gap(byte[] b, int p, int end) {
        if (p < 0 || p >= end || !Octets.blank(b[p])) {
            return -1;
        }
        return p + 1 < end && Octets.blank(b[p + 1]) ? p + 2 : p + 1;
    }

    /** {@code MM/DD/YYYY:hh:mm:ss} (NetScaler). */
    private static int american(byte[] b, int p, int end, TimeFields f) {
        if (end - p < 19 || b[p + 2] != '/' || b[p + 5] != '/' || b[p + 10] != ':') {
            return -1;
        }
        f.kind = Kind.ISO;
        f.month = Octets.number(b, p, end, 2);
        f.day = Octets.number(b, p + 3, end, 2);
        f.year = Octets.number(b, p + 6, end, 4);
        int q = ClockReader.timeOfDay(b, p + 11, end, f);
        return q < 0 || (f.year | f.month | f.day) < 0 ? -1 : gluedOffset(b, q, end, f);
    }

    /** Ten digits, which is 2001 to 2286, with a fraction. */
    private static int epoch(byte[] b, int p, int end, TimeFields f) {
        int q = Octets.runEnd(b, p, end, Octets.DIGIT);
        if (q - p != 10 || b[p] == '0') {
            return -1;
        }
        f.kind = Kind.EPOCH;
        f.offset = 0;
        f.epochSecond = Octets.number(b, p, end, 5) * 100_000L + Octets.number(b, p + 5, end, 5);
        int after = ClockReader.fraction(b, q, end, f);
        // ten digits and a colon are a sequence number
        boolean plain = after == q && Octets.isAt(b, q, end, ':');
        return !plain && ClockReader.boundary(b, after, end) ? after : -1;
    }

    /** {@code hh:mm:ss}, {@code 1w2d}, {@code 3d04h} or {@code 1y23w}, always with a colon. */
    private static int uptime(byte[] b, int p, int end, TimeFields f) {
        f.kind = Kind.UPTIME;
        int q = Octets.runEnd(b, p, end, Octets.DIGIT);
        if (q == p || q >= end) {
            return -1;
        }
        int after;
        if (b[q] == ':') {
            after = q - p < 2 ? -1 : ClockReader.timeOfDay(b, q - 2, end, f);
        } else {
            after = units(b, q, end);
        }
        return after >= 0 && Octets.isAt(b, after, end, ':') ? after : -1;
    }

    private static int units(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p + 1, end, Octets.DIGIT);
        if (q == p + 1 || q >= end) {
            return -1;
        }
        boolean pair =
                (b[p] == 'y' && b[q] == 'w')
                        || (b[p] == 'w' && b[q] == 'd')
                        || (b[p] == 'd' && b[q] == 'h')
                        || (b[p] == 'h' && b[q] == 'm');
        return pair ? q + 1 : -1;
    }

    private static boolean weekday(byte[] b, int p, int end) {
        return switch (key(b, p, end)) {
            case MON, TUE, WED, THU, FRI, SAT, SUN -> true;
            default -> false;
        };
    }

    /** Number of the month with this name, 0 for another word. */
    private static int month(byte[] b, int p, int end) {
        return switch (key(b, p, end)) {
            case JAN -> 1;
            case FEB -> 2;
            case MAR -> 3;
            case APR -> 4;
            case MAY -> 5;
            case JUN -> 6;
            case JUL -> 7;
            case AUG -> 8;
            case SEP -> 9;
            case OCT -> 10;
            case NOV -> 11;
            case DEC -> 12;
            default -> 0;
        };
    }

    /** Three letters in lower case as one number. */
    private static int key(byte[] b, int p, int end) {
        return end - p < 3 ? 0 : key(b[p] | 0x20, b[p + 1] | 0x20, b[p + 2] | 0x20);
    }

    private static int key(int first, int second, int third) {
        return ((first & 0xff) << 16) | ((second & 0xff) << 8) | (third & 0xff);
    }
}
