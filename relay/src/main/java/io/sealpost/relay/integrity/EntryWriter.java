package io.sealpost.relay.integrity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The octets of an entry as it is written: numbers are LEB128. Confined. */
final class EntryWriter {
    private static final int CONTINUED = 0x80;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream(256);

    byte[] toArray() {
        return octets.toByteArray();
    }

    void octet(int value) {
        octets.write(value);
    }

    void octets(byte[] b) {
        octets.write(b, 0, b.length);
    }

    /** Unsigned: seven bits an octet, the lowest first. */
    void number(long value) {
        long rest = value;
        while ((rest & -CONTINUED) != 0) {
            octets.write((int) rest | CONTINUED);
            rest >>>= 7;
        }
        octets.write((int) rest);
    }

    /** Zigzag: small for small differences of either sign. */
    void difference(long value) {
        number((value << 1) ^ (value >> 63));
    }

    /** Length and UTF-8. */
    void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        octets(utf8);
    }
}
