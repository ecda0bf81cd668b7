package io.sealpost.relay.forward;

import io.netty.channel.unix.UnixChannel;
import io.sealpost.relay.runtime.NanoClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far one connection's stream has got with its peer. Asks the kernel ({@link TcpInfo}) as often
 * as it is worth it, has {@link ConfirmedRule} judge the answers, and keeps the outcome, in octets
 * of the stream.
 *
 * <p>All that happens here happens on the connection's event loop. The outcome may be asked for by
 * any thread. Before {@link #open} nothing is known; a connection whose peer acknowledges in words
 * never opens it.
 */
final class TcpSampler {
    /*
     * When the kernel is asked:
     *
     * - Every few milliseconds while something is not confirmed, from the first write on; more seldom
     *   once nothing has moved for a while, more often while a young connection waits for room.
     * - Under load each time that the kernel has taken SAMPLE_EACH octets: there the distance that
     *   proves something is passed within one wait.
     * - After the peer's end, until the socket is closed, whether RST comes, too. What is acknowledged
     *   behind that end confirms nothing any more.
     *
     * Young connections: a peer's kernel offers the more the more it is sent at a time, tens of MiB in
     * a few milliseconds, and twice as much behind is what proves that anything was read
     * (ConfirmedRule). To a peer that resets each connection after 50,000 messages nothing would ever
     * be proven. So a young connection has little on its way, and a window that stays small for as
     * long.
     */

    /** Octets not acknowledged yet above which a young connection takes no more. */
    static final long YOUNG_FLIGHT = 256 * 1024;

    /** Octets proven to be read from which on a connection is young no more. */
    static final long YOUNG = 32 * 1024 * 1024;

    /** How often the kernel is asked while a young connection waits for room. */
    private static final Duration SAMPLE_YOUNG_EVERY = Duration.ofMillis(1);

    /** How often the kernel is asked while something is not confirmed. */
    private static final Duration SAMPLE_EVERY = Duration.ofMillis(10);

    /** How often besides, in octets. */
    private static final long SAMPLE_EACH = 128 * 1024;

    /** How often once nothing has moved for {@link #QUIET}. */
    private static final Duration SAMPLE_QUIET_EVERY = Duration.ofMillis(250);

    private static final long QUIET = Duration.ofSeconds(3).toNanos();

    /** Whether the connection goes on; if not, whose doing that is. */
    private enum Phase {
        OPEN,
        ENDED_BY_PEER,
        ENDED_OTHERWISE
    }

    private final Wire wire;
    private final Outflow outflow;
    private final NanoClock clock;
    private final Runnable wake;
    private final TcpInfo info = new TcpInfo();

    // The outcome. Written by the event loop only.
    private volatile long proven;
    private volatile long confirmed;
    private volatile long acknowledged;
    private volatile long acknowledgedAt;
    private volatile boolean wireAcknowledged = true;
    private volatile @Nullable Long endedAt;
    private volatile boolean resetSeen;
    private volatile boolean young;

    // Event loop.
    private @Nullable UnixChannel socket;
    private @Nullable ConfirmedRule rule;
    private Phase phase = Phase.OPEN;
    private boolean infoKnown;
    private long synOctets;
    private long takenAtSample;
    private boolean sampling;

    /**
     * A sampler for a connection to be.
     *
     * @param wire brings what the kernel says back to the stream
     * @param outflow how far the stream is on our side
     * @param wake called on the event loop when the outcome has changed
     */
    TcpSampler(Wire wire, Outflow outflow, NanoClock clock, Runnable wake) {
        this.wire = wire;
        this.outflow = outflow;
        this.clock = clock;
        this.wake = wake;
    }

    /** The socket is connected, and nothing was written yet. Event loop. */
    void begin(UnixChannel connected) {
        infoKnown = info.read(connected);
        synOctets = info.bytesAcked();
    }

    /** The stream begins; takes the first sample. Event loop. */
    void open(UnixChannel connected) {
        ConfirmedRule fresh = new ConfirmedRule(clock.nanos());
        socket = connected;
        rule = fresh;
        young = infoKnown;
        sample(connected, fresh);
    }

    /** There is something to find out from now on. Event loop. */
    void start() {
        if (!sampling && socket != null && rule != null) {
            sampling = true;
            sampleAfter(SAMPLE_EVERY, socket, rule);
        }
    }

    /** The kernel has taken more of the stream. Event loop. */
    void taken() {
        if (socket == null || rule == null) {
            return;
        }
        long taken = outflow.taken();
        wire.complete(taken);
        boolean due = taken - takenAtSample >= SAMPLE_EACH && phase == Phase.OPEN;
        if (due && socket.isOpen()) {
            look(socket, rule);
        }
    }

    /** What was sent besides the stream is to be acknowledged, too. Event loop. */
    void expectMore() {
        wireAcknowledged = false;
    }

    /** The connection has ended. Event loop. */
    void ended(boolean byPeer) {
        phase = byPeer ? Phase.ENDED_BY_PEER : Phase.ENDED_OTHERWISE;
        endedAt = clock.nanos();
    }

    private void sampleAfter(Duration wait, UnixChannel open, ConfirmedRule current) {
        var _ =
                open.eventLoop()
                        .schedule(
                                () -> sampleAgain(open, current),
                                wait.toNanos(),
                                TimeUnit.NANOSECONDS);
    }

    private void sampleAgain(UnixChannel open, ConfirmedRule current) {
        if (!open.isOpen()) {
            return;
        }
        switch (phase) {
            case OPEN -> {
                sample(open, current);
                if (confirmed == outflow.handed()) {
                    sampling = false;
                } else {
                    sampleAfter(pace(current), open, current);
                }
            }
            case ENDED_BY_PEER -> {
                sampleEnd(open);
                sampleAfter(SAMPLE_EVERY, open, current);
            }
            case ENDED_OTHERWISE -> {}
        }
    }

    private Duration pace(ConfirmedRule current) {
        if (clock.nanos() - current.lastTraffic() > QUIET) {
            return SAMPLE_QUIET_EVERY;
        }
        return young && !hasRoom() ? SAMPLE_YOUNG_EVERY : SAMPLE_EVERY;
    }

    private void sample(UnixChannel open, ConfirmedRule current) {
        look(open, current);
        long nowConfirmed = wire.stream(current.confirmed());
        wire.forget(current.proven() - wire.heldBack());
        if (nowConfirmed != confirmed) {
            confirmed = nowConfirmed;
            wake.run();
        }
    }

    private void look(UnixChannel open, ConfirmedRule current) {
        takenAtSample = outflow.taken();
        long now = clock.nanos();
        long given = wire.given(outflow.handed());
        if (!infoKnown) {
            long reached = wire.taken(outflow.taken());
            current.sample(now, given, reached, reached < given, 0, 0);
        } else if (info.read(open)) {
            long reached = info.bytesAcked() - synOctets;
            current.sample(now, given, reached, info.inFlight(), info.sendWindow(), info.unseen());
        }
        long reached = wire.stream(current.acknowledged());
        wireAcknowledged = current.acknowledged() >= given;
        if (reached != acknowledged) {
            boolean full = !hasRoom();
            acknowledgedAt = now;
            acknowledged = reached;
            young &= current.proven() < YOUNG;
            if (full && hasRoom()) {
                wake.run();
            }
        }
        proven = wire.stream(current.proven() - wire.heldBack());
    }

    private void sampleEnd(UnixChannel open) {
        if (infoKnown && info.read(open)) {
            resetSeen = info.closed();
            long reached = info.bytesAcked() - synOctets;
            if (wire.stream(reached) > acknowledged) {
                acknowledgedAt = clock.nanos();
                acknowledged = wire.stream(reached);
            }
            wireAcknowledged = reached >= wire.given(outflow.handed());
            wake.run();
        }
    }

    /** Whether more may be handed over. */
    boolean hasRoom() {
        return outflow.hasRoom() && (!young || outflow.handed() - acknowledged < YOUNG_FLIGHT);
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return proven;
    }

    /** Octets that count as delivered: proven, or trusted to be read. */
    long confirmed() {
        return confirmed;
    }

    /** Whether the peer's kernel has everything handed over. */
    boolean acknowledgedAll() {
        return acknowledged >= outflow.handed() && wireAcknowledged;
    }

    /** Whether the peer's kernel acknowledged nothing new for this long, up to now or the end. */
    boolean quiet(Duration howLong) {
        Long end = endedAt;
        long until = end == null ? clock.nanos() : end;
        return until - acknowledgedAt >= howLong.toNanos();
    }

    /** Whether RST came after the peer's end. */
    boolean resetSeen() {
        return resetSeen;
    }
}
