package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The newest checkpoint in a file on another volume: a note, nothing else. What is read from it
 * counts for nothing before its signature was looked at. For one thread at a time.
 */
public final class RememberFile {
    private static final String TEMPORARY = ".tmp";

    private final Storage folder;
    private final String name;

    /** The file of this name in this folder. */
    public RememberFile(Storage folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** What is in it; empty if there is no such file. */
    public Optional<byte[]> read() throws IOException {
        if (!folder.exists(name)) {
            return Optional.empty();
        }
        try (StorageFile file = folder.openForReading(name)) {
            ByteBuffer octets =
                    ByteBuffer.allocate((int) Math.min(file.size(), SignedNote.MAX_OCTETS));
            file.read(octets, 0);
            byte[] note = new byte[octets.flip().remaining()];
            octets.get(note);
            return Optional.of(note);
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Replaces it; durable when it returns. */
    void write(SignedNote note) throws IOException {
        String temporary = name + TEMPORARY;
        folder.delete(temporary);
        try (StorageFile file = folder.openForWriting(temporary)) {
            file.write(ByteBuffer.wrap(note.encode()), 0);
            file.sync();
        }
        folder.rename(temporary, name);
        folder.syncFolder("");
    }

    /** Puts it aside under another name, as evidence. */
    void keepAs(String suffix) throws IOException {
        folder.rename(name, name + suffix);
        folder.syncFolder("");
    }
}
