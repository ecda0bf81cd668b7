package io.sealpost.relay.listen;

import io.sealpost.relay.pipeline.Intake;
import java.time.Duration;
import java.util.Optional;

/**
 * The messages of one RELP session that were taken in and may not be acknowledged yet: they wait
 * for the lane to be durable, and with {@code ack = delivered} then for upstreams, or for {@code
 * at-most}. Confined to the connection's event loop.
 */
/*
 * Noted is what a chunk waits for, not what a message does: first how far the lane must be durable
 * (Unsynced), then the place of the spool that upstreams must have reached (Undelivered). Messages
 * leave in the order in which they came, so that what is not to be delivered may have to wait for
 * upstreams all the same.
 *
 * It is asked, and calls nobody back: by its connection, when the lane is durable further than
 * before (takeDurable), and every few milliseconds while it waits for upstreams (takeDelivered).
 */
final class Unacknowledged {
    /** How long upstreams may take at the end: a listener that stops does not wait for long. */
    private static final long FINISH_NANOS = Duration.ofSeconds(1).toNanos();

    /** Where the upstreams always are. */
    private static final long ANYWHERE = Long.MIN_VALUE;

    private final Intake intake;
    private final Optional<TcpListenerSettings.Delivered> upstreams;
    private final ListenerCounters counters;
    private final Unsynced unsynced = new Unsynced();
    private final Undelivered undelivered = new Undelivered();

    /** Since the last chunk was added: messages that were here before. */
    private boolean passedOver;

    private boolean finishing;
    private long finishingNanos;

    /**
     * Nothing waits.
     *
     * @param upstreams those that are to have a message before it is acknowledged, if any
     */
    Unacknowledged(
            Intake intake,
            Optional<TcpListenerSettings.Delivered> upstreams,
            ListenerCounters counters) {
        this.intake = intake;
        this.upstreams = upstreams;
        this.counters = counters;
    }

    /** Of the chunk that is added next, messages are here already and are not stored again. */
    void passOver() {
        passedOver = true;
    }

    /** Adds the chunk that the intake took last, durable when the lane is up to this position. */
    void add(long messages, long octets, long position) {
        unsynced.add(messages, octets, position, toDeliver());
        passedOver = false;
    }

    /** Where the messages went that were here before is not known. */
    private boolean toDeliver() {
        return upstreams.isPresent()
                && (passedOver || (intake.routed() & upstreams.get().upstreams().getAsLong()) != 0);
    }

    /**
     * Nothing is acknowledged to a sender before the spool has made it durable: this is the one
     * place where messages are let go, to be acknowledged or to wait for upstreams. Returns how
     * many may be acknowledged now. If there are others, the writer has been asked to tell of the
     * next sync.
     */
    long takeDurable(long nowNanos) {
        long acknowledged = 0;
        while (!unsynced.isEmpty() && intake.reached(unsynced.oldest())) {
            boolean deliver = unsynced.toDeliver();
            long before = unsynced.octets();
            long messages = unsynced.take(intake.synced());
            if (deliver || !undelivered.isEmpty()) {
                long place = deliver ? upstreams.orElseThrow().synced().getAsLong() : ANYWHERE;
                undelivered.add(messages, before - unsynced.octets(), place, nowNanos);
            } else {
                acknowledged += messages;
            }
        }
        return acknowledged;
    }

    /**
     * Looks at where the upstreams are; only while it {@link #awaitsUpstreams}. Returns how many
     * messages may be acknowledged now, and counts those of them that are stored but not delivered.
     */
    long takeDelivered(long nowNanos) {
        TcpListenerSettings.Delivered awaited = upstreams.orElseThrow();
        boolean finished = finishing && nowNanos - finishingNanos >= FINISH_NANOS;
        long patience = finished ? 0 : awaited.atMost().toNanos();
        long messages = undelivered.take(awaited.reached().getAsLong(), nowNanos - patience);
        if (undelivered.late() > 0) {
            counters.acknowledgedUndelivered(undelivered.late());
        }
        return messages;
    }

    /** The connection ends: upstreams are waited for only a little longer. */
    void finish(long nowNanos) {
        finishing = true;
        finishingNanos = nowNanos;
    }

    /** Whether messages wait for the lane to be durable. */
    boolean awaitsSync() {
        return !unsynced.isEmpty();
    }

    /** Whether messages wait for upstreams. */
    boolean awaitsUpstreams() {
        return !undelivered.isEmpty();
    }

    /** Octets of all that waits. */
    long octets() {
        return unsynced.octets() + undelivered.octets();
    }
}
