package io.sealpost.protocol.parse;

/** Character classes of syslog headers, and runs of them. */
final class Octets {
    static final int DIGIT = 1;
    static final int UPPER = 2;
    static final int LETTER = 4;

    /** What a HOSTNAME word may hold. */
    static final int HOST = 8;

    /** What a tag may hold. */
    static final int TAG = 16;

    /** PRINTUSASCII of RFC 5424 §6. */
    static final int PRINT = 32;

    /** SD-NAME of RFC 5424 §6.3.2. */
    static final int SD_NAME = 64;

    /** What a PID in brackets may hold. */
    static final int PID = 128;

    private static final short[] CLASSES = classes();

    private Octets() {}

    static boolean is(byte octet, int classes) {
        return (CLASSES[octet & 0xff] & classes) != 0;
    }

    static boolean digit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    /** TAB separates like a blank. */
    static boolean blank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    static boolean blankOrEnd(byte[] b, int p, int end) {
        return p >= end || blank(b[p]);
    }

    static boolean isAt(byte[] b, int p, int end, char octet) {
        return p < end && b[p] == octet;
    }

    static int skipBlanks(byte[] b, int p, int end) {
        int q = p;
        while (q < end && blank(b[q])) {
            q++;
        }
        return q;
    }

    /** End of the word that begins here. */
    static int wordEnd(byte[] b, int p, int end) {
        int q = p;
        while (q < end && !blank(b[q])) {
            q++;
        }
        return q;
    }

    /** End of the run of these classes that begins here. */
    static int runEnd(byte[] b, int p, int end, int classes) {
        int q = p;
        while (q < end && (CLASSES[b[q] & 0xff] & classes) != 0) {
            q++;
        }
        return q;
    }

    /** Whether one of these classes occurs in {@code b[p, end)}. */
    static boolean holds(byte[] b, int p, int end, int classes) {
        for (int q = p; q < end; q++) {
            if (is(b[q], classes)) {
                return true;
            }
        }
        return false;
    }

    static boolean startsWith(byte[] b, int p, int end, byte[] text) {
        if (end - p < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (b[p + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** The number in these digits, or -1 if one of them is none. */
    static int number(byte[] b, int p, int end, int digits) {
        if (end - p < digits) {
            return -1;
        }
        int value = 0;
        for (int i = p; i < p + digits; i++) {
            if (!digit(b[i])) {
                return -1;
            }
            value = value * 10 + b[i] - '0';
        }
        return value;
    }

    private static short[] classes() {
        short[] classes = new short[256];
        for (int c = '!'; c <= '~'; c++) {
            int bits = PRINT;
            bits |= "=\"]".indexOf(c) < 0 ? SD_NAME : 0;
            bits |= "[]{}\"=,;<>|".indexOf(c) < 0 ? PID : 0;
            bits |= "._-/%+@()*#".indexOf(c) >= 0 ? TAG : 0;
            bits |= "._-".indexOf(c) >= 0 ? HOST : 0;
            if (c >= '0' && c <= '9') {
                bits |= DIGIT | HOST | TAG;
            }
            if (c >= 'A' && c <= 'Z') {
                bits |= UPPER | LETTER | HOST | TAG;
            }
            if (c >= 'a' && c <= 'z') {
                bits |= LETTER | HOST | TAG;
            }
            classes[c] = (short) bits;
        }
        return classes;
    }
}
