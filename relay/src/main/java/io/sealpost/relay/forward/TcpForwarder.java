package io.sealpost.relay.forward;

import io.netty.channel.EventLoopGroup;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.tls.ClientTls;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one upstream's queue to a server over TCP or TLS, for ever; where there are several, to the
 * first of them that takes connections. Owns the thread {@code forward-NAME}; its public methods
 * may be called from any thread.
 *
 * <p>The queue's cursor follows what the server has acknowledged (RELP), or what its process must
 * have read ({@link ConfirmedRule}), not what was written. After a lost connection everything
 * behind it is sent again.
 */
public final class TcpForwarder implements Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(TcpForwarder.class);

    /** A connection that lasted this long was no failure. */
    private static final long LASTING = Duration.ofSeconds(10).toNanos();

    /** More such connections in a row that end early, and others get what this one could not. */
    private static final int PATIENCE = PoisonSearch.FAILURES + 1;

    /** Probes of a server that keeps disappointing come at most so many times later. */
    private static final int LAZIEST_PROBE = 32;

    /** How long a server may take to confirm what it has when an earlier one is back. */
    private static final Duration LEAVE = Duration.ofSeconds(5);

    /** Longest wait between two tries while a message is under suspicion. */
    private static final Duration CAUTIOUS_RETRY = Duration.ofSeconds(1);

    private final TcpUpstreamSettings settings;
    private final Feed queue;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final Doorbell doorbell = new Doorbell();
    private final StopOrder stop;
    private final EventLoopGroup group;
    private final TcpDialer dialer;
    private final ServerTurns turns;
    private final RetryDelay retry;
    private final OutageLog outages;
    private final MissingServers missing;
    private final FrameRewriter rewriter;
    private final TcpProgress progress;
    private final Handover handover;
    private final Thread thread;

    /** Connections in a row that ended soon, with nothing confirmed. */
    private int vain;

    /** Returns to an earlier server in a row on which nothing was confirmed. */
    private int vainReturns;

    private boolean returning;

    // Read by metrics and health; written by the forwarder's thread only.
    private volatile boolean connected;
    private volatile String target;

    /**
     * A forwarder, not yet started.
     *
     * @param network what its connections are made with; stays the caller's
     */
    public TcpForwarder(
            TcpUpstreamSettings settings,
            Feed queue,
            TcpNetwork network,
            NanoClock clock,
            ForwardObserver observer) {
        this(settings, queue, new Handover(), network, clock, observer);
    }

    TcpForwarder(
            TcpUpstreamSettings settings,
            Feed queue,
            Handover handover,
            TcpNetwork network,
            NanoClock clock,
            ForwardObserver observer) {
        this.settings = settings;
        this.queue = queue;
        this.handover = handover;
        this.clock = clock;
        this.observer = observer;
        rewriter = new FrameRewriter(settings.layout());
        stop = new StopOrder(clock);
        group = network.group();
        dialer = new TcpDialer(settings, group, clock, doorbell, stop);
        turns = new ServerTurns(settings.servers());
        target = turns.toString();
        retry = new RetryDelay(settings.retryFirst(), settings.retryMax(), network.random());
        outages = new OutageLog(LOG, settings.name(), clock, observer);
        missing = new MissingServers(LOG, settings.name(), observer);
        progress = new TcpProgress(settings.servers().getFirst());
        thread =
                Thread.ofPlatform()
                        .name("forward-" + settings.name())
                        .daemon()
                        .unstarted(this::run);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public void start() {
        TcpDialer.forgetNames();
        thread.start();
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public long unconfirmed() {
        return progress.unconfirmed();
    }

    /**
     * Stops: sends on for half of the grace, then waits until all that was sent is confirmed, at
     * most until the grace is over.
     */
    @Override
    public void stop(Duration grace) {
        stop.give(grace);
        wake();
        try {
            // A name look-up cannot be broken off: then the thread ends behind our back.
            if (!thread.join(grace.plusSeconds(1))) {
                LOG.warn("upstream {}: still looking up {} at the stop", name(), target);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean ended() {
        return stop.given() && !thread.isAlive();
    }

    private void wake() {
        doorbell.ring();
        queue.wake();
    }

    private void run() {
        try {
            do {
                visit();
            } while (!stop.given());
            tellTail();
        } catch (InterruptedException e) {
            LOG.error("upstream {}: its thread was interrupted and stops", name(), e);
        } finally {
            settings.tls().ifPresent(ClientTls::close);
        }
    }

    /** A connection to one of the servers. */
    private record Link(Server server, TcpConnection connection) {}

    /**
     * How a connection ended.
     *
     * @param fruitful something was confirmed on it
     * @param early it did not last
     * @param silent its server was silent for too long
     */
    private record End(boolean fruitful, boolean early, boolean silent, String reason) {
        boolean good() {
            return fruitful || !early;
        }
    }

    /** Connects, sends until the connection ends, and waits before the next time. */
    private void visit() throws InterruptedException {
        Link link;
        try {
            link = connect();
        } catch (IOException e) {
            turns.again();
            letGo();
            pause("cannot connect to", turns.toString(), TcpConnection.reason(e), retry.next());
            return;
        }
        target = link.server().toString();
        outages.up(target, queue.queued());
        StopOrder leave = stop.within();
        End end = use(link, leave);
        progress.unconfirmed(0);
        if (returning) {
            vainReturns = end.fruitful() || leave.given() ? 0 : vainReturns + 1;
        }
        returning = leave.given();
        vain = end.good() ? 0 : vain + 1;
        if (end.good()) {
            retry.reset();
        }
        PoisonSearch search = progress.search();
        // otherwise one of our messages may be why, and the search for it goes on here
        boolean enough = end.fruitful() || end.silent() || vain > PATIENCE;
        if (search.takeUndecided() || (enough && !search.cautious())) {
            letGo();
        }
        if (returning) {
            turns.again();
            return;
        }
        turns.lost(link.server());
        boolean nextAtOnce = turns.several() && (end.good() || vain % turns.count() != 0);
        pause("lost", target, end.reason(), nextAtOnce ? Duration.ZERO : retry.next());
    }

    private End use(Link link, StopOrder leave) throws InterruptedException {
        long since = clock.nanos();
        boolean fruitful = false;
        String reason;
        try (Failback failback = failback(link.server(), leave)) {
            failback.start();
            queue.rewind(queue.confirmed());
            progress.tail().server(link.server());
            become(true);
            Session session = session(link.connection(), leave);
            serve(session, link.connection(), leave);
            fruitful = session.fruitful();
            reason = session.reason().isEmpty() ? link.connection().ended() : session.reason();
        } catch (IOException e) {
            LOG.error("upstream {}: cannot read the spool: {}", name(), e.toString());
            reason = "cannot read the spool";
        } catch (RuntimeException e) {
            LOG.error("upstream {}: unexpected", name(), e);
            reason = "internal error";
        } finally {
            become(false);
            link.connection().close();
        }
        return new End(
                fruitful, clock.nanos() - since < LASTING, link.connection().timedOut(), reason);
    }

    /** Other connections of this upstream may have what this one did not get confirmed. */
    private void letGo() {
        if (queue.release()) {
            progress.forgetAnswers();
        }
        handover.leave(progress.tail().leave());
    }

    /** To the first server that takes one. */
    private Link connect() throws IOException, InterruptedException {
        Map<Server, String> failures = new LinkedHashMap<>();
        for (Server server : turns.order()) {
            if (!stop.maySend()) {
                break;
            }
            try {
                TcpConnection connection = dialer.connect(server, this::wake);
                failures.forEach(missing::missed);
                missing.found(server);
                return new Link(server, connection);
            } catch (IOException e) {
                failures.put(server, TcpConnection.reason(e));
            }
        }
        throw new IOException(
                failures.entrySet().stream()
                        .map(e -> turns.several() ? e.getKey() + ": " + e.getValue() : e.getValue())
                        .collect(Collectors.joining("; ")));
    }

    private Failback failback(Server inUse, StopOrder leave) {
        return new Failback(
                settings,
                settings.probe()
                        .multipliedBy(Math.min(1L << Math.min(vainReturns, 30), LAZIEST_PROBE)),
                turns.before(inUse),
                group,
                clock,
                () -> {
                    LOG.info("upstream {}: a server before {} is back", name(), inUse);
                    leave.giveNow(LEAVE);
                    wake();
                });
    }

    private void become(boolean now) {
        connected = now;
        observer.connected(name(), now);
    }

    /** Sends until the connection ends, and notes what that says of what was sent. */
    private void serve(Session session, TcpConnection connection, StopOrder leave)
            throws IOException, InterruptedException {
        PoisonSearch search = progress.search();
        boolean cautious = search.cautious();
        session.run();
        if (!cautious && !leave.given() && !connection.timedOut()) {
            search.ended(session.unconfirmed() && !session.fruitful(), progress.sentEnd());
        }
    }

    private Session session(TcpConnection connection, StopOrder leave) {
        TcpSession.Surroundings around =
                new TcpSession.Surroundings(queue, progress, handover, doorbell, leave);
        return switch (settings.protocol()) {
            case Protocol.Syslog _ ->
                    new TcpSession(
                            around,
                            connection,
                            new RunSender(
                                    connection,
                                    rewriter,
                                    octets -> observer.escaped(name(), octets)),
                            clock);
            case Protocol.Relp relp -> new RelpSession(around, connection, rewriter, relp, clock);
        };
    }

    private void tellTail() {
        progress.tail().take(handover.take());
        long messages = progress.tail().messages();
        if (messages > 0) {
            LOG.warn(
                    "upstream {}: at the stop it is not known whether {} has read the last {} messages"
                            + " it took; they count as delivered and are not sent again",
                    name(),
                    target,
                    messages);
        }
    }

    private void pause(String what, String server, String reason, Duration atMost)
            throws InterruptedException {
        if (stop.given()) {
            return;
        }
        Duration wait = atMost;
        if (progress.search().cautious() && wait.compareTo(CAUTIOUS_RETRY) > 0) {
            wait = CAUTIOUS_RETRY;
        }
        outages.down(what, server, reason, queue.queued(), wait);
        var _ = doorbell.await(wait, stop::given);
    }
}
