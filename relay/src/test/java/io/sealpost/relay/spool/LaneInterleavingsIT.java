package io.sealpost.relay.spool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An event loop and the writer on one lane, in every order of their steps that Lincheck tries:
 * nobody who waits is forgotten, and no message is lost or taken twice.
 */
@Tag("fault")
class LaneInterleavingsIT {
    private static final int ORDERS = 1000;

    private final SpoolWriter writer =
            new SpoolWriter(
                    SpoolRig.settings(1 << 20, 1 << 16),
                    SpoolRig.seams(1),
                    new MemoryStorage(),
                    new SegmentLog(),
                    SpoolObserver.NONE,
                    new SpoolRig.TestClock(),
                    new StreamMarks(),
                    new Published(0, -1, -1, new long[0]));

    /** Lincheck takes what no field of an older object refers to for one thread's own. */
    private @Nullable Lane shared;

    @Test
    void who_asks_for_a_sync_sees_it_or_is_told() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    AtomicBoolean told = new AtomicBoolean();
                    Lane lane = lane(() -> {}, () -> told.set(true));
                    put(lane);
                    AtomicBoolean seen = new AtomicBoolean();
                    both(() -> seen.set(lane.reached(1)), () -> commit(lane));
                    check(seen.get() || told.get(), "neither seen nor told");
                });
    }

    @Test
    void who_finds_no_room_has_it_or_is_told() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    AtomicBoolean told = new AtomicBoolean();
                    Lane lane = lane(() -> told.set(true), () -> {});
                    SpoolRig.put(lane, "x".repeat(2100), 1, 0, 0); // leaves too little for one more
                    told.set(false);
                    AtomicBoolean taken = new AtomicBoolean();
                    both(() -> taken.set(put(lane)), () -> commit(lane));
                    check(taken.get() || told.get(), "neither room nor told");
                });
    }

    @Test
    void a_message_is_taken_once() {
        Lincheck.runConcurrentTest(
                ORDERS,
                () -> {
                    Lane lane = lane(() -> {}, () -> {});
                    put(lane);
                    AtomicInteger committed = new AtomicInteger();
                    both(() -> put(lane), () -> committed.addAndGet(commit(lane)));
                    committed.addAndGet(commit(lane));
                    check(committed.get() == 2, "messages lost or doubled");
                    check(lane.synced() == 2, "not all synced");
                    check(!lane.filled(), "still something to do");
                });
    }

    private Lane lane(Runnable onSpace, Runnable onSynced) {
        shared = new Lane(onSpace, onSynced, writer, 4096, 512);
        return shared;
    }

    private static boolean put(Lane lane) {
        return SpoolRig.put(lane, "x", 1, 0, 0);
    }

    /** What the writer does with a lane in one commit; returns how many messages there were. */
    private static int commit(Lane lane) {
        Batch batch = lane.swap();
        int count = 0;
        if (batch != null) {
            count = batch.count();
            lane.recycle(batch);
            lane.tellOfSync();
        }
        lane.tellOfSpace();
        return count;
    }

    /** Instead of AssertJ, whose classes Lincheck would follow too. */
    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static void both(Runnable loop, Runnable writer) {
        Thread other = new Thread(writer);
        other.start();
        loop.run();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
