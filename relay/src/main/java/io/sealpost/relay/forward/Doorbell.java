package io.sealpost.relay.forward;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where a forwarder's thread waits for something to change, and others ring after they changed it.
 * A thread is never interrupted instead: an interrupt would close the spool's file under it.
 * Thread-safe.
 */
final class Doorbell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();

    /** Makes a waiting thread look again. */
    void ring() {
        lock.lock();
        try {
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds, looking at each ring; false if the time was up first. */
    boolean await(Duration atMost, BooleanSupplier condition) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = rung.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
