package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of stored checkpoints, by number: what is thinned, what goes. Confined to the log's
 * thread. Format: {@code docs/format/integrity-files.md}.
 */
final class CheckpointRow {
    static final String PATH = CheckpointStore.FOLDER + "/checkpoints";
    static final long DAY_SECONDS = 86_400;
    static final Pattern NAME = Pattern.compile("(\\d{8})\\.notes");

    private final Storage storage;

    /** Octets of each file; the last one is written to. */
    private final TreeMap<Integer, Long> files = new TreeMap<>();

    private int thinnedTo;

    private CheckpointRow(Storage storage) {
        this.storage = storage;
    }

    static CheckpointRow open(Storage storage) throws IOException {
        storage.createFolder(PATH);
        CheckpointRow row = new CheckpointRow(storage);
        for (String name : storage.list(PATH)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                row.measure(Integer.parseInt(matcher.group(1)));
            }
        }
        return row;
    }

    static String path(int number) {
        return String.format(Locale.ROOT, "%s/%08d.notes", PATH, number);
    }

    private void measure(int number) throws IOException {
        try (StorageFile file = storage.openForReading(path(number))) {
            files.put(number, file.size());
        }
    }

    /** Numbers of the files, ascending. A copy. */
    int[] numbers() {
        return files.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    /** A file has so many octets now. */
    void has(int number, long octets) {
        files.put(number, octets);
    }

    /** Octets of all files. */
    long octets() {
        return files.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Removes a file; durable after the folder's sync. */
    void delete(int number) throws IOException {
        storage.delete(path(number));
        files.remove(number);
    }

    private Optional<CheckpointRecord> first(int number) throws IOException {
        try (StorageFile opened = storage.openForReading(path(number))) {
            return CheckpointScan.of(opened, path(number)).next();
        }
    }

    /** Whether all checkpoints of a file, which is not the last, are from before a time. */
    private boolean isBefore(int number, long seconds) throws IOException {
        Integer next = files.higherKey(number);
        return next != null && first(next).filter(r -> r.seconds() <= seconds).isPresent();
    }

    /** Leaves one checkpoint a minute, the last, in files that are over a day old. */
    void thin(long seconds) throws IOException {
        for (int number : numbers()) {
            if (number > thinnedTo) {
                if (!isBefore(number, seconds - DAY_SECONDS)) {
                    return;
                }
                CheckpointThinning.thin(storage, path(number));
                measure(number);
                thinnedTo = number;
            }
        }
    }

    /**
     * Drops the oldest files as long as they are from before a time, or all together too large, but
     * never the last one.
     *
     * @param beforeSeconds since 1970; 0 where none is too old
     * @return entries that the first checkpoint left is over; empty if nothing was dropped
     */
    OptionalLong drop(long beforeSeconds, long maxOctets) throws IOException {
        boolean dropped = false;
        long octets = octets();
        while (files.size() > 1
                && (octets > maxOctets
                        || (beforeSeconds > 0 && isBefore(files.firstKey(), beforeSeconds)))) {
            octets -= files.firstEntry().getValue();
            delete(files.firstKey());
            // One by one, so that no crash makes a gap.
            storage.syncFolder(PATH);
            dropped = true;
        }
        return dropped
                ? OptionalLong.of(
                        first(files.firstKey())
                                .flatMap(StoredCheckpoint::of)
                                .map(stored -> stored.checkpoint().size())
                                .orElse(0L))
                : OptionalLong.empty();
    }

    /** Entries that the log had at a time, as the last checkpoint before it says. */
    OptionalLong sizeAt(long seconds) throws IOException {
        for (int number : files.descendingKeySet()) {
            try (StorageFile opened = storage.openForReading(path(number))) {
                CheckpointScan scan = CheckpointScan.of(opened, path(number));
                Optional<CheckpointRecord> last = Optional.empty();
                for (Optional<CheckpointRecord> r = scan.next();
                        r.isPresent() && r.get().seconds() <= seconds;
                        r = scan.next()) {
                    last = r;
                }
                Optional<StoredCheckpoint> stored = last.flatMap(StoredCheckpoint::of);
                if (stored.isPresent()) {
                    return OptionalLong.of(stored.get().checkpoint().size());
                }
            }
        }
        return OptionalLong.empty();
    }
}
