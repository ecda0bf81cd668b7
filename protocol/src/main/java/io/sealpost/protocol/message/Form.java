package io.sealpost.protocol.message;

/** How a message was understood. The order is the number stored on disk. */
public enum Form {
    /** Well-formed RFC 5424, sent byte for byte. */
    RFC5424
}
