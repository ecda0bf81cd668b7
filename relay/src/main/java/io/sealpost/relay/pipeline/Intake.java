package io.sealpost.relay.pipeline;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.relay.route.Evaluation;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Batch;
import io.sealpost.relay.spool.Lane;

/**
 * The door to the spool for one event loop, and confined to it: each message of a chunk is parsed,
 * normalized and written as {@code LEN SP MSG} straight into the lane's batch. Nothing is allocated
 * per message, and the lane is locked and the counters are told once per chunk.
 *
 * <p>A listener calls {@link #begin} for a chunk, {@link #accept} for each message in it and, if
 * begin answered ACCEPTED, {@link #end} in any case.
 */
public final class Intake {
    /** What became of a chunk or a message. */
    public enum Verdict {
        /** Taken in, or dropped by policy and counted. */
        ACCEPTED,
        /** No room: keep it, stop reading, come again when the lane tells of space. */
        FULL,
        /** The relay stops; nothing is taken in any more. */
        CLOSED
    }

    private final Lane lane;
    private final Rfc5424Encoder encoder;
    private final Admission admission;
    private final NanoClock clock;
    private final MessageParser parser = new MessageParser();
    private final MessageScan scan = new MessageScan();

    /** Replaced by the thread that reloads the configuration. */
    private volatile Rules rules;

    /** Set by the thread that stops the relay. */
    private volatile boolean closed;

    // of the chunk begun; where something may be dropped it begins also without room in the lane
    private Admission.Level level = Admission.Level.ALL;
    private Evaluation evaluation;
    private long receivedMicros;
    private long receivedNanos;
    private boolean locked;
    private int messages;
    private long octets;
    private int dropped;
    private int routedNowhere;
    private int rateLimited;
    private int ignored;
    private int reasonsSeen;
    private int streamHash;
    private long routed;
    private final int[] perReason = new int[Integer.SIZE];

    /** A door to this lane. */
    public Intake(
            Lane lane, Rfc5424Encoder encoder, Admission admission, Rules rules, NanoClock clock) {
        this.lane = lane;
        this.encoder = encoder;
        this.admission = admission;
        this.rules = rules;
        this.evaluation = rules.evaluation();
        this.clock = clock;
    }

    /** From the next chunk on, these rules hold. Any thread. */
    public void rules(Rules replacement) {
        rules = replacement;
    }

    /** From the next chunk on, everything is answered with CLOSED. Any thread. */
    public void close() {
        closed = true;
    }

    /** Begins a chunk; after any answer but ACCEPTED nothing is begun. */
    @SuppressWarnings("ReferenceEquality") // rules are replaced as a whole
    public Verdict begin() {
        if (closed) {
            return Verdict.CLOSED;
        }
        level = admission.level();
        locked = level != Admission.Level.NOTHING && lane.begin();
        if (!locked && level == Admission.Level.ALL) {
            return Verdict.FULL;
        }
        receivedMicros = clock.epochMicros();
        receivedNanos = clock.nanos();
        routed = 0;
        Rules current = rules;
        if (evaluation.rules() != current) {
            evaluation = current.evaluation();
        }
        return Verdict.ACCEPTED;
    }

    /**
     * Takes in one message, with framing removed.
     *
     * @param truncated whether it was cut by the framer
     * @param ordinal number of the message on its connection or datagram socket
     */
    public Verdict accept(
            byte[] b, int offset, int length, boolean truncated, Sender sender, long ordinal) {
        SourceLimit limit = sender.limit();
        if (!limit.take(receivedNanos)) {
            limit.drop();
            rateLimited++;
            messages++;
            octets += length;
            return Verdict.ACCEPTED;
        }
        parser.parse(b, offset, length, truncated, sender.origin(), receivedMicros, scan);
        if (scan.messageLength() == 0) {
            limit.giveBack();
            ignored++;
            return Verdict.ACCEPTED;
        }
        evaluation.begin(scan, sender.facts(evaluation.rules()));
        evaluation.rewrite();
        long upstreams = evaluation.upstreams();
        if (upstreams == 0) {
            // what nobody is to get is not stored
            evaluation.drop();
            routedNowhere++;
        } else if (level != Admission.Level.ALL && !level.admits(scan)) {
            dropped++;
        } else if (!locked || !append(b, sender, ordinal, upstreams)) {
            limit.giveBack();
            evaluation.takeBack();
            return Verdict.FULL;
        }
        messages++;
        octets += scan.messageLength();
        return Verdict.ACCEPTED;
    }

