package io.sealpost.protocol.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Search for the octets that end a non-transparent frame, eight at a time. */
final class Terminators {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LINE_FEEDS = '\n' * ONES;

    private Terminators() {}

    /** Index of the first LF or NUL in {@code b[from, end)}, or -1. */
    static int indexIn(byte[] b, int from, int end) {
        int at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = (long) LONG.get(b, at);
            long lines = word ^ LINE_FEEDS;
            // The lowest set bit marks the first zero octet; borrows only disturb those above it.
            long found = (((word - ONES) & ~word) | ((lines - ONES) & ~lines)) & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; at < end; at++) {
            if (b[at] == '\n' || b[at] == 0) {
                return at;
            }
        }
        return -1;
    }
}
