package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Signs and keeps the checkpoints of a log: all of the last day and one a minute of the time
 * before. Confined to the log's thread, but for {@link #newest}. Format: {@code
 * docs/format/integrity-files.md}.
 */
/*
 * A checkpoint goes into the row first, one file a day, and is synced there; then a copy of its note
 * replaces the file of the newest. A crash between leaves the row ahead of the copy. A copy ahead of
 * the row means that the row has lost what was durable in it: without the copy, rot in the newest
 * record would look like a torn write, and an older checkpoint would pass for the newest.
 *
 * Opening writes the last record again and syncs it before it is relied on: a killed process may have
 * left it in the page cache only, or a sync of it may have failed.
 */
public final class CheckpointStore implements AutoCloseable {
    /** The folder of the log that is written to. */
    public static final String FOLDER = "integrity";

    private static final String NEWEST_NAME = "/checkpoint";

    /** The newest checkpoint's note, as anybody can read it. */
    static final String NEWEST = FOLDER + NEWEST_NAME;

    static final String TEMPORARY = ".tmp";

    /** A file that is so long is followed by another one, as at the end of a day. */
    static final long FILE_OCTETS = 32 << 20;

    private final Storage storage;
    private final CheckpointRow row;
    private final LogSigner signer;
    private @Nullable StorageFile file;
    private int number;
    private long end;
    private long day;
    private boolean whole = true;

    /** The newest one that is durable; volatile because anyone may ask. */
    private volatile Optional<StoredCheckpoint> newest = Optional.empty();

    private CheckpointStore(Storage storage, CheckpointRow row, LogSigner signer) {
        this.storage = storage;
        this.row = row;
        this.signer = signer;
    }

