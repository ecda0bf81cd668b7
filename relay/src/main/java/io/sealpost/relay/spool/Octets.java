package io.sealpost.relay.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of octets with the variable-length numbers of the metadata. Confined. */
final class Octets {
    byte[] array;
    int length;

    Octets(int capacity) {
        array = new byte[capacity];
    }

    void clear() {
        length = 0;
    }

    void room(int octets) {
        if (array.length - length < octets) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + octets));
        }
    }

    void octet(int value) {
        room(1);
        array[length++] = (byte) value;
    }

    void bytes(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, array, length, count);
        length += count;
    }

    /** Unsigned LEB128: seven bits an octet, the lowest first. */
    void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            array[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
    }

    /** Four octets. */
    void fixed(int value) {
        room(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            array[length++] = (byte) (value >> shift);
        }
    }

    /** Its length in octets as a number, and UTF-8. */
    void text(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        number(octets.length);
        bytes(octets, 0, octets.length);
    }

    /** Zigzag: small for small differences of either sign. */
    void difference(long value) {
        number((value << 1) ^ (value >> 63));
    }
}
