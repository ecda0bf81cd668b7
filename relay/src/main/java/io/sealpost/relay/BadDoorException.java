package io.sealpost.relay;

import java.io.IOException;

/** A listener cannot be opened. */
final class BadDoorException extends IOException {
    private static final long serialVersionUID = 1;

    private final String listener;

    BadDoorException(String listener, IOException cause) {
        super(cause.getMessage(), cause);
        this.listener = listener;
    }

    /** Its name in the conf file. */
    String listener() {
        return listener;
    }
}
