package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Housekeeping of the log: holds upstreams to their buffer limits, persists cursors, unlinks what
 * nobody needs, and says when lanes must wait. Confined to the housekeeping thread, but for the
 * list of cursors.
 */
final class Retention {
    private final SpoolSettings settings;
    private final SpoolSeams seams;
    private final Storage storage;
    private final SegmentLog log;
    private final Quarantine quarantine;
    private final SpoolWriter writer;
    private final SpoolObserver observer;
    private final NanoClock clock;
    private final List<QueueCursor> cursors = new CopyOnWriteArrayList<>();

    /** First sequence that somebody without a cursor needs; set before the threads start. */
    private volatile LongSupplier hold = () -> Long.MAX_VALUE;

    Retention(
            SpoolSettings settings,
            SpoolSeams seams,
            Storage storage,
            SegmentLog log,
            Quarantine quarantine,
            SpoolWriter writer,
            SpoolObserver observer,
            NanoClock clock) {
        this.settings = settings;
        this.seams = seams;
        this.storage = storage;
        this.log = log;
        this.quarantine = quarantine;
        this.writer = writer;
        this.observer = observer;
        this.clock = clock;
    }

    void add(QueueCursor cursor) {
        cursors.add(cursor);
    }

    void remove(QueueCursor cursor) {
        cursors.remove(cursor);
    }

    void hold(LongSupplier firstNeeded) {
        hold = firstNeeded;
    }

    /** One round; true if there is more to do soon. */
    boolean round() {
        boolean more = false;
        for (QueueCursor cursor : cursors) {
            limit(cursor);
            more |= persist(cursor);
        }
        release();
        boolean blocked = mustBlock();
        writer.blocked(blocked);
        return more || blocked;
    }

    /** True if the cursor could not be made durable. */
    private boolean persist(QueueCursor cursor) {
        if (seams.has(Flaw.UNLINK_BEFORE_CURSOR)) {
            return false;
        }
        try {
            cursor.persist();
            return false;
        } catch (IOException e) {
            observer.cursorFailed(cursor.name(), String.valueOf(e.getMessage()));
            return true;
        }
    }

    private void limit(QueueCursor cursor) {
        if (cursor.passIfNothingQueued()) {
            return;
        }
        long now = clock.epochMicros();
        long oldest = now - cursor.settings().maxAge().map(Retention::micros).orElse(now);
        dropWhile(cursor, DropReason.MAX_AGE, Long.MAX_VALUE, oldest);
        if (cursor.settings().whenFull() == QueueSettings.WhenQueueFull.DROP_OLDEST) {
            dropWhile(cursor, DropReason.BUFFER_FULL, most(cursor), Long.MIN_VALUE);
        }
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    /** What a drop-oldest upstream may hold back without filling the log for the others. */
    private long most(QueueCursor cursor) {
        return Math.min(
                cursor.settings().maxBytes(), settings.maxBytes() - 2 * settings.segmentBytes());
    }

    /** Drops what is beyond {@code most} octets or was received before {@code oldest}. */
    private void dropWhile(QueueCursor cursor, String reason, long most, long oldest) {
        QueueCursor.Place place = cursor.place();
        Position to = place.position();
        long counted = place.counted();
        for (Segment next = next(to); next != null && next.first() <= end(); next = next(to)) {
            if (log.bytesFrom(to) <= most && next.header.createdMicros() >= oldest) {
                break;
            }
            to = new Position(next.first(), next.first(), SegmentHeader.LENGTH);
            counted =
                    next.header.routed()[cursor.number()]
                            + cursor.entry().routedBefore(next.first());
        }
        try (QueueReader reader = reader(cursor)) {
            reader.seek(to, counted);
            Published limit = writer.published();
            while (reader.sequence() < limit.sequence()) {
                try (FrameRun run = reader.next(limit, Integer.MAX_VALUE)) {
                    reader.takeMissed(); // it is in what the reader passed
                    if (run != null) {
                        if (log.bytesFrom(to) <= most && run.receivedMicros() >= oldest) {
                            cursor.oldestQueuedMicros(run.receivedMicros());
                            break;
                        }
                        to = reader.position();
                        counted = reader.passed();
                    }
                }
            }
        } catch (IOException e) {
            // What cannot be read now is judged in the next round.
        }
        long dropped = cursor.dropUpTo(to, counted, reason);
        if (dropped > 0) {
            observer.dropped(cursor.name(), dropped, reason);
        }
    }

    private @Nullable Segment next(Position position) {
        Segment holding = log.holding(position.sequence());
        return holding == null ? log.oldest() : log.after(holding);
    }

    private long end() {
        return writer.published().sequence();
    }

    private QueueReader reader(QueueCursor cursor) {
        return new QueueReader(
                storage,
                log,
                quarantine,
                cursor.number(),
                cursor.entry(),
                new ConcurrentSkipListMap<>());
    }

    /** Unlinks the segments that every durable cursor, and who holds them, has passed. */
    void release() {
        long low = Math.min(end(), hold.getAsLong());
        for (QueueCursor cursor : cursors) {
            low =
                    Math.min(
                            low,
                            seams.has(Flaw.UNLINK_BEFORE_CURSOR)
                                    ? cursor.position().sequence()
                                    : cursor.persistedSequence());
        }
        boolean removed = false;
        try {
            Segment oldest = log.oldest();
            while (oldest != null && releasable(oldest, low)) {
                storage.delete(oldest.path);
                log.remove(oldest);
                removed = true;
                oldest = log.oldest();
            }
            if (removed) {
                storage.syncFolder(Segment.FOLDER);
            }
        } catch (IOException e) {
            // Still there: tried again in the next round.
        }
    }

    private boolean releasable(Segment segment, long low) {
        Segment next = log.after(segment);
        if (next == null || segment.end > low || next.first() > low) {
            return false;
        }
        boolean scarce = log.bytes() > settings.maxBytes() - 2 * settings.segmentBytes();
        long age = clock.epochMicros() - next.header.createdMicros();
        return scarce || age >= micros(settings.keep());
    }

    private boolean mustBlock() {
        long bytes = log.bytes();
        boolean full = bytes > settings.maxBytes() - settings.segmentBytes();
        if ((full && settings.whenFull() == SpoolSettings.WhenFull.BLOCK)
                || bytes > settings.maxBytes() + settings.segmentBytes()) {
            return true;
        }
        for (QueueCursor cursor : cursors) {
            if (cursor.settings().whenFull() == QueueSettings.WhenQueueFull.BLOCK
                    && log.bytesFrom(cursor.position()) > cursor.settings().maxBytes()) {
                return true;
            }
        }
        return false;
    }
}
