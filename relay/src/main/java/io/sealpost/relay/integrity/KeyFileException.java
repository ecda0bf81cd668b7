package io.sealpost.relay.integrity;

import java.io.IOException;

/** The private keys of a log are not there, not readable, not secret, or not its own. */
public final class KeyFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** With a sentence for the operator. */
    public KeyFileException(String message) {
        super(message);
    }

    KeyFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
