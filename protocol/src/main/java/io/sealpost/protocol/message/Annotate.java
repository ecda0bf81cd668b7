package io.sealpost.protocol.message;

/** How much the relay writes into the STRUCTURED-DATA of messages that it changes. */
public enum Annotate {
    /** Nothing. */
    NONE,
    /** The marked reasons of a change. */
    CHANGED,
    /** Reasons, peer, receive time and form, in every message that is rewritten anyway. */
    ALL
}