    /**
     * The message accepted next has this hash in the numbered stream it belongs to. It is not kept
     * of a redacted one, of which nothing is.
     */
    public void streamHash(int hash) {
        streamHash = hash;
    }

    /** Ends the chunk and tells these counters of it. */
    public void end(IntakeCounters counters) {
        if (locked) {
            locked = false;
            lane.end();
        }
        if (messages > 0) {
            counters.received(messages, octets);
        }
        if (dropped > 0) {
            counters.dropped(Admission.SPOOL_FULL, dropped);
        }
        if (rateLimited > 0) {
            counters.rateLimited(rateLimited);
        }
        if (routedNowhere > 0) {
            tellDropsOfRoutes(counters);
        }
        if (ignored > 0) {
            counters.ignored(ignored);
        }
        int givenUp = evaluation.takeGivenUp();
        if (givenUp > 0) {
            counters.givenUp(evaluation.givenUp(), givenUp);
        }
        for (; reasonsSeen != 0; reasonsSeen &= reasonsSeen - 1) {
            int bit = Integer.numberOfTrailingZeros(reasonsSeen);
            counters.changed(bit, perReason[bit]);
            perReason[bit] = 0;
        }
        messages = 0;
        octets = 0;
        dropped = 0;
        rateLimited = 0;
        ignored = 0;
    }

    /** The upstreams that messages of the chunk begun last go to: bit n is that with number n. */
    public long routed() {
        return routed;
    }

    /**
     * How far the lane must be durable until everything taken in so far is. What was dropped by
     * policy needs nothing.
     */
    public long position() {
        return lane.accepted();
    }

    /**
     * Whether the lane is durable as far as this {@link #position}. If not, its onSynced will be
     * called once, at the latest when it is.
     */
    public boolean reached(long position) {
        return lane.reached(position);
    }

    /** How far the lane is durable. */
    public long synced() {
        return lane.synced();
    }

    private void tellDropsOfRoutes(IntakeCounters counters) {
        for (int i = 0; i < evaluation.dropReasons(); i++) {
            int count = evaluation.takeDropped(i);
            String reason = evaluation.dropReason(i);
            if (count > 0 && reason.equals(Rules.NO_ROUTE)) {
                counters.dropped(reason, count);
            } else if (count > 0) {
                counters.droppedByRoute(reason, count);
            }
        }
        routedNowhere = 0;
    }

    private boolean append(byte[] b, Sender sender, long ordinal, long upstreams) {
        // what was redacted is to lie nowhere
        boolean keepsOriginal = !scan.unchanged() && !scan.has(Reason.REDACTED);
        int original = keepsOriginal ? scan.messageLength() : 0;
        int most = encoder.maxEncodedLength(scan);
        int reserved = DecimalLength.of(most);
        Batch batch = lane.batch();
        if (!batch.hasRoom(reserved + 1 + most, original)) {
            return false;
        }
        byte[] frames = batch.frames();
        int at = batch.length();
        int text = at + reserved + 1;
        int length = encoder.encode(scan, frames, text);
        int digits = DecimalLength.of(length);
        if (digits < reserved) {
            System.arraycopy(frames, text, frames, at + digits + 1, length);
        }
        DecimalLength.write(length, digits, frames, at);
        frames[at + digits] = ' ';
        batch.streamHash(scan.has(Reason.REDACTED) ? 0 : streamHash);
        batch.commit(
                digits + 1 + length,
                sender.source(),
                receivedMicros,
                ordinal,
                upstreams,
                scan.reasons(),
                scan.form().number(),
                b,
                scan.messageOffset(),
                original);
        routed |= upstreams;
        countReasons(scan.reasons());
        return true;
    }

    private void countReasons(int reasons) {
        reasonsSeen |= reasons;
        for (int rest = reasons; rest != 0; rest &= rest - 1) {
            perReason[Integer.numberOfTrailingZeros(rest)]++;
        }
    }

    /** Name of the reason with this bit number, as {@link IntakeCounters#changed} gives it. */
    public static String reasonLabel(int bit) {
        return Reason.of(bit).label();
    }
}
