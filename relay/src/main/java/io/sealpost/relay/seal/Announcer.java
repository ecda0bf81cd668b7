package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.watch.EventKind;

/**
 * Told of what happens to the log, for the operator's log, events and metrics; and the words for
 * what the log says in the stream. Called on the thread that seals; must be quick.
 */
public interface Announcer {
    /** A message of the log in the stream, RFC 5424, and what it counts as. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Announcement(EventKind kind, byte[] message) {}

    /** A checkpoint is durable. Returns the message about it, RFC 5424. */
    Announcement checkpoint(SignedNote note);

    /** These entries are too old or too many, and go. Returns the message about it. */
    Announcement dropped(long firstLeaf, long endLeaf);

    /** Stored checkpoints over fewer entries go. Returns the message about it. */
    Announcement droppedCheckpoints(long fewerThan);

    /** Messages of the spool went before they were sealed: damaged, or from a time without log. */
    void lost(long firstSequence, long endSequence);

    /**
     * The log was an old copy of itself and was closed; this is another one. Returns the message
     * about it, which is to be the first of the new log.
     */
    Announcement reopened(ClosedLog before);

    /**
     * Whether the log is an old copy of itself cannot be said.
     *
     * @param alarming somebody else has written what the log should have
     */
    void unchecked(String reason, boolean alarming);

    /** Nothing can be sealed now; it is tried again. */
    void failing(Exception failure, String reason);

    /** It works again. */
    void working();
}
