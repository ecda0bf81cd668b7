package io.sealpost.relay.listen;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.Events;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What one listener says of its peers, in the log and as events: for each reason, each address is
 * named at most once a second, and all of them together at most {@value #MAX_LINES} times. What was
 * left out is told with the next one, or a little later with the last that was left out.
 * Thread-safe.
 */
final class PeerLog {
    static final int MAX_LINES = 20;
    static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** An address that is forgotten because of many others may be named again too early. */
    private static final int MAX_PEERS = 1_000;

    private record Named(InetAddress peer, String reason) {}

    private record Told(Event event, long more) {}

    private final Logger log;
    private final Events events;
    private final NanoClock clock;
    private final ScheduledExecutorService timer;
    private final Duration patience;
    private final Cache<Named, Boolean> named;

    /** Reasons are ours, so there are not many. */
    private final Map<String, Topic> topics = new ConcurrentHashMap<>();

    /**
     * A log of nothing yet.
     *
     * @param patience how long what was left out may wait for a next one
     */
    PeerLog(
            Logger log,
            Events events,
            NanoClock clock,
            ScheduledExecutorService timer,
            Duration patience) {
        this.log = log;
        this.events = events;
        this.clock = clock;
        this.timer = timer;
        this.patience = patience;
        this.named =
                Caffeine.newBuilder()
                        .maximumSize(MAX_PEERS)
                        .expireAfterWrite(INTERVAL)
                        .ticker(clock::nanos)
                        .executor(Runnable::run)
                        .build();
    }

    /** Tells the event, which is made only then, or leaves it out for now. */
    void tell(InetAddress peer, String reason, Supplier<Event> event) {
        boolean first = named.asMap().putIfAbsent(new Named(peer, reason), true) == null;
        topics.computeIfAbsent(reason, _ -> new Topic()).offer(first, event).ifPresent(this::write);
    }

    private void write(Told told) {
        log.warn("{}{}", told.event().text(), RateLimitedLog.suffix(told.more()));
        events.raise(told.event().after(told.more()));
    }

    /** What is said for one reason. Guarded by itself. */
    private final class Topic {
        private long beginNanos = clock.nanos();
        private int lines;
        private long leftOut;
        private boolean waiting;
        private Optional<Supplier<Event>> latest = Optional.empty();

        synchronized Optional<Told> offer(boolean first, Supplier<Event> event) {
            if (first && hasLine()) {
                return Optional.of(take(event, leftOut));
            }
            if (!waiting) {
                waiting = true;
                var _ =
                        timer.schedule(
                                () -> rest().ifPresent(PeerLog.this::write),
                                patience.toMillis(),
                                TimeUnit.MILLISECONDS);
            }
            leftOut++;
            latest = Optional.of(event);
            return Optional.empty();
        }

        private boolean hasLine() {
            long now = clock.nanos();
            if (now - beginNanos >= INTERVAL.toNanos()) {
                beginNanos = now;
                lines = 0;
            }
            return lines++ < MAX_LINES;
        }

        private synchronized Optional<Told> rest() {
            waiting = false;
            return latest.map(event -> take(event, leftOut - 1));
        }

        private Told take(Supplier<Event> event, long more) {
            leftOut = 0;
            latest = Optional.empty();
            return new Told(event.get(), more);
        }
    }
}
