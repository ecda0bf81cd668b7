package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The confirmed place of one upstream, its counts and its file. Thread-safe; {@code fileLock} is
 * taken before {@code lock}, and no file is touched under {@code lock}.
 */
/*
 * Invariant: messages routed to the upstream before `position` = delivered + dropped. What lies
 * between position and the reader's place is in `unconfirmed`, so that delivered and dropped
 * can be counted for any position the upstream confirms. If nothing is in there, the position is the
 * reader's place: messages for others don't hold segments.
 * Housekeeping moves the position on over the reader's head (drop-oldest); the reader follows when
 * it is next placed, and what it had read meanwhile is thrown away.
 */
final class QueueCursor {
    private static final Position NOT_PLACED = Position.of(-1);

    private final int number;
    private final SpoolWriter writer;
    private final TwoSlotFile file;
    private final ConcurrentSkipListMap<Long, String> asides;

    /** Replaced by the thread that reloads the configuration. */
    private volatile UpstreamNumbers.Entry entry;

    /** Replaced by the thread that reloads the configuration. */
    private volatile QueueSettings settings;

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock fileLock = new ReentrantLock();
    private final Unconfirmed unconfirmed = new Unconfirmed();
    private Position position;
    private Position readPosition;
    private long delivered;
    private long resent;
    private final Map<String, Long> dropped;
    private long droppedTotal;
    private byte[] state;
    private long oldestMicros = -1;
    private long changes = 1;
    private long persistedChanges;
    private boolean closed;

    /** As in the file; volatile because housekeeping releases segments by it. */
    private volatile long persistedSequence;

    /** Messages counted there; volatile because forwarders send only so many more. */
    private volatile long persistedNumber;

    QueueCursor(
            QueueSettings settings,
            CursorState saved,
            SpoolWriter writer,
            TwoSlotFile file,
            ConcurrentSkipListMap<Long, String> asides) {
        this.number = saved.number();
        this.entry = saved.entry();
        this.settings = settings;
        this.writer = writer;
        this.file = file;
        this.asides = asides;
        this.position = saved.position();
        this.readPosition = NOT_PLACED;
        this.delivered = saved.delivered();
        this.resent = saved.resent();
        this.dropped = new TreeMap<>(saved.dropped());
        this.droppedTotal = saved.counted() - saved.delivered();
        this.state = saved.state();
        this.persistedSequence = saved.position().sequence();
        this.persistedNumber = saved.counted();
    }

    String name() {
        return entry.name();
    }

    int number() {
        return number;
    }

    UpstreamNumbers.Entry entry() {
        return entry;
    }

    QueueSettings settings() {
        return settings;
    }

    void reconfigure(QueueSettings replacement) {
        settings = replacement;
    }

    /** The same upstream by another name. */
    void rename(UpstreamNumbers.Entry renamed) throws IOException {
        lock.lock();
        try {
            entry = renamed;
            changes++;
        } finally {
            lock.unlock();
        }
        persist();
    }

