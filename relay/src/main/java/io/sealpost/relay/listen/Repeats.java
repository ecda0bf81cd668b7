package io.sealpost.relay.listen;

import io.sealpost.relay.pipeline.Intake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one RELP session has to do with lost ones of its client: its first messages may be those
 * whose acknowledgements did not arrive, and are not stored again then. Confined to the
 * connection's event loop.
 */
/*
 * Before the first message is looked at, other sessions of the peer are given the time to find out
 * that they have ended: their event loop may not have got to it yet. And what is lost has to be
 * durable, for only then may a message that comes again be acknowledged without being stored.
 */
final class Repeats {
    /** A client that repeats does so at once. */
    private static final long HELD_NANOS = Duration.ofSeconds(3).toNanos();

    private static final int LOOK_MILLIS = 2;

    /** How often a session is looked at that receives more each time. */
    private static final int MAX_LOOKS = 16;

    /** What a session has received that was not looked at yet. */
    private static final long UNKNOWN = -1;

    /** A message that may be a repeated one. */
    private static final class Held {
        final byte[] octets;
        final boolean truncated;

        Held(byte[] octets, boolean truncated) {
            this.octets = octets;
            this.truncated = truncated;
        }
    }

    private final RelpConnection connection;
    private final LostSessions lost;
    private final SessionTail tail;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private LostSessions.Peer peer;

    /** How many other sessions have not been looked at; null before that has begun. */
    private @Nullable AtomicInteger unsettled;

    private @Nullable RepeatSearch search;
    private long heldSinceNanos;
    private boolean registered;

    Repeats(RelpConnection connection, LostSessions lost) {
        this.connection = connection;
        this.lost = lost;
        tail = new SessionTail(lost);
        peer = whose();
        if (!connection.listener().speaksTls()) {
            register();
        }
    }

    private LostSessions.Peer whose() {
        return new LostSessions.Peer(
                connection.listener().name(),
                connection.peer().getAddress(),
                connection.source().certificateHash());
    }

    /** The peer is known. */
    void identified() {
        peer = whose();
        register();
    }

    private void register() {
        registered = true;
        lost.opened(peer, connection);
    }

    /** Stores the message unless it is a repeated one; false if that has to wait. */
    boolean take(byte[] b, int offset, int length, boolean truncated) {
        RepeatSearch known = search == null ? begin() : search;
        if (known == null) {
            connection.lookAgain();
            return false;
        }
        long hash = lost.hash().of(b, offset, length);
        switch (known.next(hash)) {
            case HELD -> hold(b, offset, length, truncated);
            case REPEATED -> passOver(hash);
            case NEW -> {
                if (!takeHeld(true) || !connection.store(b, offset, length, truncated)) {
                    return false;
                }
                tail.add(hash, connection.replied());
            }
        }
        return true;
    }

    private void hold(byte[] b, int offset, int length, boolean truncated) {
        if (held.isEmpty()) {
            heldSinceNanos = connection.loop().nanos();
        }
        held.add(new Held(Arrays.copyOfRange(b, offset, offset + length), truncated));
    }

    private void passOver(long hash) {
        for (Held one : held) {
            tail.add(hash(one), connection.replied());
        }
        tail.add(hash, connection.replied());
        connection.passOver(held.size() + 1);
        connection.listener().counters().repeated(held.size() + 1);
        held.clear();
    }

    private long hash(Held one) {
        return lost.hash().of(one.octets, 0, one.octets.length);
    }

    /** Stores what was held and turned out to be new; false if it has to wait. */
    boolean takeHeld(boolean room) {
        if (held.isEmpty() || (search != null && search.underWay())) {
            return true;
        }
        while (room && !held.isEmpty()) {
            Held one = held.getFirst();
            if (!connection.store(one.octets, 0, one.octets.length, one.truncated)) {
                return false;
            }
            tail.add(hash(one), connection.replied());
            held.removeFirst();
        }
        return held.isEmpty();
    }

    /** Null if it is too early for that. */
    private @Nullable RepeatSearch begin() {
        if (unsettled == null) {
            unsettled = settle();
        }
        if (unsettled.get() > 0) {
            return null;
        }
        List<LostSession> sessions = lost.of(peer);
        if (!sessions.stream().allMatch(LostSession::durable)) {
            return null;
        }
        RepeatSearch begun = new RepeatSearch(sessions, session -> lost.remove(peer, session));
        search = begun;
        return begun;
    }

    private AtomicInteger settle() {
        List<RelpConnection> others = lost.others(peer, connection);
        AtomicInteger left = new AtomicInteger(others.size());
        for (RelpConnection other : others) {
            look(other, UNKNOWN, 0, left);
        }
        return left;
    }

    /**
     * Looks at another session until it has read what its kernel had, or has ended: between two
     * looks its event loop goes through all its sockets.
     */
    private static void look(RelpConnection other, long received, int looks, AtomicInteger left) {
        try {
            var _ =
                    other.loop()
                            .eventLoop()
                            .schedule(
                                    () -> looked(other, received, looks, left),
                                    LOOK_MILLIS,
                                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            left.decrementAndGet(); // its event loop has ended, and with it the session
        }
    }

    private static void looked(RelpConnection other, long received, int looks, AtomicInteger left) {
        boolean reads = other.channel().isActive() && other.received() != received;
        if (reads && looks < MAX_LOOKS) {
            look(other, other.received(), looks + 1, left);
        } else {
            left.decrementAndGet();
        }
    }

    /** Called now and then. */
    void sweep(long nowNanos) {
        if (!held.isEmpty() && nowNanos - heldSinceNanos >= HELD_NANOS) {
            giveUp();
        }
    }

    /** What is held counts as new. */
    void giveUp() {
        RepeatSearch known = search;
        if (held.isEmpty() || known == null || !known.underWay()) {
            return;
        }
        known.giveUp();
        if (!connection.deliverRest()) {
            connection.awaitRoom();
        }
    }

    /** The connection has ended. */
    void ended() {
        if (!registered) {
            return;
        }
        registered = false;
        RepeatSearch known = search;
        boolean all = known != null && !known.underWay();
        long[] hashes = tail.take(connection.replied());
        if (all && hashes.length > 0 && !connection.complete()) {
            long position = connection.position();
            Intake intake = connection.loop().intake(); // not the connection, for up to an hour
            lost.add(peer, new LostSession(hashes, () -> intake.synced() >= position));
        }
        lost.closed(peer, connection); // so that who does not find it open finds it lost
    }
}
