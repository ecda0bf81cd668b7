package io.sealpost.relay;

import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.TlogProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A proof in a file, as {@code sealpost prove} writes it. */
final class ProofFile {
    private ProofFile() {}

    /**
     * The proof, or empty if this is no file.
     *
     * @throws IllegalArgumentException if the file is no proof
     */
    static Optional<TlogProof> read(String word) throws IOException {
        if (word.startsWith("http:")
                || word.startsWith("https:")
                || !Files.isRegularFile(Path.of(word))) {
            return Optional.empty();
        }
        if (Files.size(Path.of(word)) > TlogProof.MAX_OCTETS) {
            throw new IllegalArgumentException(word + " is no proof; files of lines take --log");
        }
        try {
            return Optional.of(TlogProof.parse(Files.readAllBytes(Path.of(word))));
        } catch (NoteFormatException e) {
            throw new IllegalArgumentException(
                    word + " is no proof (" + e.getMessage() + "); files of lines take --log", e);
        }
    }
}
