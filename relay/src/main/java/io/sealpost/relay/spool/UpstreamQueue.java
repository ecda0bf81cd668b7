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
 * reading side ({@link #poll}, {@link #rewind}, {@link #setAside}) is confined to the upstream's
 * forwarder thread; everything else may be called from any thread.
 */
public final class UpstreamQueue {
    private final int number;
    private final QueueReader reader;
    private final QueueCursor cursor;
    private final SpoolWriter writer;
    private final NanoClock clock;
    private final ConcurrentSkipListMap<Long, String> asides;

    /** The thread waiting in poll; volatile because the writer unparks it. */
    private volatile @Nullable Thread waiting;

    /** Set by wake, taken by poll. */
    private volatile boolean woken;

    UpstreamQueue(
            QueueReader reader,
            QueueCursor cursor,
            SpoolWriter writer,
            NanoClock clock,
            ConcurrentSkipListMap<Long, String> asides) {
        this.number = cursor.number();
        this.reader = reader;
        this.cursor = cursor;
        this.writer = writer;
        this.clock = clock;
        this.asides = asides;
    }

    /** As the conf file names it now. */
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

    /**
     * The next consecutive messages routed to this upstream: durable, of one batch, at most {@code
     * maxBytes} but at least one message. Waits up to the timeout, and gives null then or when
     * {@linkplain #wake woken}. The caller closes the run.
     */
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

    /** Makes a waiting poll, or the next one that would wait, return null. */
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

    /** Reading goes on from here: not before {@link #confirmed}, not behind {@link #position}. */
    public void rewind(Position to) throws IOException {
        cursor.rewind(reader, to);
    }

    /** Before the next message that poll looks at. */
    public Position position() {
        return cursor.readPosition();
    }

    /** Everything before it is delivered or dropped. */
    public Position confirmed() {
        return cursor.position();
    }

    /**
     * Everything before this position is delivered. The cursor file follows at most 100 ms later,
     * and before anything it releases is unlinked.
     *
     * @param upTo not behind what poll gave out
     * @param state the upstream's own, written with the cursor; empty keeps none
     */
    public void confirm(Position upTo, byte[] state) {
        cursor.confirm(upTo, state);
    }

    /** Makes the cursor durable now. */
    public void persist() throws IOException {
        cursor.persist();
    }

    /** The upstream's own state as last confirmed. */
    public byte[] state() {
        return cursor.state();
    }

    /**
     * Gives one message up: it is counted under the reason once everything before it is delivered,
     * and is not handed out (again). The caller then {@linkplain #rewind rewinds}.
     */
    public void setAside(Position message, String reason) {
        if (reason.length() > CursorState.MAX_REASON) {
            throw new IllegalArgumentException("reason of " + reason.length() + " octets");
        }
        if (message.sequence() < cursor.position().sequence()) {
            return;
        }
        asides.put(message.sequence(), reason);
    }

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
    }
}
