package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One upstream's view of the log: a reading place, a durable cursor behind it, and the counts. The
 * reading side ({@link #poll}, {@link #rewind}, {@link #readAgain}, {@link #setAside}) is confined
 * to one thread at a time; everything else may be called from any thread.
 */
public final class UpstreamQueue implements Feed {
    /** More than was ever routed, so that nothing seems to be missing before the place. */
    private static final long ALL_PASSED = Long.MAX_VALUE / 2;

    private final int number;
    private final QueueReader reader;

    /** For what was read before. */
    private final QueueReader again;

    private final QueueCursor cursor;
    private final SpoolWriter writer;
    private final NanoClock clock;
    private final ConcurrentSkipListMap<Long, String> asides;
    private final FolderIdentity identity;

    /** The thread waiting in poll; volatile because the writer unparks it. */
    private volatile @Nullable Thread waiting;

    /** Set by wake, taken by poll. */
    private volatile boolean woken;

    UpstreamQueue(
            QueueReader reader,
            QueueReader again,
            QueueCursor cursor,
            SpoolWriter writer,
            NanoClock clock,
            ConcurrentSkipListMap<Long, String> asides,
            FolderIdentity identity) {
        this.identity = identity;
        this.number = cursor.number();
        this.reader = reader;
        this.again = again;
        this.cursor = cursor;
        this.writer = writer;
        this.clock = clock;
        this.asides = asides;
    }

    /** As the conf file names it now. */
    @Override
    public String name() {
        return cursor.name();
    }

    /** From now on this much may be held back. Where it began is not changed. */
    public void reconfigure(QueueSettings settings) {
        cursor.reconfigure(settings);
    }

    /** Its bit in the set of upstreams of a message. */
    public int number() {
        return number;
    }

    @Override
    public @Nullable FrameRun poll(int maxBytes, Duration timeout)
            throws IOException, InterruptedException {
        long deadline = clock.nanos() + timeout.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            FrameRun run = read(maxBytes);
            if (run != null) {
                return run;
            }
            if (!await(deadline)) {
                return null;
            }
        }
    }

    private @Nullable FrameRun read(int maxBytes) throws IOException {
        while (true) {
            Published limit = writer.readable();
            cursor.placeReader(reader);
            long routed = reader.routedAt(limit.routed(), limit.sequence());
            if (reader.sequence() >= limit.sequence() && routed <= reader.passed()) {
                return null;
            }
            FrameRun run;
            if (routed == reader.passed()) {
                reader.jump(limit);
                run = null;
            } else {
                run = next(limit, maxBytes);
            }
            if (cursor.handedOut(reader, run) && run != null) {
                return run;
            }
            if (run != null) {
                run.close(); // dropped while it was read
            }
            if (Thread.currentThread().isInterrupted()) {
                return null;
            }
        }
    }

    private @Nullable FrameRun next(Published limit, int maxBytes) throws IOException {
        try {
            return reader.next(limit, maxBytes);
        } catch (IOException e) {
            if (cursor.position().sequence() > reader.sequence()) {
                return null; // dropped and unlinked while it was read
            }
            if (Thread.currentThread().isInterrupted()) {
                return null; // the interrupt closed the file; poll tells
            }
            throw e;
        }
    }

    /**
     * Messages that were handed out before, once more: from this one on, at most so many, of which
     * each is routed to this upstream. Moves nothing. What cannot be read any more is set aside;
     * null if that holds for all of them, or if they were dropped meanwhile.
     */
    public @Nullable FrameRun readAgain(Position from, int messages, int maxBytes)
            throws IOException {
        long end = from.sequence() + messages;
        Position confirmed = cursor.position();
        Position start = from.sequence() < confirmed.sequence() ? confirmed : from;
        FrameRun run;
        try {
            run = readAgain(start, end, maxBytes);
        } catch (IOException e) {
            if (cursor.position().sequence() > start.sequence()) {
                return readAgain(from, messages, maxBytes); // dropped while it was read
            }
            throw e;
        }
        long found = run == null ? end : run.firstSequence();
        for (long lost = start.sequence(); lost < found; lost++) {
            asides.putIfAbsent(lost, DropReason.QUARANTINED);
        }
        return run;
    }

    private @Nullable FrameRun readAgain(Position start, long end, int maxBytes)
            throws IOException {
        Published limit = writer.readable();
        again.seek(start, ALL_PASSED);
        FrameRun run = null;
        try (again) { // a run keeps its file open by itself
            while (run == null && again.sequence() < end) {
                run = again.next(limit, maxBytes, end);
                String _ = again.takeAside();
            }
        }
        if (run != null && run.firstSequence() >= end) {
            run.close();
            return null;
        }
        return run;
    }

    /** False when poll should give up. */
    private boolean await(long deadline) {
        waiting = Thread.currentThread();
        try {
            while (reader.sequence() >= writer.readable().sequence()) {
                long rest = deadline - clock.nanos();
                if (woken || rest <= 0 || Thread.currentThread().isInterrupted()) {
                    boolean interrupted = !woken && rest > 0;
                    woken = false;
                    return interrupted;
                }
                LockSupport.parkNanos(this, rest);
            }
            return true;
        } finally {
            waiting = null;
        }
    }

    @Override
    public void wake() {
        woken = true;
        LockSupport.unpark(waiting);
    }

    /** Called by the writer when the readable end has moved. */
    void readableMoved() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void rewind(Position to) throws IOException {
        cursor.rewind(reader, to);
    }

    @Override
    public Position position() {
        return cursor.readPosition();
    }

    @Override
    public Position confirmed() {
        return cursor.position();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The cursor file follows at most 100 ms later, and before anything it releases is unlinked.
     */
    @Override
    public void confirm(Position upTo, byte[] state) {
        cursor.confirm(upTo, state);
    }

    @Override
    public String stream() throws IOException {
        return identity.get() + "." + number;
    }

    @Override
    public long confirmedNumber() {
        return cursor.place().counted();
    }

    @Override
    public long durableNumber() {
        return cursor.persistedNumber();
    }

    /** Makes the cursor durable now. */
    @Override
    public void persist() throws IOException {
        cursor.persist();
    }

    /** The upstream's own state as last confirmed. */
    public byte[] state() {
        return cursor.state();
    }

    @Override
    public void setAside(Position message, String reason) {
        if (reason.length() > CursorState.MAX_REASON) {
            throw new IllegalArgumentException("reason of " + reason.length() + " octets");
        }
        if (message.sequence() < cursor.position().sequence()) {
            return;
        }
        asides.put(message.sequence(), reason);
    }

    @Override
    public void countResent(long messages) {
        cursor.countResent(messages);
    }

    /** All counts at one synced position. */
    public Books books() {
        return cursor.books();
    }

    public long delivered() {
        return books().delivered();
    }

    @Override
    public long queued() {
        return books().queued();
    }

    public long routed() {
        return books().routed();
    }

    /** Messages dropped by reason. */
    public Map<String, Long> dropped() {
        return books().dropped();
    }

    public long resent() {
        return books().resent();
    }

    /** When the oldest message not yet delivered was received, in microseconds, or -1. */
    public long oldestQueuedMicros() {
        return cursor.oldestQueuedMicros();
    }

    QueueCursor cursor() {
        return cursor;
    }

    void close() throws IOException {
        reader.close();
        again.close();
    }
}
