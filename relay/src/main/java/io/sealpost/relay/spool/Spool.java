package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The durable log of a data folder: lanes in, queues out. Lanes are made before {@link #start}, by
 * one thread; the rest may be called from any thread.
 */
public final class Spool implements AutoCloseable {
    private static final int SMALL_BATCH_BYTES = 64 * 1024;

    /** Attempts to save what memory holds while the volume fails at close. */
    private static final int CLOSING_ATTEMPTS = 10;

    private final SpoolSettings settings;
    private final SpoolSeams seams;
    private final Storage storage;
    private final SpoolObserver observer;
    private final NanoClock clock;
    private final AutoCloseable lock;
    private final SpoolOpening parts;
    private final Recovery recovery;
    private final SpoolWriter writer;
    private final Retention retention;
    private final Housekeeping housekeeping;
    private final FolderIdentity identity;
    private final List<UpstreamQueue> queues = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WriterThread committing;

    private Spool(
            SpoolSettings settings,
            SpoolSeams seams,
            Storage storage,
            SpoolObserver observer,
            NanoClock clock,
            AutoCloseable lock,
            SpoolOpening.Opened opened) {
        this.settings = settings;
        this.seams = seams;
        this.storage = storage;
        this.observer = observer;
        this.clock = clock;
        this.lock = lock;
        this.parts = opened.parts();
        this.recovery = opened.recovery();
        this.identity = new FolderIdentity(storage);
        this.writer =
                new SpoolWriter(
                        settings,
                        seams,
                        storage,
                        parts.log,
                        observer,
                        clock,
                        parts.streams(),
                        opened.end());
        this.retention =
                new Retention(
                        settings,
                        seams,
                        storage,
                        parts.log,
                        parts.quarantine,
                        writer,
                        observer,
                        clock);
        this.housekeeping = new Housekeeping(this::keepHouse);
        this.committing = new WriterThread(writer, settings.syncInterval(), observer, clock);
    }

    /**
     * Recovers and opens.
     *
     * @throws SpoolException with a message for the operator: locked by another instance, folder
     *     not writable, written by a later release
     */
    public static Spool open(
            SpoolSettings settings, Storage storage, SpoolObserver observer, NanoClock clock)
            throws IOException {
        return open(settings, storage, observer, clock, SpoolSeams.production(settings));
    }

    static Spool open(
            SpoolSettings settings,
            Storage storage,
            SpoolObserver observer,
            NanoClock clock,
            SpoolSeams seams)
            throws IOException {
        AutoCloseable lock = lock(storage);
        try {
            return new Spool(
                    settings,
                    seams,
                    storage,
                    observer,
                    clock,
                    lock,
                    SpoolOpening.open(storage, observer));
        } catch (SpoolException | RuntimeException e) {
            unlock(lock);
            throw e;
        } catch (IOException e) {
            unlock(lock);
            throw new SpoolException("the spool cannot be opened: " + e.getMessage(), e);
        }
    }

    private static AutoCloseable lock(Storage storage) throws SpoolException {
        try {
            storage.createFolder(Segment.FOLDER);
            storage.createFolder("cursors");
            storage.syncFolder("");
        } catch (IOException e) {
            throw new SpoolException("the data folder cannot be written: " + e.getMessage(), e);
        }
        try {
            return storage.lock("lock");
        } catch (IOException e) {
            throw new SpoolException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Follows the messages that become durable from now on. Any thread; the caller closes it. */
    public LogTail tail() {
        return new LogTail(storage, parts.log, writer);
    }

    /**
     * Reads all durable messages from this sequence on, and those to come. Any thread; the caller
     * closes it.
     */
    public BatchReader batches(long sequence) {
        return new BatchReader(storage, parts.log, writer, sequence);
    }

    /**
     * Holds segments: from the sequence that this says on, none is unlinked, whatever the limits
     * are. Asked on the housekeeping thread. Set once, before {@link #start}.
     */
    public void hold(LongSupplier firstNeeded) {
        retention.hold(firstNeeded);
    }

    /** The name, perhaps of old, of the upstream with this number; empty if it has none. */
    public synchronized String upstreamName(int number) {
        return number < parts.numbers.size() ? parts.numbers.entry(number).name() : "";
    }

    /**
     * Waits until messages from this sequence on are durable, or until the other condition holds,
     * at which the thread is unparked; at most for this time.
     */
    public void awaitBeyond(long sequence, BooleanSupplier other, Duration timeout) {
        writer.await(() -> synced() > sequence || other.getAsBoolean(), timeout.toNanos());
    }

    /** What opening found. */
    public Recovery recovery() {
        return recovery;
    }

    /** A lane for one event loop. onSpace is called on the writer thread after it said FULL. */
    public Lane lane(Runnable onSpace) {
        return lane(onSpace, () -> {});
    }

    /**
     * The same for one that waits for syncs. onSynced is called on the writer thread after {@link
     * Lane#reached} said no.
     */
    public Lane lane(Runnable onSpace, Runnable onSynced) {
        return lane(onSpace, onSynced, seams.batchBytes());
    }

    /** A lane for a sender of few messages, which does without the memory of event loops. */
    public Lane smallLane(Runnable onSpace) {
        return lane(onSpace, () -> {}, SMALL_BATCH_BYTES);
    }

    private Lane lane(Runnable onSpace, Runnable onSynced, int batchBytes) {
        Lane lane = new Lane(onSpace, onSynced, writer, batchBytes, settings.maxMessageBytes());
        writer.add(lane);
        return lane;
    }

    /**
     * The queue of this upstream, which keeps its number and cursor for life. At any time; a new
     * upstream gets messages from when their sets are made with its number.
     */
    public synchronized UpstreamQueue queue(String upstream, QueueSettings queueSettings)
            throws IOException {
        Published end = writer.published();
        int number = parts.numbers.find(upstream);
        boolean added = number < 0;
        if (added) {
            long start =
                    queueSettings.start() == QueueSettings.StartAt.RETAINED
                            ? oldest()
                            : end.sequence();
            number = parts.numbers.add(upstream, end.sequence(), start);
        }
        CursorState state = parts.cursors.get(number);
        if (state == null) {
            if (!added) {
                observer.cursorLost(upstream);
            }
            state = parts.fresh(number, end);
        }
        ConcurrentSkipListMap<Long, String> asides = new ConcurrentSkipListMap<>();
        QueueCursor cursor =
                new QueueCursor(queueSettings, state, writer, parts.cursorFile(number), asides);
        Supplier<QueueReader> readers =
                () ->
                        new QueueReader(
                                storage,
                                parts.log,
                                parts.quarantine,
                                cursor.number(),
                                cursor.entry(),
                                asides);
        UpstreamQueue queue =
                new UpstreamQueue(
                        readers.get(), readers.get(), cursor, writer, clock, asides, identity);
        cursor.persist();
        queues.add(queue);
        writer.add(queue);
        retention.add(cursor);
        return queue;
    }

    /** Gives an upstream another name, under which it keeps its number, cursor and counts. */
    public synchronized void rename(UpstreamQueue queue, String name) throws IOException {
        queue.cursor().rename(parts.numbers.rename(queue.number(), name));
    }

    /**
     * Whether there is such an upstream by an earlier start, and gives it the new name then. Before
     * its queue is asked for.
     */
    public synchronized boolean rename(String name, String newName) throws IOException {
        int number = parts.numbers.find(name);
        if (number < 0 || parts.numbers.find(newName) >= 0) {
            return false;
        }
        UpstreamNumbers.Entry entry = parts.numbers.rename(number, newName);
        parts.cursors.computeIfPresent(number, (_, state) -> state.with(entry));
        return true;
    }

    /**
     * Takes an upstream out of the log for good, when its forwarder has ended and no more messages
     * are routed to it. What it has not delivered is counted as dropped.
     *
     * @return the messages dropped
     */
    public synchronized long remove(UpstreamQueue queue) throws IOException {
        writer.remove(queue);
        retention.remove(queue.cursor());
        queues.remove(queue);
        long queued = queue.queued();
        parts.numbers.retire(queue.number());
        queue.close();
        queue.cursor().close();
        parts.dropCursor(queue.number());
        if (queued > 0) {
            observer.dropped(queue.name(), queued, DropReason.REMOVED);
        }
        return queued;
    }

    /** Takes upstreams that have no queue by now out of the books, and starts the threads. */
    public void start() throws IOException {
        retireUnnamed();
        writer.housekeeping(housekeeping);
        housekeeping.start();
        committing.start();
    }

    void retireUnnamed() throws IOException {
        for (int n = 0; n < parts.numbers.size(); n++) {
            UpstreamNumbers.Entry entry = parts.numbers.entry(n);
            if (entry.live() && !named(n)) {
                Published end = writer.published();
                CursorState state = parts.cursors.get(n);
                long counted = state == null ? 0 : state.counted();
                long queued = end.routed()[n] + entry.routedBefore(end.sequence()) - counted;
                parts.numbers.retire(n);
                parts.dropCursor(n);
                observer.dropped(entry.name(), queued, DropReason.REMOVED);
            }
        }
    }

    private boolean named(int number) {
        for (UpstreamQueue queue : queues) {
            if (queue.number() == number) {
                return true;
            }
        }
        return false;
    }

    private boolean keepHouse() {
        try {
            return retention.round();
        } catch (RuntimeException e) {
            observer.callbackFailed(e); // the log must go on
            return true;
        }
    }

    /**
     * What the log had of numbered streams when it was opened, that heard of last at the end.
     * Before {@link #start}.
     */
    public Map<StreamKey, StreamMark> streams() {
        Map<StreamKey, StreamMark> copies = new LinkedHashMap<>();
        parts.streams().forEach((key, mark) -> copies.put(key, mark.copy()));
        return copies;
    }

    /** Number of the next message; those before it have their places. */
    public long written() {
        return writer.written();
    }

    /**
     * Messages before this one are with all of these upstreams, as far as they were routed there;
     * those that are not known are not waited for.
     */
    public long delivered(Collection<String> upstreams) {
        return queues.stream()
                .filter(queue -> upstreams.contains(queue.name()))
                .mapToLong(queue -> queue.confirmed().sequence())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Those of these upstreams that are known: bit n is that with number n. */
    public long numbers(Collection<String> upstreams) {
        return queues.stream()
                .filter(queue -> upstreams.contains(queue.name()))
                .mapToLong(queue -> 1L << queue.number())
                .reduce(0, (some, more) -> some | more);
    }

    /** Messages before this one are durable. */
    public long synced() {
        return writer.published().sequence();
    }

    /** The first message that the log still has. */
    public long oldest() {
        Segment oldest = parts.log.oldest();
        return oldest == null ? synced() : oldest.first();
    }

    /** Octets on disk. */
    public long bytes() {
        return parts.log.bytes();
    }

    /** How full the log is, 0 to 100; 100 also when the volume's reserve is reached. */
    public int fillPercent() {
        if (writer.volumeFull()) {
            return 100;
        }
        long most = settings.maxBytes() - settings.segmentBytes();
        return (int) Math.min(100, 100 * bytes() / most);
    }

    /** Nothing more fits; what happens then is {@link SpoolSettings#whenFull}. */
    public boolean full() {
        return fillPercent() >= 100;
    }

    /** The last write and the last sync worked. */
    public boolean writable() {
        return writer.writable();
    }

    /** Messages lost to damage that this process found. */
    public long quarantined() {
        return parts.quarantine.messages();
    }

    /** Waits until all that the lanes hold is durable; false if it took longer. */
    public boolean awaitSynced(Duration timeout) {
        writer.wake();
        return writer.await(writer::idle, timeout.toNanos());
    }

    /** Waits until all that the lanes hold at the call is durable, however much comes meanwhile. */
    public boolean awaitAccepted(Duration timeout) {
        BooleanSupplier durable = writer.durable();
        writer.wake();
        return writer.await(durable, timeout.toNanos());
    }

    SpoolWriter writer() {
        return writer;
    }

    Retention retention() {
        return retention;
    }

    /** Saves what the lanes hold, persists the cursors, releases the folder. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopThreads();
        for (int attempt = 0; attempt < CLOSING_ATTEMPTS && !writer.idle(); attempt++) {
            writer.commitOnce();
        }
        IOException failure = null;
        for (UpstreamQueue queue : queues) {
            try {
                queue.cursor().persistAtClose();
                queue.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        writer.close();
        parts.close();
        unlock(lock);
        if (failure != null) {
            throw failure;
        }
    }

    private void stopThreads() {
        try {
            committing.stop();
            housekeeping.stop();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void unlock(AutoCloseable lock) throws IOException {
        try {
            lock.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
