package io.sealpost.protocol.parse;

/**
 * Reads what network devices write before the time: sequence numbers, an origin, the node of IOS
 * XR. It counts only if a time or a tag with {@code %} follows. Not thread-safe.
 */
final class CiscoPrefix {
    private static final int MAX_SEQUENCES = 2;

    private final TagReader lookahead = new TagReader();
    private int originStart;
    private int originEnd;
    private int timeEnd;

    /** Start of the time or tag behind the prefix, or -1 where there is none. */
    int read(byte[] b, int p, int end, TimeFields f) {
        int sequences = 0;
        boolean node = false;
        originStart = -1;
        timeEnd = -1;
        int q = p;
        while (q < end) {
            timeEnd = TimeReader.read(b, q, end, f);
            if (timeEnd >= 0 || (b[q] == '%' && lookahead.read(b, q, end))) {
                return q > p ? q : -1;
            }
            int next;
            if ((next = sequence(b, q, end)) >= 0 && sequences < MAX_SEQUENCES) {
                sequences++;
            } else if ((next = node(b, q, end)) >= 0 && !node) {
                node = true;
            } else if ((next = origin(b, q, end)) >= 0 && originStart < 0) {
                originStart = q;
                originEnd = next;
            } else {
                return -1;
            }
            q = Octets.skipBlanks(b, next + 1, end);
        }
        return -1;
    }

    /** End of the time behind the prefix, -1 where a tag stands there. */
    int timeEnd() {
        return timeEnd;
    }

    boolean hasOrigin() {
        return originStart >= 0;
    }

    int originStart() {
        return originStart;
    }

    int originEnd() {
        return originEnd;
    }

    /** The colon behind digits, or -1. */
    private static int sequence(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.DIGIT);
        return q > p && Octets.isAt(b, q, end, ':') ? q : -1;
    }

    /** The colon behind {@code RP/0/RSP0/CPU0} or {@code LC/...}, or -1. */
    private static int node(byte[] b, int p, int end) {
        boolean named =
                end - p > 3
                        && b[p + 2] == '/'
                        && ((b[p] == 'R' && b[p + 1] == 'P') || (b[p] == 'L' && b[p + 1] == 'C'));
        if (!named) {
            return -1;
        }
        int q = p + 3;
        while (q < end && (b[q] == '/' || Octets.is(b[q], Octets.LETTER | Octets.DIGIT))) {
            q++;
        }
        return Octets.isAt(b, q, end, ':') ? q : -1;
    }

    /** The colon behind a host word or an address, or -1. */
    private static int origin(byte[] b, int p, int end) {
        int word = HostReader.beforeColon(b, p, end);
        if (word >= 0) {
            return word;
        }
        int q = Octets.runEnd(b, p, end, Octets.HOST);
        return Octets.isAt(b, q, end, ':') && HostReader.isHost(b, p, q) ? q : -1;
    }
}
