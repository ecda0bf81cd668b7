package io.sealpost.protocol.parse;

import java.nio.charset.StandardCharsets;

/** Reads the TAG of RFC 3164 with its PID. Holds what it read last; not thread-safe. */
final class TagReader {
    private static final byte[] CEF = "CEF:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LEEF = "LEEF:".getBytes(StandardCharsets.US_ASCII);

    private int nameEnd;
    private int pidStart;
    private int pidEnd;
    private int textStart;

    /** Whether a tag stands at {@code p}. */
    boolean read(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.TAG);
        if (q == p || q == end || !Octets.holds(b, p, q, Octets.LETTER)) {
            return false;
        }
        nameEnd = q;
        pidStart = q;
        pidEnd = q;
        if (b[q] == '[') {
            return pid(b, q + 1, end);
        }
        if (b[q] != ':' || isEventFormat(b, p, end)) {
            return false;
        }
        if (!Octets.blankOrEnd(b, q + 1, end) && !gluedText(b, q + 1, end)) {
            return false;
        }
        textStart = behindBlank(b, q + 1, end);
        return true;
    }

    /** Whether the tag read last has a PID in brackets, which may be empty. */
    boolean hasBrackets() {
        return pidStart > nameEnd;
    }

    int nameEnd() {
        return nameEnd;
    }

    int pidStart() {
        return pidStart;
    }

    int pidLength() {
        return pidEnd - pidStart;
    }

    /** Where the text behind the tag begins. */
    int textStart() {
        return textStart;
    }

    private boolean pid(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.PID);
        if (!Octets.isAt(b, q, end, ']') || q + 1 >= end) {
            return false;
        }
        boolean colon = b[q + 1] == ':';
        if (!colon && !Octets.blank(b[q + 1])) {
            return false;
        }
        pidStart = p;
        pidEnd = q;
        textStart = behindBlank(b, colon ? q + 2 : q + 1, end);
        return true;
    }

    private static int behindBlank(byte[] b, int p, int end) {
        return p < end && Octets.blank(b[p]) ? p + 1 : p;
    }

    /** CEF and LEEF begin with a word that looks like a tag. */
    private static boolean isEventFormat(byte[] b, int p, int end) {
        return Octets.startsWith(b, p, end, CEF) || Octets.startsWith(b, p, end, LEEF);
    }

    /**
     * Whether text glued to a tag's colon leaves it a tag. Addresses, URLs, {@code key:value} lists
     * and data formats hold colons, too.
     */
    private static boolean gluedText(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.TAG);
        if (!Octets.blankOrEnd(b, q, end)) {
            return false;
        }
        if (b[p] == '/' && Octets.isAt(b, p + 1, end, '/')) {
            return false;
        }
        return !isNumberOrAddress(b, p, q) && !pairFollows(b, q, end);
    }

    private static boolean isNumberOrAddress(byte[] b, int p, int end) {
        int q = b[p] == '-' || b[p] == '+' ? p + 1 : p;
        q = Octets.runEnd(b, q, end, Octets.DIGIT);
        if (Octets.isAt(b, q, end, '.')) {
            q = Octets.runEnd(b, q + 1, end, Octets.DIGIT);
        }
        if (q == end) {
            return true;
        }
        int slash = p;
        while (slash < end && b[slash] != '/') {
            slash++;
        }
        return Addresses.isIpv4(b, p, slash);
    }

    /** Whether one of the following words is {@code word:text}. */
    private static boolean pairFollows(byte[] b, int p, int end) {
        int q = Octets.skipBlanks(b, p, end);
        while (q < end) {
            int colon = Octets.runEnd(b, q, end, Octets.TAG);
            if (Octets.isAt(b, colon, end, ':')
                    && !Octets.blankOrEnd(b, colon + 1, end)
                    && Octets.holds(b, q, colon, Octets.LETTER)) {
                return true;
            }
            q = Octets.skipBlanks(b, Octets.wordEnd(b, colon, end), end);
        }
        return false;
    }
}
