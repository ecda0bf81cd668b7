package io.sealpost.relay.listen;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A keyed hash of octets in 64 bits: who does not know the key cannot make two texts with the same
 * hash on purpose. Immutable.
 */
/*
 * Multiplication to 128 bits, whose halves are folded, over 16 octets at a time (the idea of wyhash).
 * A checksum would not do: equal CRCs are easily made, whatever its start value.
 */
final class OctetHash {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STEP = 2 * Long.BYTES;

    private final long first;
    private final long second;

    OctetHash(long first, long second) {
        this.first = first;
        this.second = second;
    }

    /** With a key that nobody knows. */
    static OctetHash secret() {
        SecureRandom random = new SecureRandom();
        return new OctetHash(random.nextLong(), random.nextLong());
    }

    long of(byte[] b, int offset, int length) {
        long hash = first ^ length;
        int at = offset;
        int left = length;
        for (; left >= STEP; left -= STEP) {
            hash =
                    fold(
                            (long) LONGS.get(b, at) ^ second,
                            (long) LONGS.get(b, at + Long.BYTES) ^ hash);
            at += STEP;
        }
        long low = 0;
        long high = 0;
        if (left >= Long.BYTES) {
            low = (long) LONGS.get(b, at);
            at += Long.BYTES;
            left -= Long.BYTES;
        }
        for (int i = 0; i < left; i++) {
            high |= (b[at + i] & 0xffL) << (Byte.SIZE * i);
        }
        return fold(fold(low ^ second, high ^ hash), first);
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
