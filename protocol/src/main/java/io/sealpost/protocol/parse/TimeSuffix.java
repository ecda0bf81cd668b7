package io.sealpost.protocol.parse;

/** Reads what may follow a time: its colon, a year, a zone word. Not thread-safe. */
final class TimeSuffix {
    private static final int MAX_ZONE_WORD = 5;
    private static final int MIN_ZONE_WORD = 2;

    private final TagReader lookahead = new TagReader();

    /** Reads from the end of a time on and returns the start of the next header word. */
    int read(byte[] b, int p, int end, TimeFields f) {
        if (p >= end) {
            return end;
        }
        if (b[p] == ':') {
            return Octets.skipBlanks(b, p + 1, end);
        }
        int q = year(b, Octets.skipBlanks(b, p, end), end, f);
        if (!f.offsetKnown()) {
            int zone = zone(b, q, end, f);
            if (zone >= 0) {
                q = year(b, colonAndBlanks(b, zone, end), end, f);
            }
        }
        return q;
    }

    /** A year of its own, with a colon if there is one. */
    private static int year(byte[] b, int p, int end, TimeFields f) {
        if (f.yearKnown() || f.kind != TimeFields.Kind.BSD || end - p < 4) {
            return p;
        }
        int year = Octets.number(b, p, end, 4);
        if (year < 1900 || year > 2999 || !yearEnds(b, p + 4, end)) {
            return p;
        }
        f.year = year;
        return colonAndBlanks(b, p + 4, end);
    }

    /** An IPv6 address may begin with four digits and a colon, too. */
    private static boolean yearEnds(byte[] b, int p, int end) {
        return Octets.blankOrEnd(b, p, end)
                || (b[p] == ':' && (Octets.blankOrEnd(b, p + 1, end) || b[p + 1] == '%'));
    }

    /** Behind the blanks, and behind a colon that ends the time. */
    private static int colonAndBlanks(byte[] b, int p, int end) {
        int q = Octets.skipBlanks(b, p, end);
        if (Octets.isAt(b, q, end, ':') && (q == p || Octets.blankOrEnd(b, q + 1, end))) {
            q = Octets.skipBlanks(b, q + 1, end);
        }
        return q;
    }

    /** End of a zone that begins here, or -1. An unknown one leaves the offset unknown. */
    private int zone(byte[] b, int p, int end, TimeFields f) {
        if (p >= end) {
            return -1;
        }
        if (b[p] == '+' || b[p] == '-') {
            int q = ClockReader.offset(b, p, end, f);
            if (q >= 0 && ClockReader.boundary(b, q, end)) {
                return q;
            }
            f.offset = TimeFields.UNKNOWN;
            f.offsetInvalid = false;
            return -1;
        }
        int q = Octets.runEnd(b, p, end, Octets.UPPER);
        if (q == p || q - p > MAX_ZONE_WORD || !ClockReader.boundary(b, q, end)) {
            return -1;
        }
        int offset = ZoneWords.offset(b, p, q);
        boolean known = offset != TimeFields.UNKNOWN;
        boolean colon = Octets.isAt(b, q, end, ':');
        boolean zone =
                colon
                        ? q - p >= MIN_ZONE_WORD && (known || percentTag(b, q + 1, end))
                        : known && hostOrTag(b, Octets.skipBlanks(b, q, end), end);
        if (!zone) {
            return -1;
        }
        if (known) {
            f.offset = offset;
        }
        return q;
    }

    private boolean percentTag(byte[] b, int p, int end) {
        int q = Octets.skipBlanks(b, p, end);
        return Octets.isAt(b, q, end, '%') && lookahead.read(b, q, end);
    }

    private boolean hostOrTag(byte[] b, int p, int end) {
        if (p >= end) {
            return false;
        }
        if (b[p] == ':') {
            return Octets.blankOrEnd(b, p + 1, end);
        }
        if (b[p] == '-' && Octets.blankOrEnd(b, p + 1, end)) {
            return true;
        }
        boolean year = Octets.number(b, p, end, 4) >= 0 && yearEnds(b, p + 4, end);
        return year
                || HostReader.word(b, p, end) >= 0
                || HostReader.beforeColon(b, p, end) >= 0
                || lookahead.read(b, p, end);
    }
}
