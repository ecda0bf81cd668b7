package io.sealpost.relay.spool;

/** Bugs planted by tests to show that the model finds them. */
enum Flaw {
    /** The sequence is published before its batch is synced. */
    ACK_BEFORE_SYNC,
    /** Queues read, and so cursors pass, what is written but not yet durable. */
    CURSOR_BEFORE_DATA,
    /** The folder is not synced after a segment is made. */
    NO_FOLDER_SYNC,
    /** A segment is unlinked before the cursor that releases it is durable. */
    UNLINK_BEFORE_CURSOR
}
