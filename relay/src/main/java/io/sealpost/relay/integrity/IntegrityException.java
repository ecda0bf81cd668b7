package io.sealpost.relay.integrity;

import java.io.IOException;

/**
 * What lies on disk does not go with what was signed. Nothing was changed on disk; the message is
 * written for the operator.
 */
public final class IntegrityException extends IOException {
    private static final long serialVersionUID = 1;

    /** What was found. */
    public enum Reason {
        /** Fewer hashes than the newest checkpoint is over: files are lost, cut or rolled back. */
        HASHES_MISSING,
        /**
         * The hashes have another root than the newest checkpoint, or a file is not what it says.
         */
        HASHES_DAMAGED,
        /** There are hashes and no checkpoint over them. */
        CHECKPOINT_MISSING,
        /** A newer checkpoint was there than can be read now. */
        CHECKPOINT_DAMAGED,
        /** Less metadata than the newest checkpoint is over. */
        METADATA_MISSING,
        /** A file of metadata is not what it says. */
        METADATA_DAMAGED,
        /** The newest checkpoint is not signed by the keys that there are now. */
        OTHER_KEY,
        /** Files of another release. */
        OTHER_FORMAT,
        /** What the spool holds is not what was hashed. */
        OTHER_ENTRIES
    }

    private final Reason reason;

    IntegrityException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What was found. */
    public Reason reason() {
        return reason;
    }
}
