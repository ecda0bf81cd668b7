package io.sealpost.relay;

import io.netty.util.NetUtil;
import io.sealpost.relay.admin.AdminServer;
import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.forward.Forwarder;
import io.sealpost.relay.listen.EventLoops;
import io.sealpost.relay.listen.Listener;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.SelfLog;
import io.sealpost.relay.route.Rules;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
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

    private static final Duration SYNC_PATIENCE = Duration.ofSeconds(10);

    private final RelayMetrics metrics;
    private final Events events;
    private final RecentRates rates;

    /** Reloads and the end come one after the other. */
    private final ReentrantLock changing = new ReentrantLock();

    private RelayConfig config;
    private @Nullable Upstreams upstreams;
    private @Nullable Doors doors;
    private boolean closed;
    private @Nullable Spool spool;
    private @Nullable EventLoops loops;
    private @Nullable SelfLog selfLog;
    private @Nullable Intake selfIntake;
    private Optional<Seals> seals = Optional.empty();
    private @Nullable AdminServer admin;
    private @Nullable Control control;
    private @Nullable CounterFile counters;
    private @Nullable CertificateWatch certificates;

    /** Listeners are open; read by the admin room's threads. */
    private volatile boolean open;

    Relay(RelayConfig config, RelayMetrics metrics, Events events) {
        this.config = config;
        this.events = events;
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
        selfIntake = intake;
        own.start(intake);
    }

    void seals(Optional<Seals> opened) {
        seals = opened;
    }

    /** The integrity log, if there is one. */
    Optional<Seals> seals() {
        return seals;
    }

    void admin(AdminServer opened) {
        admin = opened;
    }

    void control(Control opened) {
        control = opened;
        rates.start();
    }

    List<Listener> listeners() {
        Doors entrances = doors;
        return entrances == null ? List.of() : entrances.listeners();
    }

    List<Forwarder> forwarders() {
        Upstreams targets = upstreams;
        return targets == null ? List.of() : targets.forwarders();
    }

    RecentRates rates() {
        return rates;
    }

    Upstreams upstreams(Upstreams made) {
        upstreams = made;
        return made;
    }

    Doors doors(Doors made) {
        doors = made;
        return made;
    }

    /**
     * Reads the conf file again and does what has changed in it, and nothing else; a file with
     * problems changes nothing. Senders keep their connections.
     */
    Reload.Outcome reload() {
        changing.lock();
        try {
            Upstreams targets = upstreams;
            Doors entrances = doors;
            Spool log = spool;
            EventLoops threads = loops;
            if (closed || targets == null || entrances == null || log == null || threads == null) {
                return new Reload.Outcome.Refused(
                        List.of(config.problem("sealpost", "the relay is stopping")));
            }
            return switch (Reload.read(config)) {
                case ConfigResult.Rejected(List<ConfigProblem> problems, _) ->
                        new Reload.Outcome.Refused(problems);
                case ConfigResult.Loaded(RelayConfig next, List<ConfigProblem> warnings, _) -> {
                    List<ConfigProblem> problems = new ArrayList<>(Reload.problems(config, next));
                    problems.addAll(held(targets, next));
                    if (problems.isEmpty()) {
                        problems.addAll(change(next, targets, entrances, log, threads));
                    }
                    Collections.sort(problems);
                    yield problems.isEmpty()
                            ? new Reload.Outcome.Done(next, warnings)
                            : new Reload.Outcome.Refused(problems);
                }
            };
        } finally {
            changing.unlock();
        }
    }

    FileStamps fileStamps() {
        changing.lock();
        try {
            return FileStamps.of(config);
        } finally {
            changing.unlock();
        }
    }

    /** Takes certificates, keys and revocation lists anew, where their files were replaced. */
    void renewFiles() {
        changing.lock();
        try {
            Upstreams targets = upstreams;
            Doors entrances = doors;
            if (closed || targets == null || entrances == null) {
                return;
            }
            List<ConfigProblem> problems = new Preflight(config).surroundings();
            if (!problems.isEmpty()) {
                problems.forEach(
                        problem -> LOG.error("{}; what was read before stays in use", problem));
                return;
            }
            entrances.prepare(config).apply();
            targets.settle(config);
            LOG.info("certificate files have changed and were taken anew");
        } catch (BadDoorException e) {
            LOG.error("{}; what was read before stays in use", e.getMessage());
        } finally {
            changing.unlock();
        }
    }

    void watch(CertificateWatch started) {
        certificates = started;
        started.start();
    }

    /** How operators ask for it. */
    Reloading reloading() {
        return new Reloading(this, events);
    }

    private static List<ConfigProblem> held(Upstreams targets, RelayConfig next) {
        return targets.held(next).stream()
                .map(
                        name ->
                                next.problem(
                                        "upstreams." + name,
                                        "was taken out, but messages wait for it: put it back with"
                                                + " on-remove = drain or on-remove = drop, reload,"
                                                + " and take it out then"))
                .toList();
    }

    private List<ConfigProblem> change(
            RelayConfig next, Upstreams targets, Doors entrances, Spool log, EventLoops threads) {
        Doors.Change opened;
        try {
            opened = entrances.prepare(next);
        } catch (BadDoorException e) {
            return List.of(
                    next.problem(
                            "listeners." + e.listener() + ".bind", String.valueOf(e.getMessage())));
        }
        try {
            targets.enter(next);
        } catch (IOException e) {
            opened.abandon();
            return List.of(next.problem("upstreams", String.valueOf(e.getMessage())));
        }
        next.listeners().forEach(listener -> metrics.listener(listener.door().name()));
        Rules rules = Rulebook.of(next, targets.numbers(next)::get);
        threads.intakes(intake -> intake.rules(rules));
        if (selfIntake != null) {
            selfIntake.rules(rules);
        }
        seals.ifPresent(sealing -> sealing.upstreams(targets.numbers(next)));
        opened.apply();
        if (!log.awaitAccepted(SYNC_PATIENCE)) {
            LOG.warn("the spool does not sync; upstreams that were taken out may miss messages");
        }
        targets.settle(next);
        config = next;
        return List.of();
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

    /** Whether its event loops answer within this time. */
    boolean alive(Duration limit) {
        EventLoops threads = loops;
        return threads != null && threads.answerWithin(limit);
    }

    /** How long {@link #close} may take. */
    Duration closesWithin() {
        return config.shutdownGrace().plus(SYNC_PATIENCE.multipliedBy(2));
    }

    /** Names and ports of the open listeners and the name of this relay, for the start line. */
    String listening() {
        Doors entrances = doors;
        Stream<String> names =
                entrances == null
                        ? Stream.empty()
                        : entrances.addresses().entrySet().stream()
                                .map(door -> door.getKey() + "=" + text(door.getValue()));
        AdminServer server = admin;
        Stream<String> pages =
                server == null ? Stream.empty() : Stream.of("admin=" + text(server.address()));
        return Stream.concat(names, pages)
                .collect(Collectors.joining(" ", "", " as " + config.name()));
    }

    static String text(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
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
        Duration grace = config.shutdownGrace();
        LOG.info("stopping: no new messages; upstreams have {} s", grace.toSeconds());
        events.raise(Event.of(EventKind.STOPPING, "stopping: no new messages are taken"));
        closeAll(grace);
    }

    private void closeAll(Duration grace) throws IOException {
        changing.lock();
        try {
            if (!closed) {
                closed = true;
                open = false;
                closeInwards(grace);
            }
        } finally {
            changing.unlock();
        }
    }

    private static void sync(@Nullable Spool log) {
        if (log != null && !log.awaitSynced(SYNC_PATIENCE)) {
            LOG.warn(
                    "the spool could not sync all messages within {} s; it is tried once more",
                    SYNC_PATIENCE.toSeconds());
        }
    }

    private void closeInwards(Duration grace) throws IOException {
        if (certificates != null) {
            certificates.close();
        }
        if (doors != null) {
            doors.stop();
        }
        if (selfLog != null) {
            selfLog.close();
        }
        Spool log = spool;
        sync(log);
        if (seals.isPresent()) {
            seals.get().close();
            sync(log);
        }
        if (upstreams != null && !upstreams.isEmpty()) {
            upstreams.stop(grace);
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
}
