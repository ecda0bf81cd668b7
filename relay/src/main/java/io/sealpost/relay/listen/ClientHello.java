package io.sealpost.relay.listen;

/** Recognises a client that begins TLS (RFC 8446 §5.1) where plain syslog is expected. */
enum ClientHello {
    /** So many octets could begin a ClientHello. */
    UNDECIDED,
    YES,
    NO;

    private static final int RECORD_HANDSHAKE = 0x16;
    private static final int MAJOR_VERSION = 3;
    private static final int HIGHEST_MINOR_VERSION = 4;
    private static final int CLIENT_HELLO = 1;
    private static final int TYPE_AT = 5;

    /** What {@code b[0, end)}, the first octets of a connection, begin. */
    static ClientHello in(byte[] b, int end) {
        if ((end > 0 && b[0] != RECORD_HANDSHAKE)
                || (end > 1 && b[1] != MAJOR_VERSION)
                || (end > 2 && (b[2] < 0 || b[2] > HIGHEST_MINOR_VERSION))) {
            return NO;
        }
        if (end <= TYPE_AT) {
            return UNDECIDED;
        }
        return b[TYPE_AT] == CLIENT_HELLO ? YES : NO;
    }
}
