package io.sealpost.relay.integrity;

/** Bugs planted by tests to show that the model finds them. */
enum Flaw {
    /** A head is called durable before its hashes are synced. */
    HEAD_BEFORE_SYNC,
    /** Hashes that no checkpoint covers stay in the files when they are opened. */
    EDGE_NOT_CUT,
    /** The folder is not synced after a file is made. */
    NO_FOLDER_SYNC,
    /** Metadata is called durable before it is synced. */
    METADATA_NOT_SYNCED,
    /** Metadata that no checkpoint covers stays in the files when they are opened. */
    METADATA_NOT_CUT
}
