package io.sealpost.relay.spool;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The housekeeping thread: {@link Retention} at most each 100 ms, and rarely when idle. */
final class Housekeeping {
    /** For tests that step by hand, and until the threads are started. */
    static final Housekeeping NONE = new Housekeeping(() -> false);

    private static final long ROUND_NANOS = 100_000_000;
    private static final long IDLE_NANOS = 1_000_000_000;

    /** One round of work. */
    interface Round {
        /** True if the next round should not wait for {@link #soon}. */
        boolean run();
    }

    private final Round round;

    /** The thread, once it runs. */
    private volatile @Nullable Thread thread;

    /** It waits without work, so soon() must wake it. */
    private volatile boolean idle;

    /** Work that should not wait for the round's end. */
    private volatile boolean urgent;

    private volatile boolean stopped;

    Housekeeping(Round round) {
        this.round = round;
    }

    void start() {
        thread = Thread.ofPlatform().name("spool-housekeeping").start(this::run);
    }

    /** A cursor moved: within a round. */
    void soon() {
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    /** Space is short or a segment ended. */
    void now() {
        urgent = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopped) {
            urgent = false;
            boolean more = round.run();
            if (!urgent && !stopped) {
                LockSupport.parkNanos(this, ROUND_NANOS);
            }
            if (!more && !urgent && !stopped) {
                idle = true;
                LockSupport.parkNanos(this, IDLE_NANOS);
                idle = false;
            }
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            running.join();
        }
    }
}
