package io.sealpost.protocol.frame;

/** Where a text that is too long may be cut. */
public final class Utf8 {
    private static final int MAX_FOLLOWING = 3;

    private Utf8() {}

    /**
     * The most octets of {@code b[offset, +length)} that do not end inside a UTF-8 character;
     * octets that are no UTF-8 may be cut anywhere.
     */
    public static int cut(byte[] b, int offset, int length) {
        int last = offset + length - 1;
        int at = last;
        while (at > offset && last - at < MAX_FOLLOWING && (b[at] & 0xC0) == 0x80) {
            at--;
        }
        int lead = b[at] & 0xFF;
        int needed = lead < 0xC2 || lead > 0xF4 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        boolean partial = needed > last - at + 1;
        return partial && at > offset ? at - offset : length;
    }
}
