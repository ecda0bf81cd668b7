package io.sealpost.protocol.encode;

import java.nio.charset.StandardCharsets;

/**
 * Writes octets as the inside of a JSON string (RFC 8259 §7). What is not UTF-8 becomes U+FFFD, one
 * for each maximal part of a character, as Unicode recommends (§3.9).
 */
final class JsonText {
    /** The most octets that one octet can become. */
    static final int MAX_GROWTH = 6;

    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** Writes {@code from[offset, offset + length)}; returns the position behind it. */
    static int write(byte[] from, int offset, int length, byte[] to, int at) {
        int end = offset + length;
        int next = offset;
        int p = at;
        while (next < end) {
            int plain = plainEnd(from, next, end);
            System.arraycopy(from, next, to, p, plain - next);
            p += plain - next;
            next = plain;
            if (next == end) {
                break;
            }
            byte octet = from[next];
            if (octet >= 0) {
                p = escape(octet, to, p);
                next++;
            } else {
                int size = character(from, next, end);
                byte[] source = size > 0 ? from : REPLACEMENT;
                int count = size > 0 ? size : REPLACEMENT.length;
                System.arraycopy(source, size > 0 ? next : 0, to, p, count);
                p += count;
                next += Math.abs(size);
            }
        }
        return p;
    }

    private static int plainEnd(byte[] b, int offset, int end) {
        int p = offset;
        while (p < end && b[p] >= ' ' && b[p] != '"' && b[p] != '\\') {
            p++;
        }
        return p;
    }

    private static int escape(byte octet, byte[] to, int at) {
        int p = at;
        to[p++] = '\\';
        byte letter =
                switch (octet) {
                    case '"' -> '"';
                    case '\\' -> '\\';
                    case '\b' -> 'b';
                    case '\t' -> 't';
                    case '\n' -> 'n';
                    case '\f' -> 'f';
                    case '\r' -> 'r';
                    default -> 'u';
                };
        to[p++] = letter;
        if (letter == 'u') {
            to[p++] = '0';
            to[p++] = '0';
            to[p++] = HEX[octet >> 4];
            to[p++] = HEX[octet & 0xF];
        }
        return p;
    }

    /**
     * Octets of the character that begins here with an octet above 0x7F; negative for octets that
     * are the beginning of one, or none (RFC 3629 §4).
     */
    private static int character(byte[] b, int offset, int end) {
        int lead = b[offset] & 0xFF;
        int size = lead < 0xC2 || lead > 0xF4 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (size == 1) {
            return -1;
        }
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        for (int i = 1; i < size; i++) {
            int octet = offset + i < end ? b[offset + i] & 0xFF : 0;
            if (octet < low || octet > high) {
                return -i;
            }
            low = 0x80;
            high = 0xBF;
        }
        return size;
    }
}
