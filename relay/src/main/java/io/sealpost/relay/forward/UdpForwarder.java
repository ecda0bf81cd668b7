package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one upstream's queue to a syslog server over UDP (RFC 5426), a message in each datagram,
 * for ever. Owns the thread {@code forward-NAME}; its public methods may be called from any thread.
 *
 * <p>Nothing over UDP says that a datagram arrived. That the server's host refuses it is told by
 * ICMP: the cursor follows what was sent {@link UdpSession#QUIET} ago without such an answer, and
 * everything behind it is sent again once one message went out without.
 */
public final class UdpForwarder implements Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(UdpForwarder.class);

    /** What outlives a session. The count of unconfirmed ones may be read by any thread. */
    final class Progress {
        private long sentBefore;
        private volatile long unconfirmed;

        /** How many of these messages, which are sent now, had been sent before. */
        long again(long firstSequence, int count) {
            long again = Math.clamp(sentBefore - firstSequence, 0, count);
            sentBefore = Math.max(sentBefore, firstSequence + count);
            return again;
        }

        void cut(long messages) {
            observer.cut(name(), messages);
        }

        void unconfirmed(long messages) {
            unconfirmed = messages;
        }
    }

    private final UdpUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final Doorbell doorbell = new Doorbell();
    private final StopOrder stop;
    private final RetryDelay retry;
    private final OutageLog outages;
    private final RunText text;
    private final Progress progress = new Progress();
    private final Thread thread;
    private boolean failed;
    private int tries;

    // Read by metrics and health; written by the forwarder's thread only.
    private volatile boolean connected;

    /** A forwarder, not yet started. */
    public UdpForwarder(
            UdpUpstreamSettings settings,
            UpstreamQueue queue,
            RandomGenerator random,
            NanoClock clock,
            ForwardObserver observer) {
        this.settings = settings;
        this.queue = queue;
        this.clock = clock;
        this.observer = observer;
        stop = new StopOrder(clock);
        retry = new RetryDelay(settings.retryFirst(), settings.retryMax(), random);
        outages = new OutageLog(LOG, settings.name(), clock, observer);
        text = new RunText(new Layout(settings.format(), Framing.OCTET_COUNTING));
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
        return settings.server().toString();
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public long unconfirmed() {
        return progress.unconfirmed;
    }

    @Override
    public void stop(Duration grace) {
        stop.give(grace);
        doorbell.ring();
        queue.wake();
        try {
            // A name look-up cannot be broken off: then the thread ends behind our back.
            if (!thread.join(grace.plusSeconds(1))) {
                LOG.warn(
                        "upstream {}: still looking up {} at the stop",
                        name(),
                        settings.server().host());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean ended() {
        return stop.given() && !thread.isAlive();
    }

    private void run() {
        try {
            do {
                visit();
            } while (!stop.given());
        } catch (InterruptedException e) {
            LOG.error("upstream {}: its thread was interrupted and stops", name(), e);
        }
    }

    /** Sends until it fails, and waits before the next time. */
    private void visit() throws InterruptedException {
        Optional<String> failure;
        try (Datagrams datagrams = Datagrams.connect(address(), settings, clock)) {
            failure = serve(datagrams);
        } catch (IOException e) {
            failure = Optional.of(reason(e));
        }
        become(false);
        progress.unconfirmed(0);
        if (failure.isPresent() && !stop.given()) {
            failed = true;
            Duration wait = retry.next();
            outages.down("cannot send to", target(), failure.get(), queue.queued(), wait);
            var _ = doorbell.await(wait, stop::given);
        }
    }

    /** Why it ended; empty where it is to stop. */
    private Optional<String> serve(Datagrams datagrams) throws InterruptedException {
        UdpSession session =
                new UdpSession(queue, datagrams, text, clock, stop, doorbell, progress);
        try {
            queue.rewind(queue.confirmed());
            if (failed && !session.prove()) {
                return Optional.empty();
            }
            failed = false;
            outages.up(target(), queue.queued());
            become(true);
            session.run();
            return Optional.empty();
        } catch (IOException e) {
            if (session.fruitful()) {
                retry.reset();
            }
            return Optional.of(reason(e));
        } catch (RuntimeException e) {
            LOG.error("upstream {}: unexpected", name(), e);
            return Optional.of("internal error");
        }
    }

    private static String reason(IOException e) {
        return e instanceof PortUnreachableException
                ? "nobody listens there (ICMP port unreachable)"
                : TcpConnection.reason(e);
    }

    /** The server's addresses take turns, and its name is looked up each time. */
    private InetSocketAddress address() throws IOException {
        try {
            InetAddress[] all = InetAddress.getAllByName(settings.server().host());
            return new InetSocketAddress(all[tries++ % all.length], settings.server().port());
        } catch (UnknownHostException e) {
            throw new IOException("no address found for the name " + settings.server().host(), e);
        }
    }

    private void become(boolean now) {
        if (connected != now) {
            connected = now;
            observer.connected(name(), now);
        }
    }
}
