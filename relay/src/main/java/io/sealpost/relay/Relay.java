package io.sealpost.relay;

import io.sealpost.relay.admin.AdminServer;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.forward.Forwarder;
import io.sealpost.relay.listen.EventLoops;
import io.sealpost.relay.listen.Listener;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.SelfLog;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.RecentRates;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running relay: owns everything {@link Assembly} opened, and closes it from the listeners
 * inwards, so that what was accepted is synced and then given to the upstreams.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** How long listeners may take to put away what they have already read. */
    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(2);

    private static final Duration SYNC_PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Duration shutdownGrace;
    private final RelayMetrics metrics;
    private final Events events;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Forwarder> forwarders = new CopyOnWriteArrayList<>();
    private final RecentRates rates;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Spool spool;
    private @Nullable EventLoops loops;
    private @Nullable SelfLog selfLog;
    private @Nullable AdminServer admin;
    private @Nullable Control control;
    private @Nullable CounterFile counters;

    /** Listeners are open; read by the admin room's threads. */
    private volatile boolean open;

    Relay(String name, Duration shutdownGrace, RelayMetrics metrics, Events events) {
        this.events = events;
        this.name = name;
        this.shutdownGrace = shutdownGrace;
        this.metrics = metrics;
        this.rates = new RecentRates(metrics);
    }

    /**
     * Opens everything, listeners last.
     *
     * @throws IOException with a sentence for the operator; nothing is left open then
     */
    static Relay start(RelayConfig config, NanoClock clock) throws IOException {
        Relay relay = Assembly.of(config, clock);
        relay.open = true;
        relay.events.raise(
                Event.of(EventKind.STARTED, "started: listening " + relay.listening())
                        .with("version", Version.ofBuild().version()));
        return relay;
    }

    Spool spool(Spool opened) {
        spool = opened;
        return opened;
    }

    EventLoops loops(EventLoops started) {
        loops = started;
        return started;
    }

    void counters(CounterFile opened) {
        counters = opened;
    }

    void start(SelfLog own, Intake intake) {
        selfLog = own;
        own.start(intake);
    }

    void admin(AdminServer opened) {
        admin = opened;
    }

    void control(Control opened) {
        control = opened;
        rates.start();
    }

    List<Listener> listeners() {
        return listeners;
    }

    List<Forwarder> forwarders() {
        return forwarders;
    }

    RecentRates rates() {
        return rates;
    }

    void start(Forwarder forwarder) {
        forwarders.add(forwarder);
        forwarder.start();
    }

    void start(Listener listener) throws IOException {
        listener.bind();
        listeners.add(listener);
        listener.start();
    }

    /** Why messages cannot be taken in now; empty if they can. */
    Optional<String> obstacle() {
        Spool log = spool;
        if (!open) {
            return Optional.of("the listeners are not open");
        }
        if (log == null || !log.writable()) {
            return Optional.of("the spool cannot be written");
        }
        return Optional.empty();
    }

    /** Names and ports of the open listeners and the name of this relay, for the start line. */
    String listening() {
        Stream<String> doors =
                listeners.stream().map(door -> door.name() + "=" + text(door.address()));
        AdminServer server = admin;
        Stream<String> pages =
                server == null ? Stream.empty() : Stream.of("admin=" + text(server.address()));
        return Stream.concat(doors, pages).collect(Collectors.joining(" ", "", " as " + name));
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** Closes what was opened before the start failed. */
    void abandon() {
        try {
            closeAll(Duration.ZERO);
        } catch (IOException e) {
            LOG.debug("closing after a failed start", e);
        }
    }

    /** Stops accepting, syncs, gives upstreams the grace, closes. Idempotent. */
    @Override
    public void close() throws IOException {
        LOG.info("stopping: no new messages; upstreams have {} s", shutdownGrace.toSeconds());
        events.raise(Event.of(EventKind.STOPPING, "stopping: no new messages are taken"));
        closeAll(shutdownGrace);
    }

    private void closeAll(Duration grace) throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        open = false;
        stopListeners();
        if (selfLog != null) {
            selfLog.close();
        }
        Spool log = spool;
        if (log != null && !log.awaitSynced(SYNC_PATIENCE)) {
            LOG.warn(
                    "the spool could not sync all messages within {} s; it is tried once more",
                    SYNC_PATIENCE.toSeconds());
        }
        stopForwarders(grace);
        if (!forwarders.isEmpty()) {
            LOG.info("{}", metrics.books().report());
        }
        if (counters != null) {
            counters.close();
        }
        if (admin != null) {
            admin.close();
        }
        if (control != null) {
            control.close();
        }
        rates.close();
        if (loops != null) {
            loops.close();
        }
        if (log != null) {
            log.close();
        }
    }

    private void stopListeners() {
        inParallel(
                listeners.stream()
                        .<Runnable>map(
                                listener ->
                                        () -> {
                                            try {
                                                listener.stop(LISTENER_PATIENCE);
                                            } catch (InterruptedException _) {
                                                Thread.currentThread().interrupt();
                                            }
                                        })
                        .toList());
    }

    private void stopForwarders(Duration grace) {
        inParallel(
                forwarders.stream()
                        .<Runnable>map(forwarder -> () -> forwarder.stop(grace))
                        .toList());
    }

    private static void inParallel(List<Runnable> tasks) {
        List<Thread> threads = tasks.stream().map(Thread::startVirtualThread).toList();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
