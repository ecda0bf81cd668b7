package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.HeaderField;
import java.nio.charset.StandardCharsets;

/** Recognises HOSTNAME words. Positions go in, the position behind the word or -1 comes out. */
final class HostReader {
    private static final byte[] REPEATED = ascii("last message repeated ");
    private static final byte[] FORWARDED = ascii("Message forwarded from ");

    private HostReader() {}

    /** A word of letters, digits, {@code . - _}, or an address, also in brackets. */
    static int word(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.HOST);
        if (q > p && Octets.blankOrEnd(b, q, end)) {
            return isHost(b, p, q) && !isRepetition(b, p, end) ? q : -1;
        }
        if (q >= end || (b[q] != ':' && b[q] != '[')) {
            return -1;
        }
        q = Octets.wordEnd(b, p, end);
        return isHost(b, p, q) ? q : -1;
    }

    /** A word as {@link #word}, but with a colon behind it, on which the result points. */
    static int beforeColon(byte[] b, int p, int end) {
        int q = Octets.wordEnd(b, p, end);
        return q - 1 > p && b[q - 1] == ':' && isHost(b, p, q - 1) ? q - 1 : -1;
    }

    /** Start of X in {@code Message forwarded from X: } (AIX), or -1. */
    static int forwarded(byte[] b, int p, int end) {
        if (p >= end || b[p] != 'M' || !Octets.startsWith(b, p, end, FORWARDED)) {
            return -1;
        }
        int at = p + FORWARDED.length;
        return beforeColon(b, at, end) < 0 ? -1 : at;
    }

    /** What syslog daemons write instead of repeating a message: text, no host. */
    static boolean isRepetition(byte[] b, int p, int end) {
        return p < end && b[p] == 'l' && Octets.startsWith(b, p, end, REPEATED);
    }

    /** Whether {@code b[p, end)} may be a HOSTNAME. */
    static boolean isHost(byte[] b, int p, int end) {
        if (end - p > HeaderField.MAX_HOSTNAME || end == p) {
            return false;
        }
        if (Octets.runEnd(b, p, end, Octets.HOST) == end) {
            return Octets.holds(b, p, end, Octets.LETTER | Octets.DIGIT);
        }
        return bracketed(b, p, end)
                ? Addresses.isAddress(b, p + 1, end - 1)
                : Addresses.isIpv6(b, p, end);
    }

    /** Whether brackets stand around the word. */
    static boolean bracketed(byte[] b, int p, int end) {
        return end - p > 2 && b[p] == '[' && b[end - 1] == ']';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
