package io.sealpost.relay.listen;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The end of a listener on one event loop, and confined to that: reads until the kernel has nothing
 * more, delivers, closes, and gives up only when there was no room for too long.
 */
final class Drain implements Runnable {
    private static final int TICK_MILLIS = 10;

    /** Senders that never pause are not waited for any longer. */
    private static final Duration MAX_READING = Duration.ofSeconds(1);

    private final Loop loop;
    private final Listener listener;
    private final long readUntilNanos;
    private final long giveUpNanos;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long received = -1;
    private boolean finishing;

    private Drain(Loop loop, Listener listener, Duration patience) {
        this.loop = loop;
        this.listener = listener;
        this.readUntilNanos = loop.nanos() + MAX_READING.toNanos();
        this.giveUpNanos = loop.nanos() + patience.toNanos();
    }

    /** Completed when nothing of the listener is left on this event loop. */
    static CompletableFuture<Void> start(Loop loop, Listener listener, Duration patience) {
        Drain drain = new Drain(loop, listener, patience);
        loop.eventLoop().execute(drain);
        return drain.done;
    }

    @Override
    public void run() {
        List<Resident> residents = loop.residents(listener);
        long now = loop.nanos();
        if (!residents.isEmpty() && now - giveUpNanos >= 0) {
            residents.forEach(Resident::abandon);
            residents = List.of();
        }
        if (residents.isEmpty()) {
            done.complete(null);
            return;
        }
        if (!finishing && (now - readUntilNanos >= 0 || silent(residents))) {
            finishing = true;
            residents.forEach(Resident::finish);
        }
        var _ = loop.eventLoop().schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private boolean silent(List<Resident> residents) {
        long before = received;
        received = residents.stream().mapToLong(Resident::received).sum();
        return received == before && residents.stream().noneMatch(Resident::waiting);
    }
}
