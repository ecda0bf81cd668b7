package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.IntegrityException;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.KeyFileException;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which log a data folder has: the keys in {@code integrity/key}, whose name is the log's origin,
 * and the logs that were closed before, in {@code integrity.N}. For the thread that starts.
 */
/*
 * A log is closed in steps that each can be the last before a crash: the file `closed` is written
 * into its folder; the folder is renamed; the keys get their new name in a new folder. The next
 * start goes on where that ended.
 */
public final class LogFolder {
    private static final String FOLDER = CheckpointStore.FOLDER;
    private static final String KEY = FOLDER + "/key";
    private static final String CLOSED = "closed";
    private static final Pattern ASIDE = Pattern.compile("integrity\\.[1-9][0-9]{0,8}");
    private static final int MAX_CLOSED_OCTETS = 16 * 1024;

    private final Path dataDir;
    private final Storage storage;

    /**
     * The logs of a data folder.
     *
     * @param storage of the same folder
     */
    public LogFolder(Path dataDir, Storage storage) {
        this.dataDir = dataDir;
        this.storage = storage;
    }

    /** Where the keys of a data folder are. */
    public static Path keyFile(Path dataDir) {
        return dataDir.resolve(KEY);
    }

    /**
     * The keys of the log; made if it has not begun yet, or taken over from the one before.
     *
     * @param relay name of this relay, for a new origin
     * @throws IOException with a sentence for the operator
     */
    public LogSigner signer(String relay, SecureRandom random) throws IOException {
        if (storage.exists(FOLDER + '/' + CLOSED)) {
            moveAside(read(FOLDER));
        }
        storage.createFolder(FOLDER);
        Path key = keyFile(dataDir);
        if (storage.exists(KEY) || hasBegun()) {
            return KeyFile.read(key);
        }
        List<String> aside = aside();
        if (aside.isEmpty()) {
            return KeyFile.make(key, LogName.random(relay, random).origin(), random);
        }
        String last = aside.getLast();
        return KeyFile.renew(dataDir.resolve(last).resolve("key"), key, read(last).next());
    }

    /** Whether the log has signed anything; without its keys it does not go on. */
    public boolean hasBegun() throws IOException {
        return storage.exists(FOLDER + "/checkpoint")
                || !storage.list(FOLDER + "/checkpoints").isEmpty()
                || !storage.list(FOLDER + "/hashes").isEmpty();
    }

    /**
     * Opens the files of the log.
     *
     * @throws KeyFileException if others than these keys have signed it
     */
    LogFiles open(LogSigner signer) throws IOException {
        try {
            return LogFiles.open(storage, signer);
        } catch (IntegrityException e) {
            if (e.reason() == IntegrityException.Reason.OTHER_KEY) {
                throw otherKeys(signer);
            }
            throw e;
        }
    }

    /** Why the log, if it has begun, cannot go on with its keys; changes nothing. */
    public Optional<String> problem() {
        try {
            if (storage.exists(KEY) || hasBegun()) {
                LogSigner signer = KeyFile.read(keyFile(dataDir));
                if (!signer.hasSigned(SignedNote.parse(CheckpointStore.newest(storage, FOLDER)))) {
                    return Optional.of(String.valueOf(otherKeys(signer).getMessage()));
                }
            }
            return Optional.empty();
        } catch (FileNotFoundException | NoteFormatException _) {
            return Optional.empty(); // of a checkpoint that is missing or damaged opening says more
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private KeyFileException otherKeys(LogSigner signer) {
        return new KeyFileException(
                keyFile(dataDir)
                        + " has the keys of "
                        + signer.origin()
                        + ", which have not signed this log's checkpoints: put the right file back");
    }

    /** Closes the log for ever; {@link #signer} gives the keys of the next one then. */
    void close(ClosedLog why) throws IOException {
        String path = FOLDER + '/' + CLOSED;
        String temporary = path + ".tmp";
        storage.delete(temporary);
        try (StorageFile file = storage.openForWriting(temporary)) {
            file.write(ByteBuffer.wrap(why.encode()), 0);
            file.sync();
        }
        storage.rename(temporary, path);
        storage.syncFolder(FOLDER);
        moveAside(why);
    }

    private void moveAside(ClosedLog why) throws IOException {
        String aside = FOLDER + '.' + LogName.of(why.origin()).number();
        if (storage.exists(aside)) {
            throw new IOException(
                    dataDir.resolve(aside)
                            + " is in the way of a log that is to be closed: move it elsewhere");
        }
        storage.rename(FOLDER, aside);
        storage.syncFolder("");
    }

    /** The log that was closed before this one was opened. */
    Optional<ClosedLog> before(String origin) throws IOException {
        for (String folder : aside()) {
            ClosedLog closed = read(folder);
            if (closed.next().equals(origin)) {
                return Optional.of(closed);
            }
        }
        return Optional.empty();
    }

    private List<String> aside() throws IOException {
        List<String> folders = new ArrayList<>();
        for (String name : storage.list("")) {
            if (ASIDE.matcher(name).matches() && storage.exists(name + '/' + CLOSED)) {
                folders.add(name);
            }
        }
        folders.sort(
                Comparator.comparingInt((String name) -> name.length())
                        .thenComparing(Comparator.naturalOrder()));
        return folders;
    }

    private ClosedLog read(String folder) throws IOException {
        String path = folder + '/' + CLOSED;
        try (StorageFile file = storage.openForReading(path)) {
            ByteBuffer octets = ByteBuffer.allocate((int) Math.min(file.size(), MAX_CLOSED_OCTETS));
            file.read(octets, 0);
            byte[] content = new byte[octets.flip().remaining()];
            octets.get(content);
            return ClosedLog.decode(content);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    dataDir.resolve(path) + " is damaged: it should say why a log was closed", e);
        }
    }
}
