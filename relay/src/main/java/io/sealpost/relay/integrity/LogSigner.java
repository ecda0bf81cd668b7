package io.sealpost.relay.integrity;

import java.util.ArrayList;
import java.util.List;

/**
 * Signs the checkpoints of one log, by all its keys, and nothing else. The keys never leave it.
 * They bear the log's origin as their name, as C2SP tlog-checkpoint wants. Not final for tests of
 * this package, for which real signatures take too long; nobody else can make another one.
 */
public class LogSigner {
    private final String origin;
    private final List<SigningKey> keys;

    LogSigner(String origin, List<SigningKey> keys) {
        this.origin = origin;
        this.keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key");
        }
    }

    /** Of keys that are all named after the log. */
    LogSigner(List<SigningKey> keys) {
        this(keys.getFirst().verifier().name(), keys);
    }

    /** Which log. */
    public String origin() {
        return origin;
    }

    /** The public keys. */
    public List<VerifierKey> verifiers() {
        return keys.stream().map(SigningKey::verifier).toList();
    }

    /** Whether all the keys have signed the note. */
    public boolean hasSigned(SignedNote note) {
        return verifiers().stream().allMatch(key -> note.verdict(key) == SignedNote.Verdict.VALID);
    }

    /**
     * The checkpoint of a tree that is durable.
     *
     * @param seconds since 1970
     */
    SignedNote sign(IntegrityLog.DurableHead head, long seconds) {
        String text = new Checkpoint(origin, head.size(), head.root()).text();
        List<NoteSignature> signatures = new ArrayList<>();
        try {
            for (SigningKey key : keys) {
                signatures.add(key.sign(text, seconds));
            }
        } catch (NoteFormatException e) {
            throw new IllegalStateException("a checkpoint is a note", e);
        }
        return new SignedNote(text, signatures);
    }
}
