package io.sealpost.relay.forward;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How far the stream of one connection has got on our side. The forwarder's thread hands octets
 * over, and the connection's event loop learns when the kernel has taken them.
 */
final class Outflow {
    /** Octets handed over and not yet taken by the kernel, above which the forwarder waits. */
    static final long MAX_PENDING = 4 * 1024 * 1024;

    private final AtomicLong pending = new AtomicLong();

    // Written by the forwarder's thread only, before the octets are on their way to the event loop.
    private volatile long handed;

    private long taken;

    /** So many octets more are about to be handed over. Forwarder's thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void hand(long length) {
        pending.addAndGet(length);
        handed += length;
    }

    /**
     * So many octets are pending no more, taken by the kernel or given up. True if that is worth
     * telling to a forwarder that waits. Event loop.
     */
    boolean relieve(long length) {
        long before = pending.getAndAdd(-length);
        return before > MAX_PENDING / 2 && before - length <= MAX_PENDING / 2;
    }

    /** The kernel has taken so many octets more. Event loop. */
    void take(long length) {
        taken += length;
    }

    /** Whether little enough is pending for more. Any thread. */
    boolean hasRoom() {
        return pending.get() < MAX_PENDING;
    }

    /** Octets handed over so far. Any thread. */
    long handed() {
        return handed;
    }

    /** Octets that the kernel has taken so far. Event loop. */
    long taken() {
        return taken;
    }
}
