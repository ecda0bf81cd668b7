package io.sealpost.relay.seal;

import io.sealpost.relay.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread {@code integrity}: seals the spool until it is closed. It follows the writer at a
 * distance, ten times a second, and costs nothing while no messages come.
 */
public final class Sealing implements AutoCloseable {
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    private final Sealer sealer;
    private final Spool spool;
    private @Nullable Thread thread;

    /** Set by the thread that stops the relay. */
    private volatile boolean stopping;

    Sealing(Sealer sealer, Spool spool) {
        this.sealer = sealer;
        this.spool = spool;
    }

    /** The work of the thread, for tests that do it themselves. */
    Sealer sealer() {
        return sealer;
    }

    /** Begins. */
    public void start() {
        thread = Thread.ofPlatform().name("integrity").start(this::run);
    }

    /** Messages before this one are covered by a checkpoint. */
    public long covered() {
        return sealer.covered();
    }

    /** How the log stands. */
    public SealFigures figures() {
        return sealer.figures();
    }

    private void run() {
        while (!stopping) {
            long before = sealer.sealed();
            long rest = sealer.step();
            if (sealer.failing() || sealer.sealed() > before) {
                LockSupport.parkNanos(this, sealer.failing() ? rest : Math.min(rest, PACE_NANOS));
            } else {
                spool.awaitBeyond(sealer.sealed(), () -> stopping, Duration.ofNanos(rest));
            }
        }
        sealer.finish(LAST_PATIENCE);
    }

    /** Seals what is durable, signs a last checkpoint and ends. Idempotent. */
    @Override
    public void close() throws IOException {
        stopping = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            try {
                running.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        sealer.close();
    }
}
