package io.sealpost.relay.forward;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Rewrites octet-counted frames as lines: {@code LEN SP MSG} becomes {@code MSG LF}, and LF, CR and
 * NUL inside a message become {@code \n}, {@code \r} and {@code \0}, each counted. Confined to one
 * thread; takes in whole frames only, as the spool gives them out.
 */
final class LfFraming {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long SPACES = ONES * ' ';
    private static final long LINE_FEEDS = ONES * '\n';
    private static final long RETURNS = ONES * '\r';

    private long escaped;

    /** The most octets that this many octets of frames can become. */
    static int maxLength(int octets) {
        return 2 * octets;
    }

    /** Octets escaped so far. */
    long escaped() {
        return escaped;
    }

    /**
     * Rewrites the frames in {@code from[offset, offset + length)} to {@code to[at...)}, which must
     * have room for {@link #maxLength}; returns the octets written.
     */
    int rewrite(byte[] from, int offset, int length, byte[] to, int at) {
        int end = offset + length;
        int next = offset;
        int out = at;
        while (next < end) {
            int size = 0;
            for (byte digit = from[next++]; digit != ' '; digit = from[next++]) {
                size = size * 10 + digit - '0';
            }
            out = line(from, next, size, to, out);
            next += size;
        }
        return out - at;
    }

    /** Writes one message as a line; returns the position behind it. */
    int line(byte[] from, int offset, int length, byte[] to, int at) {
        int out = at;
        if (isPlain(from, offset, length)) {
            System.arraycopy(from, offset, to, out, length);
            out += length;
        } else {
            out = escape(from, offset, length, to, out);
        }
        to[out] = '\n';
        return out + 1;
    }

    /** Whether nothing has to be escaped; eight octets at a time. */
    private static boolean isPlain(byte[] octets, int offset, int length) {
        if (length < Long.BYTES) {
            return isPlainByOctet(octets, offset, length);
        }
        int last = offset + length - Long.BYTES;
        long found = below(SPACES, (long) LONGS.get(octets, last));
        for (int i = offset; i < last; i += Long.BYTES) {
            found |= below(SPACES, (long) LONGS.get(octets, i));
        }
        // A TAB is a control character too, and common: then look closer.
        return found == 0 || isPlainByKind(octets, offset, last);
    }

    private static boolean isPlainByKind(byte[] octets, int offset, int last) {
        long found = escapable((long) LONGS.get(octets, last));
        for (int i = offset; i < last; i += Long.BYTES) {
            found |= escapable((long) LONGS.get(octets, i));
        }
        return found == 0;
    }

    private static boolean isPlainByOctet(byte[] octets, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (letter(octets[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Not zero if an octet is smaller than that of the limit, which is at most 0x80. */
    private static long below(long limits, long octets) {
        return (octets - limits) & ~octets & HIGH_BITS;
    }

    private static long escapable(long octets) {
        return below(ONES, octets)
                | below(ONES, octets ^ LINE_FEEDS)
                | below(ONES, octets ^ RETURNS);
    }

    private int escape(byte[] from, int offset, int length, byte[] to, int at) {
        int out = at;
        for (int i = offset; i < offset + length; i++) {
            byte letter = letter(from[i]);
            if (letter == 0) {
                to[out++] = from[i];
            } else {
                to[out++] = '\\';
                to[out++] = letter;
                escaped++;
            }
        }
        return out;
    }

    /** What follows the backslash, or 0 for an octet that stays. */
    private static byte letter(byte octet) {
        return switch (octet) {
            case '\n' -> 'n';
            case '\r' -> 'r';
            case 0 -> '0';
            default -> 0;
        };
    }
}
