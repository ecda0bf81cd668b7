package io.sealpost.protocol.encode;

/**
 * Turns an RFC 5424 message into another form. The same octets always give the same octets, so that
 * a file can be compared with the spool; what is not RFC 5424 is taken for the text of a message.
 * Never throws for any input. Reuses its memory; not thread-safe.
 */
public sealed interface MessageEncoder permits Rfc3164Encoder, JsonEncoder {
    /** The most octets that one message of this length can become. */
    int maxLength(int messageLength);

    /**
     * Writes the message in {@code from[offset, offset + length)} to {@code to[at...)}, which must
     * have room for {@link #maxLength}; returns the octets written.
     */
    int encode(byte[] from, int offset, int length, byte[] to, int at);
}
