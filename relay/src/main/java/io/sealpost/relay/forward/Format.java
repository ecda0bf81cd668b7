package io.sealpost.relay.forward;

/** What an upstream gets of each message. Each has its page in {@code docs/format}. */
public enum Format {
    /** The message as it lies in the spool. */
    RFC5424,
    /** For receivers that know nothing newer; without MSGID and structured data. */
    RFC3164,
    /** One JSON object. */
    JSON,
    /** The message as it was received; as it lies in the spool where that was not kept. */
    ORIGINAL
}
