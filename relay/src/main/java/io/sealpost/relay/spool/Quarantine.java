package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sets damaged octets apart in {@code data-dir/quarantine/} and tells of each place: first tells,
 * then makes the file, whose existence says that it was told. Thread-safe.
 */
final class Quarantine {
    static final String FOLDER = "quarantine";

    /** Damage longer than this is copied only so far. */
    private static final long MAX_COPY = 16 << 20;

    private final Storage storage;
    private final SpoolObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> known = new HashSet<>();
    private long messages;

    Quarantine(Storage storage, SpoolObserver observer) {
        this.storage = storage;
        this.observer = observer;
    }

    /** Messages [first, end) are lost with the octets [from, to) of a segment. */
    void report(SegmentReader file, Segment segment, long from, long to, long first, long end) {
        String path =
                String.format(
                        Locale.ROOT,
                        "%s/%020d-%d-%d-%d.damaged",
                        FOLDER,
                        segment.first(),
                        from,
                        first,
                        end);
        lock.lock();
        try {
            if (!known.add(path)) {
                return;
            }
            if (exists(path)) {
                return;
            }
            messages += end - first;
            observer.quarantined(first, end, to - from, path);
            copy(file, from, to, path);
        } catch (IOException e) {
            // A full or failing volume must not keep the rest from being read: told again next
            // time.
        } finally {
            lock.unlock();
        }
    }

    /** Moves a segment without a readable header away; its first sequence is all that is known. */
    long moveSegment(String name, long first, long end) throws IOException {
        String source = Segment.FOLDER + "/" + name;
        long octets;
        try (StorageFile file = storage.openForReading(source)) {
            octets = file.size();
        }
        messages += end - first;
        observer.quarantined(first, end, octets, FOLDER + "/" + name);
        storage.createFolder(FOLDER);
        storage.rename(source, FOLDER + "/" + name);
        storage.syncFolder(FOLDER);
        storage.syncFolder(Segment.FOLDER);
        return octets;
    }

    long messages() {
        lock.lock();
        try {
            return messages;
        } finally {
            lock.unlock();
        }
    }

    private boolean exists(String path) {
        try {
            return storage.exists(path);
        } catch (IOException e) {
            return false;
        }
    }

    private void copy(SegmentReader from, long start, long end, String path) throws IOException {
        storage.createFolder(FOLDER);
        String temporary = path + Segment.TEMPORARY;
        storage.delete(temporary);
        try (StorageFile copy = storage.openForWriting(temporary)) {
            byte[] window = new byte[BatchSearch.WINDOW];
            long limit = Math.min(end, start + MAX_COPY);
            long at = start;
            while (at < limit) {
                int got = from.read(window, 0, (int) Math.min(window.length, limit - at), at);
                if (got <= 0) {
                    break;
                }
                copy.write(ByteBuffer.wrap(window, 0, got), at - start);
                at += got;
            }
            copy.sync();
        }
        storage.rename(temporary, path);
        storage.syncFolder(FOLDER);
    }
}
