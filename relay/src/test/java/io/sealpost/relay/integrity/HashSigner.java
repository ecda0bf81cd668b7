package io.sealpost.relay.integrity;

import java.util.List;

/** Signs by a hash: real signatures would be most of the time of many tests. */
public final class HashSigner extends LogSigner {
    private HashSigner(String name) {
        super(name, List.of(key(name)));
    }

    /** A signer of the log of this name. */
    public static LogSigner named(String name) {
        return new HashSigner(name);
    }

    private static SigningKey key(String name) {
        try {
            return SigningKey.ofSeed(name, SignatureType.ED25519, new byte[32]);
        } catch (NoteFormatException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    SignedNote sign(IntegrityLog.DurableHead head, long seconds) {
        return note(new Checkpoint(origin(), head.size(), head.root()).text());
    }

    @Override
    public boolean hasSigned(SignedNote note) {
        return note.equals(note(note.text()));
    }

    private SignedNote note(String text) {
        byte[] hash = new MerkleHash().leaf(NoteText.utf8(text)).octets();
        return new SignedNote(text, List.of(NoteSignature.of(origin(), 1, hash)));
    }
}
