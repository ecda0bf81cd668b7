package io.sealpost.relay.route;

/** Leaves a regular expression that takes too long on a text. Never seen outside of this room. */
final class TooManyStepsException extends RuntimeException {
    /** Thrown per message, so it is made once and knows no stack. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack that could mislead
    static final TooManyStepsException INSTANCE = new TooManyStepsException();

    private static final long serialVersionUID = 1L;

    private TooManyStepsException() {
        super("too many steps", null, false, false);
    }
}
