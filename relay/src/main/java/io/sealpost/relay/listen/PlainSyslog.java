package io.sealpost.relay.listen;

/** Recognises a sender of plain syslog (RFC 6587) where another protocol is expected. */
final class PlainSyslog {
    private static final int MAX_DIGITS = 9;

    private PlainSyslog() {}

    /** Whether {@code b[from, end)} begins with a message in a line, or a counted one. */
    static boolean in(byte[] b, int from, int end) {
        int at = from;
        while (at < end && at - from < MAX_DIGITS && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        if (at > from && at < end && b[at] == ' ') {
            at++;
        }
        return at < end && b[at] == '<';
    }
}
