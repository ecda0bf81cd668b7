package io.sealpost.relay.integrity;

import java.util.Optional;

/**
 * A checkpoint as it was stored.
 *
 * @param seconds since 1970, when it was signed
 * @param nextSequence of the spool, of the first message behind it
 * @param note as signed
 * @param checkpoint what the note says
 */
public record StoredCheckpoint(
        long seconds, long nextSequence, SignedNote note, Checkpoint checkpoint) {

    /** The checkpoint of a record, or empty if its note is none. */
    static Optional<StoredCheckpoint> of(CheckpointRecord record) {
        try {
            SignedNote note = SignedNote.parse(record.note());
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            return Optional.of(
                    new StoredCheckpoint(
                            record.seconds(), record.nextSequence(), note, checkpoint));
        } catch (NoteFormatException e) {
            return Optional.empty();
        }
    }
}
