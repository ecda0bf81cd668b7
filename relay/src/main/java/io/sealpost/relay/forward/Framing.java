package io.sealpost.relay.forward;

/** How an upstream tells one message from the next (RFC 6587 §3.4). */
public enum Framing {
    /** A line each; LF, CR and NUL inside a message become {@code \n}, {@code \r}, {@code \0}. */
    LF,
    /** {@code LENGTH SP MESSAGE}, octets unchanged. */
    OCTET_COUNTING
}
