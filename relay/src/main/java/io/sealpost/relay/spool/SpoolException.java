package io.sealpost.relay.spool;

import java.io.IOException;

/** The spool cannot be opened or used; the message is written for the operator. */
public sealed class SpoolException extends IOException permits NewerFormatException {
    private static final long serialVersionUID = 1L;

    public SpoolException(String message) {
        super(message);
    }

    public SpoolException(String message, Throwable cause) {
        super(message, cause);
    }
}
