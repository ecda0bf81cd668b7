package io.sealpost.relay.route;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A pattern over a whole header field: {@code *} stands for any octets, {@code ?} for one; upper
 * and lower case are alike. A field without a value is empty, and also {@code -}.
 */
final class Glob {
    private static final int NONE = -1;

    private final byte[] pattern;

    Glob(String text) {
        pattern = text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    }

    /*
     * On a mismatch only the last star is extended: one that stands before it can gain nothing that
     * the last one does not. So the time is at most the product of the lengths.
     */
    boolean matches(byte[] b, int offset, int length) {
        if (length == 0 && pattern.length == 1 && pattern[0] == '-') {
            return true;
        }
        int end = offset + length;
        int p = 0;
        int at = offset;
        int star = NONE;
        int starAt = offset;
        while (at < end) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                starAt = at;
            } else if (p < pattern.length
                    && (pattern[p] == '?' || pattern[p] == lowerCase(b[at]))) {
                p++;
                at++;
            } else if (star != NONE) {
                p = star + 1;
                at = ++starAt;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    private static byte lowerCase(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet + ('a' - 'A')) : octet;
    }
}
