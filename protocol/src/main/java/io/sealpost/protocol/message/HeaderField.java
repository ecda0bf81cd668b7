package io.sealpost.protocol.message;

/** The header fields of RFC 5424 §6.2.4 to §6.2.7: printable US-ASCII of a limited length. */
public final class HeaderField {
    /** Limit of HOSTNAME in octets. */
    public static final int MAX_HOSTNAME = 255;

    /** Limit of APP-NAME in octets. */
    public static final int MAX_APP_NAME = 48;

    /** Limit of PROCID in octets. */
    public static final int MAX_PROCID = 128;

    /** Limit of MSGID in octets. */
    public static final int MAX_MSGID = 32;

    /** Stands for an octet that no header field may hold. */
    private static final byte REPLACEMENT = '?';

    private HeaderField() {}

    /** Whether an octet may stand in a header field (PRINTUSASCII). */
    public static boolean printable(byte octet) {
        return octet > ' ' && octet < 0x7f;
    }

    /**
     * Copies a field and replaces octets that may not stand in it. Returns the position after it.
     */
    public static int copy(byte[] source, int offset, int length, byte[] dst, int at) {
        for (int i = 0; i < length; i++) {
            byte octet = source[offset + i];
            dst[at + i] = printable(octet) ? octet : REPLACEMENT;
        }
        return at + length;
    }
}
