package io.sealpost.relay.config;

/** A value that cannot be taken: what is wrong with it, and what would be right. */
final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String wrong, String right) {
        super(wrong + ", " + right, null, false, false);
    }

    /** The whole sentence. */
    String problem() {
        return String.valueOf(getMessage());
    }
}
