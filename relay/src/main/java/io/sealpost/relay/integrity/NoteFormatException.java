package io.sealpost.relay.integrity;

/** A text that claims to be a note, a key, a checkpoint or a proof is not written as such. */
public final class NoteFormatException extends Exception {
    private static final long serialVersionUID = 1;

    NoteFormatException(String reason) {
        super(reason);
    }
}
