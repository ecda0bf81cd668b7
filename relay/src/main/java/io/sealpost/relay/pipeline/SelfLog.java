package io.sealpost.relay.pipeline;

import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.pipeline.EventLimit.Happened;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.RelayMetrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The relay as a sender: its events become messages of its own stream, spooled, routed and
 * forwarded like all others. Events may be raised on any thread; one thread, {@code self-log}, puts
 * them into a lane of its own. Where that has no room an event is dropped and counted: nobody
 * waits.
 */
public final class SelfLog implements Events, AutoCloseable {
    /** Name of the listener that its messages have come from. */
    public static final String LISTENER = "internal";

    private static final int MAX_QUEUED = 256;

    /** Subjects with a limit of their own; names of the conf file, so there are not so many. */
    private static final int MAX_LIMITS = 512;

    private static final long TICK_MILLIS = 1_000;

    private final RelayMetrics metrics;
    private final NanoClock clock;
    private final EventMessage messages;
    private final Sender sender;
    private final BlockingQueue<Happened> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final Map<String, EventLimit> limits = new ConcurrentHashMap<>();
    private final AtomicLong taken = new AtomicLong();
    private final Dropped dropped = new Dropped();
    private @Nullable Thread thread;
    private long ordinal;

    /** Set by the thread that stops the relay. */
    private volatile boolean closed;

    /**
     * A log that keeps its first events until it is started.
     *
     * @param name of this relay, the HOSTNAME of its messages
     */
    public SelfLog(String name, int enterpriseNumber, RelayMetrics metrics, NanoClock clock) {
        this.metrics = metrics;
        this.clock = clock;
        this.messages = new EventMessage(name, ProcessHandle.current().pid(), enterpriseNumber);
        InetSocketAddress self = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        this.sender =
                new Sender(
                        new Source(
                                LISTENER,
                                Source.Transport.INTERNAL,
                                self,
                                0,
                                Source.NO_CERTIFICATE),
                        Origin.of(self.getAddress().getHostAddress(), ZoneOffset.UTC));
    }

    /** Puts events into the stream through this intake from now on, which it alone uses. */
    public void start(Intake intake) {
        Thread started = Thread.ofPlatform().name("self-log").daemon().unstarted(() -> run(intake));
        thread = started;
        started.start();
    }

    @Override
    public void raise(Event event) {
        if (closed) {
            return;
        }
        long now = clock.nanos();
        EventLimit limit = limit(event, now);
        tell(limit.offer(new Happened(event, clock.epochMicros()), now));
    }

    @Override
    public long taken() {
        return taken.get();
    }

    private EventLimit limit(Event event, long now) {
        String key = event.kind().limitedWith() + ' ' + event.subject();
        if (limits.size() >= MAX_LIMITS && !limits.containsKey(key)) {
            key = event.kind().limitedWith();
        }
        return limits.computeIfAbsent(key, _ -> new EventLimit(now));
    }

    private void tell(@Nullable Happened happened) {
        if (happened != null && !queue.offer(happened)) {
            metrics.dropped("self-log-full").increment();
        }
    }

    private void run(Intake intake) {
        try {
            while (!closed) {
                Happened next = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    append(next, intake);
                }
                tellLatest(false);
            }
        } catch (InterruptedException _) {
            // by close, so that it need not wait for the next look
        }
        putAll(intake);
        tellLatest(true);
        putAll(intake);
    }

    private void putAll(Intake intake) {
        for (Happened next = queue.poll(); next != null; next = queue.poll()) {
            append(next, intake);
        }
    }

    private void tellLatest(boolean last) {
        long now = clock.nanos();
        limits.values().forEach(limit -> tell(limit.poll(now, last)));
    }

    private void append(Happened happened, Intake intake) {
        byte[] message = messages.of(happened.event(), happened.micros());
        dropped.seen = false;
        if (intake.begin() != Intake.Verdict.ACCEPTED) {
            dropped.dropped(Admission.SPOOL_FULL, 1);
            return;
        }
        Intake.Verdict verdict;
        try {
            verdict = intake.accept(message, 0, message.length, false, sender, ordinal);
        } finally {
            intake.end(dropped);
        }
        if (verdict != Intake.Verdict.ACCEPTED) {
            dropped.dropped(Admission.SPOOL_FULL, 1);
        } else if (!dropped.seen) {
            ordinal++;
            taken.incrementAndGet();
            count(happened.event().kind());
        }
    }

    private void count(EventKind kind) {
        metrics.event(kind).increment();
    }

    /** Puts what was raised so far into the stream and ends. Idempotent. */
    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its messages are counted as events, not as received. Confined to the thread. */
    private final class Dropped implements IntakeCounters {
        private boolean seen;

        @Override
        public void received(int count, long octets) {}

        @Override
        public void changed(int reasonBit, int count) {}

        @Override
        public void dropped(String reason, int count) {
            seen = true;
            metrics.dropped(reason).add(count);
        }

        @Override
        public void rateLimited(int count) {
            throw new IllegalStateException("the relay itself has no limit");
        }

        @Override
        public void droppedByRoute(String route, int count) {
            seen = true;
            metrics.dropped(route).add(count);
        }

        @Override
        public void givenUp(String pattern, int searches) {}

        @Override
        public void ignored(int datagrams) {}
    }
}