    /** Puts the reader at the confirmed place if that is ahead of it. */
    void placeReader(QueueReader reader) throws IOException {
        lock.lock();
        try {
            if (readPosition.sequence() < position.sequence()) {
                reader.seek(position, counted());
                readPosition = position;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes what the reader passed; false if it was dropped meanwhile. */
    boolean handedOut(QueueReader reader, @Nullable FrameRun run) {
        lock.lock();
        try {
            long missed = reader.takeMissed();
            String aside = reader.takeAside();
            if (position.sequence() > readPosition.sequence()) {
                return false;
            }
            if (missed > 0) {
                unconfirmed.addDropped(
                        run == null ? reader.sequence() : run.firstSequence(),
                        missed,
                        DropReason.QUARANTINED);
            }
            if (aside != null) {
                unconfirmed.addDropped(reader.sequence(), 1, aside);
            }
            if (run != null) {
                unconfirmed.addRange(
                        run.firstSequence(), run.end().sequence(), run.receivedMicros());
            }
            readPosition = run == null ? reader.position() : run.end();
            settle(position.sequence());
            return true;
        } finally {
            lock.unlock();
        }
    }

    void rewind(QueueReader reader, Position to) throws IOException {
        lock.lock();
        try {
            Position place = to.sequence() < position.sequence() ? position : to;
            if (place.sequence() > readPosition.sequence()) {
                return;
            }
            unconfirmed.forgetFrom(place.sequence());
            reader.seek(place, counted() + unconfirmed.total());
            readPosition = place;
        } finally {
            lock.unlock();
        }
    }

    void confirm(Position upTo, byte[] newState) {
        if (newState.length > CursorState.MAX_STATE) {
            throw new IllegalArgumentException("state of " + newState.length + " octets");
        }
        lock.lock();
        try {
            if (upTo.sequence() > Math.max(readPosition.sequence(), position.sequence())) {
                throw new IllegalArgumentException(
                        "confirmed " + upTo + " but read only to " + readPosition);
            }
            state = newState.clone();
            changes++;
            if (upTo.sequence() > position.sequence()) {
                position = upTo;
                settle(upTo.sequence());
            }
        } finally {
            lock.unlock();
        }
        writer.cursorMoved();
    }

    /** Counts what lies before this sequence, and moves on over what needs no confirmation. */
    private void settle(long sequence) {
        unconfirmed.takeUpTo(sequence, new Settled());
        for (long behind = unconfirmed.nextDropped();
                behind >= 0;
                behind = unconfirmed.nextDropped()) {
            unconfirmed.takeUpTo(behind, new Settled());
            if (behind > position.sequence()) {
                position = Position.of(behind);
            }
        }
        if (unconfirmed.isEmpty() && readPosition.sequence() >= position.sequence()) {
            if (!readPosition.equals(position)) {
                position = readPosition;
                changes++;
            }
        }
        if (!asides.isEmpty()) {
            asides.headMap(position.sequence()).clear();
        }
    }

    private final class Settled implements Unconfirmed.Counter {
        @Override
        public void range(long from, long to) {
            long aside = 0;
            if (!asides.isEmpty()) {
                for (String why : asides.subMap(from, to).values()) {
                    count(1, why);
                    aside++;
                }
            }
            delivered += to - from - aside;
            changes++;
        }

        @Override
        public void dropped(long messages, String reason) {
            count(messages, reason);
        }
    }

    private void count(long messages, String reason) {
        boolean known = dropped.containsKey(reason) || dropped.size() < CursorState.MAX_REASONS - 1;
        dropped.merge(known ? reason : "other", messages, Long::sum);
        droppedTotal += messages;
        changes++;
    }

    /**
     * Moves the cursor on to where {@code routedThere} messages were routed to the upstream before;
     * returns the messages dropped, or 0 if it is further on already.
     */
    long dropUpTo(Position to, long routedThere, String reason) {
        lock.lock();
        try {
            if (to.sequence() <= position.sequence()) {
                return 0;
            }
            unconfirmed.takeUpTo(to.sequence(), new Ignored());
            asides.headMap(to.sequence()).clear();
            long messages = routedThere - counted();
            if (messages > 0) {
                count(messages, reason);
            }
            position = to;
            changes++;
            if (readPosition.sequence() <= to.sequence()) {
                // Placed anew also where it stands right there: losses on its way are counted now.
                readPosition = NOT_PLACED;
            }
            return Math.max(0, messages);
        } finally {
            lock.unlock();
        }
    }

    private static final class Ignored implements Unconfirmed.Counter {
        @Override
        public void range(long from, long to) {}

        @Override
        public void dropped(long messages, String reason) {}
    }

    private long counted() {
        return delivered + droppedTotal;
    }

    Position position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    Position readPosition() {
        lock.lock();
        try {
            return readPosition.sequence() < position.sequence() ? position : readPosition;
        } finally {
            lock.unlock();
        }
    }

    byte[] state() {
        lock.lock();
        try {
            return state.clone();
        } finally {
            lock.unlock();
        }
    }

    void countResent(long messages) {
        lock.lock();
        try {
            resent += messages;
            changes++;
        } finally {
            lock.unlock();
        }
        writer.cursorMoved();
    }

    Books books() {
        lock.lock();
        try {
            Published at = writer.published();
            long routed = routedAt(at);
            return new Books(
                    at.sequence(),
                    routed,
                    delivered,
                    routed - counted(),
                    Map.copyOf(dropped),
                    resent);
        } finally {
            lock.unlock();
        }
    }

    private long routedAt(Published at) {
        return at.routed()[number] + entry.routedBefore(at.sequence());
    }

    /** If nothing is queued, the cursor goes to the end, though nobody reads. */
    boolean passIfNothingQueued() {
        lock.lock();
        try {
            Published at = writer.published();
            if (routedAt(at) != counted()) {
                return false;
            }
            if (position.sequence() < at.sequence()) {
                position = at.position();
                changes++;
            }
            oldestMicros = -1;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The place and the count there, as one. */
    record Place(Position position, long counted) {}

    Place place() {
        lock.lock();
        try {
            return new Place(position, counted());
        } finally {
            lock.unlock();
        }
    }

    long oldestQueuedMicros() {
        lock.lock();
        try {
            if (!unconfirmed.isEmpty()) {
                return unconfirmed.oldestMicros();
            }
            return routedAt(writer.published()) == counted() ? -1 : oldestMicros;
        } finally {
            lock.unlock();
        }
    }

    void oldestQueuedMicros(long micros) {
        lock.lock();
        try {
            oldestMicros = micros;
        } finally {
            lock.unlock();
        }
    }

    long persistedSequence() {
        return persistedSequence;
    }

    long persistedNumber() {
        return persistedNumber;
    }

    boolean dirty() {
        lock.lock();
        try {
            return changes != persistedChanges;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the cursor durable if it has moved. */
    void persist() throws IOException {
        persist(false);
    }

    /** Makes the cursor durable, and with it how far the log is: what an orderly stop leaves. */
    void persistAtClose() throws IOException {
        persist(true);
    }

    private void persist(boolean always) throws IOException {
        fileLock.lock();
        try {
            CursorState snapshot;
            long snapshotChanges;
            lock.lock();
            try {
                if (closed || (changes == persistedChanges && !always)) {
                    return;
                }
                snapshotChanges = changes;
                snapshot =
                        new CursorState(
                                number,
                                entry,
                                position,
                                writer.published().sequence(),
                                delivered,
                                resent,
                                new TreeMap<>(dropped),
                                state);
            } finally {
                lock.unlock();
            }
            file.write(snapshot.encode());
            persistedSequence = snapshot.position().sequence();
            persistedNumber = snapshot.counted();
            lock.lock();
            try {
                persistedChanges = snapshotChanges;
            } finally {
                lock.unlock();
            }
        } finally {
            fileLock.unlock();
        }
    }

    void close() throws IOException {
        fileLock.lock();
        try {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
            file.close();
        } finally {
            fileLock.unlock();
        }
    }
}
