package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread {@code integrity-remember}: writes the newest checkpoint to the remember file, at most
 * once a second. A thread of its own, so that another volume that hangs holds up nothing.
 */
public final class Remembering implements AutoCloseable {
    private static final long PACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

    private final RememberFile file;
    private final Consumer<Optional<IOException>> told;
    private final NanoClock clock;
    private final AtomicReference<@Nullable SignedNote> waiting = new AtomicReference<>();
    private @Nullable Thread thread;

    /** Set by the thread that stops the relay. */
    private volatile boolean stopping;

    /**
     * Nothing is written before {@link #start}.
     *
     * @param told after each write, on this thread; of the failure, if it was one
     */
    public Remembering(RememberFile file, Consumer<Optional<IOException>> told, NanoClock clock) {
        this.file = file;
        this.told = told;
        this.clock = clock;
    }

    /** Begins. */
    public void start() {
        Thread started =
                Thread.ofPlatform().name("integrity-remember").daemon().unstarted(this::run);
        thread = started;
        started.start();
    }

    /** This is the newest one now. Any thread; never waits. */
    public void offer(SignedNote note) {
        waiting.set(note);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopping) {
            if (waiting.get() == null) {
                LockSupport.park(this);
            } else {
                write();
                pause();
            }
        }
        write();
    }

    private void pause() {
        long end = clock.nanos() + PACE_NANOS;
        for (long rest = PACE_NANOS; rest > 0 && !stopping; rest = end - clock.nanos()) {
            LockSupport.parkNanos(this, rest);
        }
    }

    private void write() {
        SignedNote note = waiting.getAndSet(null);
        if (note == null) {
            return;
        }
        try {
            file.write(note);
            told.accept(Optional.empty());
        } catch (IOException e) {
            waiting.compareAndSet(null, note);
            told.accept(Optional.of(e));
        }
    }

    /** Writes what waits, if that does not take too long, and ends. */
    @Override
    public void close() {
        stopping = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join(LAST_PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
