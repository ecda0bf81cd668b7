package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.NewerFormatException;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps messages in dated files, each exactly once, whatever is killed, rotated or full. One
 * thread, {@code forward-NAME}, does everything; the methods may be called from any thread.
 */
public final class FileForwarder implements Forwarder {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileForwarder.class);

    /** Rounds of write and sync begin at least this far apart, so that an archive costs little. */
    private static final Duration SYNC_INTERVAL = Duration.ofMillis(100);

    /** How long to wait for a message before looking after the file. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** What stopping may take beyond its grace: one round to a slow disk. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(5);

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final FileDelivery delivery;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final long syncIntervalNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();

    private volatile boolean connected;

    /** Written under the lock, read by the forwarder's thread at any time. */
    private volatile boolean stopping;

    private volatile long stopBy;

    /** Why it is down, as last logged; the forwarder's thread's own. */
    private String told = "";

    private @Nullable Thread thread;

    private FileForwarder(
            FileUpstreamSettings settings,
            UpstreamQueue queue,
            FileDelivery delivery,
            NanoClock clock,
            ForwardObserver observer,
            Duration syncInterval) {
        this.settings = settings;
        this.queue = queue;
        this.delivery = delivery;
        this.clock = clock;
        this.observer = observer;
        this.syncIntervalNanos = syncInterval.toNanos();
    }

    /**
     * A forwarder that has not begun.
     *
     * @param storage with {@code settings.path().root()} as its root
     * @throws NewerFormatException if a later release left its state in the cursor
     */
    public static FileForwarder of(
            FileUpstreamSettings settings,
            UpstreamQueue queue,
            Storage storage,
            NanoClock clock,
            ForwardObserver observer)
            throws NewerFormatException {
        int version = ArchiveState.version(queue.state());
        if (version > ArchiveState.VERSION) {
            throw new NewerFormatException(
                    "what the cursor of upstream " + settings.name() + " says of its files",
                    version,
                    ArchiveState.VERSION);
        }
        return new FileForwarder(
                settings,
                queue,
                new FileDelivery(settings, queue, storage, clock, observer),
                clock,
                observer,
                SYNC_INTERVAL);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String target() {
        return settings.path().toString();
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public long unconfirmed() {
        return delivery.unconfirmed();
    }

    /** Opens the file anew before the next write, as after SIGHUP. */
    public void reopen() {
        delivery.reopen();
        queue.wake();
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (thread == null && !stopping) {
                thread =
                        Thread.ofPlatform()
                                .name("forward-" + settings.name())
                                .start(this::deliverUntilStopped);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop(Duration grace) {
        Thread running;
        lock.lock();
        try {
            if (!stopping) {
                stopBy = clock.nanos() + grace.toNanos();
                stopping = true;
            }
            stopped.signalAll();
            running = thread;
        } finally {
            lock.unlock();
        }
        queue.wake();
        if (running == null) {
            return;
        }
        try {
            if (!running.join(grace.plus(LAST_ROUND))) {
                LOGGER.warn(
                        "upstream {}: still writing to {}; what it has not confirmed is looked for"
                                + " at the next start",
                        settings.name(),
                        settings.path());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean ended() {
        lock.lock();
        try {
            return stopping && (thread == null || !thread.isAlive());
        } finally {
            lock.unlock();
        }
    }

    private void deliverUntilStopped() {
        Duration wait = settings.retryFirst();
        while (!isOver()) {
            try {
                delivery.settle();
                while (deliverRound()) {
                    wait = settings.retryFirst();
                }
                break;
            } catch (IOException e) {
                down(FileTrouble.reason(e), wait);
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                LOGGER.error("upstream {}: a bug of ours", settings.name(), e);
                down(e.toString(), wait);
            }
            if (stopping) {
                wait = settings.retryFirst();
            }
            pause(wait.toNanos());
            wait =
                    wait.compareTo(settings.retryMax().dividedBy(2)) < 0
                            ? wait.multipliedBy(2)
                            : settings.retryMax();
        }
        end();
    }

    /** False when stopping and all is done. */
    private boolean deliverRound() throws IOException, InterruptedException {
        long began = clock.nanos();
        long octets = delivery.deliver(stopping ? Duration.ZERO : IDLE);
        up();
        if (isOver() || (stopping && octets == 0)) {
            return false;
        }
        if (octets > 0 && octets < FileDelivery.ROUND_OCTETS && !stopping) {
            pause(syncIntervalNanos - (clock.nanos() - began));
        }
        return true;
    }

    private boolean isOver() {
        return stopping && clock.nanos() - stopBy >= 0;
    }

    /** Waits, but not when stopping has begun meanwhile. */
    private void pause(long nanos) {
        boolean wasStopping = stopping;
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && stopping == wasStopping) {
                left = stopped.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            stopBy = clock.nanos(); // nobody does; but a closed channel must not become a busy loop
            stopping = true;
        } finally {
            lock.unlock();
        }
    }

    private void up() {
        if (connected) {
            return;
        }
        connected = true;
        if (!told.isEmpty()) {
            told = "";
            observer.up(settings.name(), target());
        }
        observer.connected(settings.name(), true);
        LOGGER.info(
                "upstream {}: writing to {}, {} messages queued",
                settings.name(),
                settings.path(),
                queue.queued());
    }

    private void down(String reason, Duration nextTry) {
        if (!connected && told.equals(reason)) {
            return;
        }
        connected = false;
        if (told.isEmpty()) {
            observer.down(settings.name(), "cannot write to " + settings.path() + ": " + reason);
        }
        told = reason;
        observer.connected(settings.name(), false);
        LOGGER.warn(
                "upstream {}: cannot write to {}: {}; {} messages wait in the spool, next try in {}"
                        + " ms, then at most every {} s until it works",
                settings.name(),
                settings.path(),
                reason,
                queue.queued(),
                nextTry.toMillis(),
                settings.retryMax().toSeconds());
    }

    private void end() {
        try {
            delivery.close();
        } catch (IOException e) {
            LOGGER.warn("upstream {}: {}", settings.name(), FileTrouble.reason(e));
        }
        if (connected) {
            connected = false;
            observer.connected(settings.name(), false);
        }
    }
}
