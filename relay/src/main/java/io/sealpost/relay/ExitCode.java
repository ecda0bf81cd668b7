package io.sealpost.relay;

/** What the command ends with, for scripts. */
enum ExitCode {
    /** Good. */
    GOOD(0),
    /** The thing asked about is not so. */
    NOT_SO(1),
    /** Bad usage or configuration. */
    BAD_USAGE(2),
    /** Could not tell or could not run. */
    COULD_NOT(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
