package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignatureType;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.VerifierKey;
import java.util.List;
import java.util.Optional;

/** The public keys of a log that whoever verifies has from elsewhere. Thread-safe. */
public record LogKeys(List<VerifierKey> keys) {
    /** At least one key, all of one log. */
    public LogKeys {
        keys = List.copyOf(keys);
        if (keys.isEmpty() || keys.stream().map(VerifierKey::name).distinct().count() != 1) {
            throw new IllegalArgumentException("not the keys of one log");
        }
    }

    /** The log's origin, which is the name of its keys. */
    public String origin() {
        return keys.getFirst().name();
    }

    /** The checkpoint of a note, or why it counts for nothing. */
    record Read(Optional<Checkpoint> checkpoint, String trouble) {
        static Read bad(String trouble) {
            return new Read(Optional.empty(), trouble);
        }
    }

    /** Reads a stored note: all the keys must have signed it. */
    Read read(byte[] octets) {
        try {
            return read(SignedNote.parse(octets), keys);
        } catch (NoteFormatException e) {
            return Read.bad("is no checkpoint: " + e.getMessage());
        }
    }

    Read read(SignedNote note) {
        return read(note, keys);
    }

    /** Reads a note out of a line, which has the Ed25519 signature only. */
    Optional<Checkpoint> readInBand(SignedNote note) {
        List<VerifierKey> ed25519 =
                keys.stream().filter(key -> key.type() == SignatureType.ED25519).toList();
        return ed25519.isEmpty() ? Optional.empty() : read(note, ed25519).checkpoint;
    }

    private Read read(SignedNote note, List<VerifierKey> by) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(note.text());
        } catch (NoteFormatException e) {
            return Read.bad("is no checkpoint: " + e.getMessage());
        }
        if (!checkpoint.origin().equals(origin())) {
            return Read.bad("is of " + checkpoint.origin() + ", not of " + origin());
        }
        for (VerifierKey key : by) {
            switch (note.verdict(key)) {
                case VALID -> {}
                case ABSENT -> {
                    return Read.bad("has no signature of the key " + key.print());
                }
                case INVALID -> {
                    return Read.bad("has a false signature of the key " + key.print());
                }
            }
        }
        return new Read(Optional.of(checkpoint), "");
    }
}
