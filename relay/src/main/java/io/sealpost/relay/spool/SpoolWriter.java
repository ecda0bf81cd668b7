package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The spool writer thread's work: takes the lanes' batches, appends, syncs, publishes. All methods
 * without another word are confined to that thread; tests step {@link #commitOnce} instead.
 */
/*
 * A commit is: collect the filled batches (they get their sequences), append them all, sync, publish.
 * The next one begins when that one is durable, so what is not durable is always `pending`, in
 * memory. A failed write rolls the segment back to its durable end and keeps `pending`; a failed sync
 * gives the segment up (its pages are lost to the kernel, whatever a later sync says) and `pending`
 * goes to a new one, whose first sequence ends the old one for every reader. So an octet that was
 * durable is never written again, and a sequence that was published never means another message.
 */
final class SpoolWriter {
    private static final int STAGING_BYTES = 256 * 1024;

    /** Volume space is asked for again after so many octets. */
    private static final long SPACE_CHECK_BYTES = 4 << 20;

    private record Pending(Lane lane, Batch batch, long firstSequence) {}

    private final SpoolSettings settings;
    private final SpoolSeams seams;
    private final Storage storage;
    private final SegmentLog log;
    private final SpoolObserver observer;
    private final NanoClock clock;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final List<UpstreamQueue> queues = new CopyOnWriteArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Octets metadata = new Octets(4096);
    private final ByteBuffer staging;
    private @Nullable SegmentWriter active;
    private boolean appended;
    private long appendMicros;
    private long unchecked;
    private final long[] routed;

    /** What the durable log has of numbered streams. */
    private final StreamMarks streams;

    /** Next sequence to give out; volatile because anyone may ask. */
    private volatile long written;

    /** The durable end; volatile: this is what readers and acknowledgements go by. */
    private volatile Published published;

    /** What queues may read; the same, but for a planted bug. */
    private volatile Published readable;

    /** The last write and sync worked; volatile for /readyz. */
    private volatile boolean writable = true;

    /** The volume's reserve is reached; volatile because lanes and pipeline ask. */
    private volatile boolean volumeFull;

    /** Lanes say FULL; volatile because event loops look at each chunk. */
    private volatile boolean blocked;

    /** The thread to unpark, while it waits for work. */
    private volatile @Nullable Thread parked;

    /** Told when cursors have moved or space is short; set once, before the threads start. */
    private volatile Housekeeping housekeeping = Housekeeping.NONE;

    /** Threads that wait for the durable end to move. */
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    SpoolWriter(
            SpoolSettings settings,
            SpoolSeams seams,
            Storage storage,
            SegmentLog log,
            SpoolObserver observer,
            NanoClock clock,
            StreamMarks streams,
            Published recovered) {
        this.streams = streams;
        this.settings = settings;
        this.seams = seams;
        this.storage = storage;
        this.log = log;
        this.observer = observer;
        this.clock = clock;
        this.published = recovered;
        this.readable = recovered;
        this.written = recovered.sequence();
        this.routed = recovered.routed().clone();
        this.staging = ByteBuffer.allocateDirect(Math.min(STAGING_BYTES, seams.batchBytes()));
    }

    void add(Lane lane) {
        lanes.add(lane);
    }

    void add(UpstreamQueue queue) {
        queues.add(queue);
    }

    void remove(UpstreamQueue queue) {
        queues.remove(queue);
    }

    void housekeeping(Housekeeping thread) {
        housekeeping = thread;
    }

    // From any thread.

    Published published() {
        return published;
    }

    Published readable() {
        return readable;
    }

    long written() {
        return written;
    }

    boolean writable() {
        return writable;
    }

    boolean volumeFull() {
        return volumeFull;
    }

    boolean blocked() {
        return blocked;
    }

    void cursorMoved() {
        housekeeping.soon();
    }

    void laneFilled() {
        wake();
    }

    void wake() {
        Thread thread = parked;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether everything the lanes hold now is durable. */
    boolean idle() {
        for (Lane lane : lanes) {
            if (lane.filled()) {
                return false;
            }
        }
        return written == published.sequence();
    }

    /** Holds when everything that the lanes hold at the call is durable. */
    BooleanSupplier durable() {
        Map<Lane, Long> accepted = new HashMap<>();
        lanes.forEach(lane -> accepted.put(lane, lane.accepted()));
        return () ->
                accepted.entrySet().stream()
                        .allMatch(lane -> lane.getKey().synced() >= lane.getValue());
    }

    /** Waits until the condition holds, which only a commit makes true; false after the time. */
    boolean await(BooleanSupplier condition, long nanos) {
        long deadline = clock.nanos() + nanos;
        waiting.add(Thread.currentThread());
        try {
            while (!condition.getAsBoolean()) {
                long rest = deadline - clock.nanos();
                if (rest <= 0 || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                LockSupport.parkNanos(this, rest);
            }
            return true;
        } finally {
            waiting.remove(Thread.currentThread());
        }
    }

    /** Set by housekeeping; the writer tells the lanes. */
    void blocked(boolean now) {
        boolean before = blocked;
        blocked = now;
        if (before && !now) {
            wake();
        }
    }

    /** Parks until there is work or the time has passed. */
    void park(long nanos) {
        parked = Thread.currentThread();
        try {
            if (!hasWork()) {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            parked = null;
        }
    }

    boolean hasWork() {
        if (!pending.isEmpty()) {
            return true;
        }
        for (Lane lane : lanes) {
            if (lane.filled() || (!blocked && lane.wantsSpace())) {
                return true;
            }
        }
        return false;
    }

    boolean failing() {
        return !pending.isEmpty();
    }

    /** One commit; true if it made something durable. */
    boolean commitOnce() {
        boolean durable = appendOnce() && syncOnce();
        tellLanes();
        return durable;
    }

    /** First half of a commit: true if something is appended and waits for its sync. */
    boolean appendOnce() {
        if (pending.isEmpty()) {
            collect();
        }
        if (pending.isEmpty()) {
            return false;
        }
        if (appended) {
            return true;
        }
        try {
            checkSpace();
            SegmentWriter segment = openSegment();
            for (Pending one : pending) {
                segment.append(one.batch, one.firstSequence, published.sequence(), appendMicros);
            }
            appended = true;
        } catch (IOException | RuntimeException e) {
            appendFailed(e);
            return false;
        }
        if (seams.has(Flaw.ACK_BEFORE_SYNC)) {
            publish();
        } else if (seams.has(Flaw.CURSOR_BEFORE_DATA)) {
            readable = writtenSoFar();
        }
        return true;
    }

    /** Second half: true if it is durable. */
    boolean syncOnce() {
        SegmentWriter segment = active;
        if (!appended || segment == null) {
            return false;
        }
        long octets = segment.unsynced();
        long begin = clock.nanos();
        try {
            segment.sync();
        } catch (IOException | RuntimeException e) {
            giveUp(segment);
            appended = false;
            writable = false;
            observer.syncFailed(reason(e), pendingMessages());
            return false;
        }
        long nanos = clock.nanos() - begin;
        long messages = pendingMessages();
        log.resize(segment.segment(), segment.end());
        publish();
        if (settings.whenFull() == SpoolSettings.WhenFull.BLOCK
                && log.bytes() > settings.maxBytes() - settings.segmentBytes()) {
            blocked = true; // until housekeeping has made room
            housekeeping.now();
        }
        for (Pending one : pending) {
            one.batch.noteStreams(streams);
            one.lane.recycle(one.batch);
            tell(one.lane::tellOfSync);
        }
        pending.clear();
        appended = false;
        wakeWaiting();
        if (!writable) {
            writable = true;
            observer.writable();
        }
        observer.synced(nanos, messages, octets);
        writeAhead(segment, octets);
        return true;
    }

    private void writeAhead(SegmentWriter segment, long committed) {
        try {
            segment.writeAhead(committed, settings.segmentBytes());
        } catch (IOException | RuntimeException ignored) {
            // The next commit finds out for itself, and says so.
        }
    }

    private void collect() {
        appendMicros = clock.epochMicros();
        long next = written;
        for (Lane lane : lanes) {
            Batch batch = lane.swap();
            if (batch != null) {
                pending.add(new Pending(lane, batch, next));
                next += batch.count();
                batch.addRouted(routed);
            }
        }
        written = next;
    }

    private long pendingMessages() {
        return written - pending.getFirst().firstSequence;
    }

    private void publish() {
        Published now = writtenSoFar();
        published = now;
        readable = now;
        for (UpstreamQueue queue : queues) {
            queue.readableMoved();
        }
        wakeWaiting();
    }

    private void wakeWaiting() {
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
        }
    }

    private Published writtenSoFar() {
        SegmentWriter segment = active;
        return segment == null
                ? new Published(written, -1, -1, routed.clone())
                : new Published(written, segment.segment().first(), segment.end(), routed.clone());
    }

    private void checkSpace() throws IOException {
        SegmentWriter segment = active;
        if (settings.reserveBytes() > 0
                && (segment == null || volumeFull || unchecked >= SPACE_CHECK_BYTES)) {
            unchecked = 0;
            volumeFull = storage.usableSpace() - batchOctets() < settings.reserveBytes();
        }
        unchecked += batchOctets();
        if (volumeFull) {
            throw new IOException(
                    "the volume has reached spool.reserve ("
                            + settings.reserveBytes()
                            + " octets)");
        }
    }

    private long batchOctets() {
        long octets = 0;
        for (Pending one : pending) {
            octets += one.batch.length() + one.batch.originalsLength();
        }
        return octets;
    }

    private SegmentWriter openSegment() throws IOException {
        SegmentWriter segment = active;
        if (segment != null && segment.syncedEnd() < settings.segmentBytes()) {
            return segment;
        }
        if (segment != null) {
            giveUp(segment);
        }
        SegmentHeader header =
                new SegmentHeader(
                        seams.salts().get(),
                        pending.getFirst().firstSequence,
                        clock.epochMicros(),
                        published.routed());
        segment = SegmentWriter.create(storage, header, streams, metadata, staging, seams::has);
        log.add(segment.segment());
        log.resize(segment.segment(), segment.end());
        active = segment;
        housekeeping.now();
        return segment;
    }

    private void appendFailed(Exception e) {
        SegmentWriter segment = active;
        if (segment != null) {
            try {
                segment.rollBack();
            } catch (IOException alsoBroken) {
                e.addSuppressed(alsoBroken);
                giveUp(segment);
            }
        }
        if (writable) {
            observer.writeFailed(reason(e), pendingMessages());
        }
        writable = false;
        housekeeping.now();
    }

    /** Ends a segment with what is durable of it. */
    private void giveUp(SegmentWriter segment) {
        active = null;
        segment.segment().end = published.sequence();
        close(segment);
    }

    private void close(SegmentWriter segment) {
        if (segment.reachesBeyond()) {
            try {
                segment.rollBack();
            } catch (IOException | RuntimeException ignored) {
                // Readers stop at the next segment's first sequence, whatever still lies here.
            }
        }
        try {
            segment.close();
        } catch (IOException ignored) {
            // It is durable to where it says; there is nothing else to save.
        }
    }

    void tellLanes() {
        if (blocked) {
            return;
        }
        for (Lane lane : lanes) {
            tell(lane::tellOfSpace);
        }
    }

    private void tell(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            observer.callbackFailed(e); // the log must go on
        }
    }

    void close() {
        SegmentWriter segment = active;
        active = null;
        if (segment != null) {
            segment.segment().end = published.sequence();
            close(segment);
        }
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
