package io.sealpost.relay;

import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.seal.LogFolder;
import io.sealpost.relay.spool.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the keys of an integrity log before it is opened. */
final class SealFiles {
    private SealFiles() {}

    /** Why the log cannot go on with its keys, if it has begun; changes nothing. */
    static Optional<String> problem(Path dataDir) {
        Path key = LogFolder.keyFile(dataDir);
        try {
            LogFolder folder = new LogFolder(dataDir, FileStorage.at(dataDir));
            if (!Files.exists(key) && !folder.hasBegun()) {
                return Optional.empty();
            }
            return otherKey(key, KeyFile.read(key));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Without its newest checkpoint, or with a damaged one, opening has more to say. */
    private static Optional<String> otherKey(Path key, LogSigner signer) throws IOException {
        SignedNote note;
        try {
            note = SignedNote.parse(Files.readAllBytes(key.resolveSibling("checkpoint")));
        } catch (NoSuchFileException | NoteFormatException _) {
            return Optional.empty();
        }
        for (VerifierKey verifier : signer.verifiers()) {
            if (note.verdict(verifier) != SignedNote.Verdict.VALID) {
                return Optional.of(
                        key
                                + " has the keys of "
                                + signer.origin()
                                + ", which have not signed this log's checkpoints: put the right"
                                + " file back");
            }
        }
        return Optional.empty();
    }
}
