package io.sealpost.relay.spool;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where one event loop puts its messages. Confined to that event loop, except for the writer's swap
 * of the filled batch for an empty one. Nothing is acknowledged to a sender before {@link #synced}
 * has reached what {@link #accepted} said when its message was taken in.
 */
public final class Lane {
    /** Below this room the batch counts as full. */
    private static final int SLACK_BYTES = 4096;

    private final Runnable onSpace;
    private final Runnable onSynced;
    private final SpoolWriter writer;
    private final int leastRoom;
    private final ReentrantLock lock = new ReentrantLock();
    private Batch filling;
    private @Nullable Batch spare;
    private long accepted;

    /** Something waits for the writer; volatile because the writer looks without the lock. */
    private volatile boolean filled;

    /** The event loop was told FULL; volatile because the writer looks without the lock. */
    private volatile boolean wantsSpace;

    /** Somebody waits for a sync; volatile because the writer looks without the lock. */
    private volatile boolean wantsSynced;

    /** Messages of this lane that are durable; volatile because event loops watch it. */
    private volatile long synced;

    /** Confined to the writer thread. */
    private long syncedSoFar;

    Lane(
            Runnable onSpace,
            Runnable onSynced,
            SpoolWriter writer,
            int batchBytes,
            int maxMessageBytes) {
        this.onSpace = onSpace;
        this.onSynced = onSynced;
        this.writer = writer;
        this.leastRoom = Math.min(batchBytes / 2, maxMessageBytes + SLACK_BYTES);
        this.filling = new Batch(batchBytes);
        this.spare = new Batch(batchBytes);
    }

    /** Locks for one chunk. False: FULL and nothing locked; onSpace will be called. */
    @SuppressWarnings("LockNotBeforeTry") // held until end()
    public boolean begin() {
        if (writer.blocked()) {
            wantsSpace = true;
            if (writer.blocked()) {
                return false;
            }
        }
        lock.lock();
        if (filling.hasRoom(leastRoom, 0)) {
            return true;
        }
        wantsSpace = true;
        lock.unlock();
        return false;
    }

    /** The batch to fill, between {@link #begin} and {@link #end}. */
    public Batch batch() {
        return filling;
    }

    /** Unlocks, and wakes the writer if it waits. */
    public void end() {
        boolean wake = false;
        if (filling.refused()) {
            wantsSpace = true;
        }
        if (filling.count() > 0 && !filled) {
            filled = true;
            wake = true;
        }
        lock.unlock();
        if (wake) {
            writer.laneFilled();
        }
    }

    /** Messages this lane has taken in. Waits for the chunk that is being taken in. */
    public long accepted() {
        lock.lock();
        try {
            return accepted + filling.count();
        } finally {
            lock.unlock();
        }
    }

    /** Messages this lane took in that are durable by now. */
    public long synced() {
        return synced;
    }

    /**
     * Whether so many messages of this lane are durable. If they are not, onSynced will be called
     * once, at the latest when they are.
     */
    public boolean reached(long position) {
        if (synced >= position) {
            return true;
        }
        wantsSynced = true;
        return synced >= position; // it may have come between
    }

    boolean wantsSpace() {
        return wantsSpace;
    }

    boolean filled() {
        return filled;
    }

    /** Takes the filled batch, or null where nothing was filled or the other is still out. */
    @Nullable Batch swap() {
        if (!filled) {
            return null;
        }
        lock.lock();
        try {
            Batch full = filling;
            Batch empty = spare;
            if (empty == null || full.count() == 0) {
                return null;
            }
            filling = empty;
            spare = null;
            accepted += full.count();
            filled = false;
            return full;
        } finally {
            lock.unlock();
        }
    }

    /** Gives back a batch whose messages are durable. */
    void recycle(Batch batch) {
        long count = batch.count();
        batch.clear();
        lock.lock();
        try {
            spare = batch;
        } finally {
            lock.unlock();
        }
        syncedSoFar += count;
        synced = syncedSoFar;
    }

    /** Tells the event loop of a sync if it waits for one. */
    void tellOfSync() {
        if (wantsSynced) {
            wantsSynced = false;
            onSynced.run();
        }
    }

    /** Tells the event loop of space if it was told FULL. */
    void tellOfSpace() {
        if (wantsSpace) {
            wantsSpace = false;
            onSpace.run();
        }
    }
}
