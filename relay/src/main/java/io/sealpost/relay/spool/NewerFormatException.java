package io.sealpost.relay.spool;

/**
 * A file was written by a later release, in a format that this one does not know. Nothing in it was
 * changed; the message is written for the operator.
 */
public final class NewerFormatException extends SpoolException {
    private static final long serialVersionUID = 1L;

    /**
     * Of a file in the data folder.
     *
     * @param file as the operator finds it
     * @param found the format it has
     * @param known the newest that this release reads
     */
    public NewerFormatException(String file, int found, int known) {
        super(
                file
                        + " has format "
                        + found
                        + ", this release reads "
                        + known
                        + ": it was written by a later release. Start that one, or let it drain"
                        + " first.");
    }
}
