package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.forward.FileForwarder;
import io.sealpost.relay.forward.Forwarder;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.UpstreamQueue;
import io.sealpost.relay.watch.RelayMetrics;
import io.sealpost.relay.watch.UpstreamReading;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstreams of the running relay, each with its queue and forwarder, as the configuration of
 * the moment names them. Thread-safe; changes of the configuration come one at a time.
 */
final class Upstreams {
    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);

    /** What a forwarder that is replaced has to get its last messages confirmed. */
    private static final Duration REPLACEMENT_GRACE = Duration.ofSeconds(1);

    /** How long a forwarder that does not end is waited for before the log says so. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Pause between two looks whether a taken out upstream has everything. */
    private static final Duration DRAIN_LOOK = Duration.ofMillis(250);

    /** What the relay makes of the configuration of one upstream. */
    interface Factory {
        /**
         * One that has not begun.
         *
         * @throws IOException if a file that it needs cannot be used
         */
        Forwarder forwarder(UpstreamConfig upstream, UpstreamQueue queue) throws IOException;

        QueueSettings queueSettings(UpstreamConfig upstream);

        Supplier<UpstreamReading> reading(UpstreamQueue queue, Forwarder forwarder);
    }

    private static final class Running {
        private final UpstreamQueue queue;
        private UpstreamConfig config;
        private @Nullable Forwarder forwarder;
        private FileStamps files;

        /** Not in the configuration any more, but still delivering. */
        private boolean leaving;

        Running(UpstreamConfig config, UpstreamQueue queue) {
            this.config = config;
            this.queue = queue;
            this.files = FileStamps.of(config);
        }
    }

    private final Spool spool;
    private final RelayMetrics metrics;
    private final Factory factory;
    private final Map<String, Running> running = new LinkedHashMap<>();
    private boolean stopped;

    Upstreams(Spool spool, RelayMetrics metrics, Factory factory) {
        this.spool = spool;
        this.metrics = metrics;
        this.factory = factory;
    }

    /** Gives each upstream its queue, so that messages can be routed to it. */
    synchronized void open(List<UpstreamConfig> upstreams) throws IOException {
        for (UpstreamConfig upstream : upstreams) {
            Optional<String> was = upstream.lifecycle().was();
            if (was.isPresent() && spool.rename(was.get(), upstream.name())) {
                LOG.info("upstream {}: goes on as {} left off", upstream.name(), was.get());
            }
            add(upstream);
        }
    }

    private void add(UpstreamConfig upstream) throws IOException {
        UpstreamQueue queue = spool.queue(upstream.name(), factory.queueSettings(upstream));
        running.put(upstream.name(), new Running(upstream, queue));
    }

    /** Begins to deliver where that has not begun. */
    synchronized void start() throws IOException {
        for (Running one : running.values()) {
            if (one.forwarder == null) {
                start(one);
            }
        }
    }

    /** The files that it needs were looked at before; what spoils them in between waits. */
    private void startOrTell(Running one) {
        try {
            start(one);
        } catch (IOException e) {
            LOG.error(
                    "{}; its messages wait until the next reload", String.valueOf(e.getMessage()));
        }
    }

    private void start(Running one) throws IOException {
        if (stopped) {
            return;
        }
        one.files = FileStamps.of(one.config);
        Forwarder forwarder = factory.forwarder(one.config, one.queue);
        one.forwarder = forwarder;
        metrics.upstream(one.config.name(), factory.reading(one.queue, forwarder));
        forwarder.start();
    }

    /** The number of each upstream that this configuration names. */
    synchronized Map<String, Integer> numbers(RelayConfig config) {
        Set<String> named =
                config.upstreams().stream().map(UpstreamConfig::name).collect(Collectors.toSet());
        Map<String, Integer> numbers = new HashMap<>();
        running.forEach(
                (name, one) -> {
                    if (named.contains(name)) {
                        numbers.put(name, one.queue.number());
                    }
                });
        return numbers;
    }

    synchronized List<Forwarder> forwarders() {
        return running.values().stream().flatMap(one -> Stream.ofNullable(one.forwarder)).toList();
    }

    synchronized boolean isEmpty() {
        return running.isEmpty();
    }

    /** Upstreams that the next configuration takes out though messages wait and it may not. */
    synchronized List<String> held(RelayConfig next) {
        return leaving(next)
                .filter(one -> one.config.lifecycle().onRemove().isEmpty())
                .filter(one -> one.queue.queued() > 0)
                .map(one -> one.queue.name())
                .toList();
    }

    private Stream<Running> leaving(RelayConfig next) {
        return running.values().stream()
                .filter(one -> !one.leaving)
                .filter(one -> next.upstreams().stream().noneMatch(u -> isNow(u, one)));
    }

    private boolean isNow(UpstreamConfig upstream, Running one) {
        String name = one.queue.name();
        return upstream.name().equals(name)
                || (upstream.lifecycle().was().filter(name::equals).isPresent()
                        && !running.containsKey(upstream.name()));
    }

    /**
     * First half of a change: renames, and gives new upstreams their queues. Nothing is routed to
     * them yet.
     */
    synchronized void enter(RelayConfig next) throws IOException {
        for (UpstreamConfig upstream : next.upstreams()) {
            Optional<Running> before =
                    running.values().stream().filter(one -> isNow(upstream, one)).findFirst();
            if (before.isEmpty()) {
                add(upstream);
            } else {
                rename(before.get(), upstream.name());
                before.get().leaving = false;
            }
        }
    }

    private void rename(Running one, String name) throws IOException {
        String before = one.queue.name();
        if (before.equals(name)) {
            return;
        }
        spool.rename(one.queue, name);
        running.remove(before);
        running.put(name, one);
        metrics.removeUpstream(before);
        if (one.forwarder != null) {
            metrics.upstream(name, factory.reading(one.queue, one.forwarder));
        }
    }

    /**
     * Second half, once nothing is routed to them any more: takes out those that are gone, replaces
     * the forwarders of those that changed, starts the new ones.
     */
    void settle(RelayConfig next) {
        List<Thread> changing = new ArrayList<>();
        synchronized (this) {
            for (Running gone : leaving(next).toList()) {
                gone.leaving = true;
                boolean drain =
                        gone.config.lifecycle().onRemove().orElse(UpstreamConfig.OnRemove.DRAIN)
                                == UpstreamConfig.OnRemove.DRAIN;
                Thread thread = Thread.startVirtualThread(() -> takeOut(gone, drain));
                if (!drain) {
                    changing.add(thread);
                }
            }
            for (UpstreamConfig upstream : next.upstreams()) {
                Running one = running.get(upstream.name());
                if (one != null && one.forwarder != null) {
                    one.queue.reconfigure(factory.queueSettings(upstream));
                    if (same(one.config, upstream) && one.files.equals(FileStamps.of(upstream))) {
                        one.config = upstream;
                        reopen(one);
                    } else {
                        changing.add(Thread.startVirtualThread(() -> replace(one, upstream)));
                    }
                }
            }
            running.values().stream()
                    .filter(one -> one.forwarder == null)
                    .forEach(this::startOrTell);
        }
        join(changing);
    }

    private static boolean same(UpstreamConfig a, UpstreamConfig b) {
        return a.with(b.buffer(), b.lifecycle()).equals(b);
    }

    /** SIGHUP also means that files were rotated. */
    private static void reopen(Running one) {
        if (one.forwarder instanceof FileForwarder files) {
            files.reopen();
        }
    }

    private void replace(Running one, UpstreamConfig upstream) {
        while (true) {
            Forwarder before = forwarder(one);
            end(before, REPLACEMENT_GRACE);
            synchronized (this) {
                if (Objects.equals(before, one.forwarder)) {
                    one.config = upstream;
                    one.forwarder = null;
                    startOrTell(one);
                    return;
                }
            }
        }
    }

    private synchronized @Nullable Forwarder forwarder(Running one) {
        return one.forwarder;
    }

    private void takeOut(Running gone, boolean drain) {
        while (drain && gone.queue.queued() > 0) {
            LockSupport.parkNanos(DRAIN_LOOK.toNanos());
            synchronized (this) {
                if (stopped || !gone.leaving) {
                    return;
                }
            }
        }
        while (true) {
            Forwarder before = forwarder(gone);
            end(before, drain ? REPLACEMENT_GRACE : Duration.ZERO);
            synchronized (this) {
                // another reload may have brought it back, and replaced its forwarder, meanwhile
                if (!running.containsValue(gone)) {
                    return;
                }
                if (Objects.equals(before, gone.forwarder)) {
                    if (gone.leaving) {
                        remove(gone);
                    } else {
                        startOrTell(gone);
                    }
                    return;
                }
            }
        }
    }

    private void remove(Running gone) {
        String name = gone.queue.name();
        running.remove(name);
        metrics.removeUpstream(name);
        try {
            long dropped = spool.remove(gone.queue);
            LOG.info("upstream {}: taken out; {} messages dropped with it", name, dropped);
        } catch (IOException e) {
            LOG.error(
                    "upstream {}: cannot be taken out of the data folder: {}",
                    name,
                    e.getMessage());
        }
    }

    /** Returns when the forwarder touches its queue no more. */
    private static void end(@Nullable Forwarder forwarder, Duration grace) {
        if (forwarder == null) {
            return;
        }
        forwarder.stop(grace);
        while (!forwarder.ended() && !Thread.currentThread().isInterrupted()) {
            forwarder.stop(PATIENCE);
        }
    }

    /** Gives all of them the grace to deliver, and stops them. */
    void stop(Duration grace) {
        List<Thread> stopping = new ArrayList<>();
        synchronized (this) {
            stopped = true;
            for (Running one : running.values()) {
                Forwarder forwarder = one.forwarder;
                if (forwarder != null) {
                    stopping.add(Thread.startVirtualThread(() -> forwarder.stop(grace)));
                }
            }
        }
        join(stopping);
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
