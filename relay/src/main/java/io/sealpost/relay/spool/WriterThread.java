package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread {@code spool-writer}: has the writer commit what there is, commits so far apart.
 * Started and stopped by one thread each.
 */
final class WriterThread {
    private static final long RETRY_NANOS = 100_000_000;
    private static final long IDLE_NANOS = 1_000_000_000;

    private final SpoolWriter writer;
    private final Duration interval;
    private final SpoolObserver observer;
    private final NanoClock clock;
    private @Nullable Thread thread;

    /** Ends the loop. */
    private volatile boolean closing;

    /**
     * Not yet started.
     *
     * @param interval from the start of a commit to that of the next, at least
     */
    WriterThread(SpoolWriter writer, Duration interval, SpoolObserver observer, NanoClock clock) {
        this.writer = writer;
        this.interval = interval;
        this.observer = observer;
        this.clock = clock;
    }

    void start() {
        thread = Thread.ofPlatform().name("spool-writer").start(this::run);
    }

    private void run() {
        long apart = interval.toNanos();
        long last = clock.nanos() - apart;
        while (!closing) {
            writer.park(IDLE_NANOS);
            if (!writer.hasWork()) {
                continue;
            }
            for (long rest = last + apart - clock.nanos();
                    rest > 0 && !closing;
                    rest = last + apart - clock.nanos()) {
                LockSupport.parkNanos(this, rest);
            }
            last = clock.nanos();
            commit();
            if (writer.failing() && !closing) {
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    private void commit() {
        try {
            writer.commitOnce();
        } catch (RuntimeException e) {
            observer.callbackFailed(e); // the log must go on
        }
    }

    /** Waits for the commit that is under way. */
    void stop() throws InterruptedException {
        closing = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            running.join();
        }
    }
}