    /**
     * Opens the store, or makes it.
     *
     * @throws IntegrityException if the newest checkpoint is lost, or not signed by this signer;
     *     nothing on disk was changed then
     */
    public static CheckpointStore open(Storage storage, LogSigner signer) throws IOException {
        CheckpointStore store = new CheckpointStore(storage, CheckpointRow.open(storage), signer);
        try {
            store.recover();
            return store;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The newest record, and where it stands. */
    private record Found(int number, long at, long end, StoredCheckpoint stored) {}

    private void recover() throws IOException {
        Optional<Found> found = findNewest();
        requireNewest(found.map(Found::stored));
        removeLeftOvers(found.map(Found::number).orElse(0));
        if (found.isPresent()) {
            Found last = found.get();
            StorageFile to = reopen(last.number);
            to.truncate(last.end);
            to.write(CheckpointRecord.of(last.stored).encode(), last.at);
            to.sync();
            storage.syncFolder(CheckpointRow.PATH);
            replaceNewest(last.stored);
            end = last.end;
            row.has(number, end);
            day = Math.floorDiv(last.stored.seconds(), CheckpointRow.DAY_SECONDS);
            newest = Optional.of(last.stored);
        }
    }

    private Optional<Found> findNewest() throws IOException {
        int[] numbers = row.numbers();
        for (int i = numbers.length - 1; i >= 0; i--) {
            int itsNumber = numbers[i];
            String path = CheckpointRow.path(itsNumber);
            try (StorageFile opened = storage.openForReading(path)) {
                CheckpointScan scan = CheckpointScan.of(opened, path);
                Optional<CheckpointRecord> last = scan.last();
                if (last.isPresent()) {
                    StoredCheckpoint stored =
                            StoredCheckpoint.of(last.get())
                                    .orElseThrow(() -> damaged(path + " has no checkpoint"));
                    return Optional.of(new Found(itsNumber, scan.lastAt(), scan.end(), stored));
                }
            }
        }
        return Optional.empty();
    }

    private static IntegrityException damaged(String what) {
        return new IntegrityException(Reason.CHECKPOINT_DAMAGED, what);
    }

    private void requireNewest(Optional<StoredCheckpoint> found) throws IOException {
        if (found.isPresent()
                && (!found.get().checkpoint().origin().equals(signer.origin())
                        || !signer.hasSigned(found.get().note()))) {
            throw new IntegrityException(
                    Reason.OTHER_KEY,
                    "the newest checkpoint, of "
                            + found.get().checkpoint().origin()
                            + ", is not signed by the keys "
                            + signer.verifiers());
        }
        if (storage.exists(NEWEST)) {
            requireCopy(found);
        }
    }

    private void requireCopy(Optional<StoredCheckpoint> found) throws IOException {
        byte[] copied = newest(storage, FOLDER);
        if (found.isPresent() && Arrays.equals(copied, found.get().note().encode())) {
            return;
        }
        StoredCheckpoint copy =
                StoredCheckpoint.of(new CheckpointRecord(0, 0, copied))
                        .filter(stored -> signer.hasSigned(stored.note()))
                        .orElseThrow(
                                () ->
                                        damaged(
                                                NEWEST
                                                        + " is damaged; without it nobody here can"
                                                        + " say which checkpoint was the newest"));
        long has = found.map(stored -> stored.checkpoint().size()).orElse(-1L);
        if (copy.checkpoint().size() > has) {
            throw damaged(
                    NEWEST
                            + " is newer than every checkpoint that can be read in "
                            + CheckpointRow.PATH
                            + (has < 0 ? "" : ", the last of which is over " + has + " entries")
                            + ": files there are damaged, lost, or put back from a copy");
        }
    }

    /** What a crash left: files without a record, and those that were to replace others. */
    private void removeLeftOvers(int lastNumber) throws IOException {
        for (int itsNumber : row.numbers()) {
            if (itsNumber > lastNumber) {
                row.delete(itsNumber);
            }
        }
        for (String name : storage.list(CheckpointRow.PATH)) {
            if (name.endsWith(TEMPORARY)) {
                storage.delete(CheckpointRow.PATH + '/' + name);
            }
        }
    }

    private StorageFile reopen(int itsNumber) throws IOException {
        if (file != null) {
            file.close();
        }
        number = itsNumber;
        StorageFile opened = storage.openForWriting(CheckpointRow.path(itsNumber));
        file = opened;
        return opened;
    }

    /**
     * The note of the newest checkpoint of the log in a folder.
     *
     * @throws FileNotFoundException if there is none
     */
    public static byte[] newest(Storage storage, String log) throws IOException {
        if (!storage.exists(log + NEWEST_NAME)) {
            throw new FileNotFoundException(log + NEWEST_NAME + " is missing");
        }
        try (StorageFile copy = storage.openForReading(log + NEWEST_NAME)) {
            int octets = (int) Math.min(copy.size(), CheckpointRecord.MAX_NOTE_OCTETS);
            ByteBuffer note = ByteBuffer.allocate(octets);
            copy.read(note, 0);
            return note.array();
        }
    }

    /** The newest checkpoint that is durable. From any thread. */
    public Optional<StoredCheckpoint> newest() {
        return newest;
    }

    /**
     * Signs a checkpoint and keeps it; durable when it returns. Where nothing was added since the
     * newest one, that is the answer.
     *
     * @param nextSequence of the spool, of the first message behind the head
     * @param seconds since 1970
     */
    public StoredCheckpoint add(IntegrityLog.DurableHead head, long nextSequence, long seconds)
            throws IOException {
        if (!whole) {
            throw new IllegalStateException("after a failure the store is opened anew");
        }
        if (newest.isPresent() && !isGrowth(newest.get().checkpoint(), head)) {
            return newest.get();
        }
        SignedNote note = signer.sign(head, seconds);
        Checkpoint says = new Checkpoint(signer.origin(), head.size(), head.root());
        StoredCheckpoint stored = new StoredCheckpoint(seconds, nextSequence, note, says);
        whole = false;
        append(CheckpointRecord.of(stored));
        replaceNewest(stored);
        newest = Optional.of(stored);
        whole = true;
        return stored;
    }

    private static boolean isGrowth(Checkpoint before, IntegrityLog.DurableHead head) {
        if (head.size() < before.size()
                || (head.size() == before.size() && !head.root().equals(before.root()))) {
            throw new IllegalArgumentException(
                    "a checkpoint over " + head.size() + " behind one over " + before.size());
        }
        return head.size() > before.size();
    }

    private void append(CheckpointRecord record) throws IOException {
        long itsDay = Math.floorDiv(record.seconds(), CheckpointRow.DAY_SECONDS);
        // A clock that was a little slow does not begin a file each time that it is set back.
        StorageFile to = file;
        boolean isNew = to == null || itsDay > day || itsDay < day - 1 || end >= FILE_OCTETS;
        if (to == null || isNew) {
            to = reopen(number + 1);
            day = itsDay;
            to.write(CheckpointScan.header(false), 0);
            end = CheckpointScan.HEADER;
        }
        to.write(record.encode(), end);
        to.sync();
        end += record.octets();
        row.has(number, end);
        if (isNew) {
            storage.syncFolder(CheckpointRow.PATH);
        }
    }

    private void replaceNewest(StoredCheckpoint stored) throws IOException {
        String temporary = NEWEST + TEMPORARY;
        storage.delete(temporary);
        try (StorageFile copy = storage.openForWriting(temporary)) {
            copy.write(ByteBuffer.wrap(stored.note().encode()), 0);
            copy.sync();
        }
        storage.rename(temporary, NEWEST);
        storage.syncFolder(FOLDER);
    }

    /** Octets of all stored checkpoints. */
    public long octets() {
        return row.octets();
    }

    /** Leaves one checkpoint a minute, the last, of the time before the last day. */
    public void thin(long seconds) throws IOException {
        row.thin(seconds);
    }

    /**
     * Drops the oldest checkpoints, as far as whole files go: those from before a time, and those
     * beyond so many octets. The newest file stays.
     *
     * @param beforeSeconds since 1970; 0 where none is too old
     * @return entries that the first checkpoint left is over; empty if nothing was dropped
     */
    public OptionalLong drop(long beforeSeconds, long maxOctets) throws IOException {
        return row.drop(beforeSeconds, maxOctets);
    }

    /** Tells of all checkpoints that are kept. */
    public void walk(CheckpointReader.Visitor visitor) throws IOException {
        CheckpointReader.walk(StorageFolder.checkpoints(storage, FOLDER), visitor);
    }

    /** Entries that the log had at a time, as the last checkpoint before it says. */
    public OptionalLong sizeAt(long seconds) throws IOException {
        return row.sizeAt(seconds);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
