package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A spool without threads for tests of other rooms: it commits when told. */
public final class SteppedSpool implements AutoCloseable {
    private static final int SEGMENT = 1 << 20;

    private final Spool spool;
    private final Lane lane;
    private final UpstreamQueue queue;
    private final NanoClock clock;
    private long ordinal;

    private SteppedSpool(Spool spool, Lane lane, UpstreamQueue queue, NanoClock clock) {
        this.spool = spool;
        this.lane = lane;
        this.queue = queue;
        this.clock = clock;
    }

    /** Opens the spool on this storage with one upstream. */
    public static SteppedSpool open(Storage storage, String upstream, NanoClock clock)
            throws IOException {
        return open(storage, upstream, clock, SEGMENT, 1);
    }

    /** The same with segments of this size and salts of this seed. */
    public static SteppedSpool open(
            Storage storage, String upstream, NanoClock clock, int segmentBytes, long seed)
            throws IOException {
        return open(storage, upstream, clock, segmentBytes, SpoolRig.seams(seed));
    }

    /** The same with a flaw: what is written counts as durable before its sync. */
    public static SteppedSpool openFlawed(
            Storage storage, String upstream, NanoClock clock, int segmentBytes, long seed)
            throws IOException {
        return open(
                storage, upstream, clock, segmentBytes, SpoolRig.seams(seed, Flaw.ACK_BEFORE_SYNC));
    }

    private static SteppedSpool open(
            Storage storage, String upstream, NanoClock clock, int segmentBytes, SpoolSeams seams)
            throws IOException {
        Spool spool =
                Spool.open(
                        SpoolRig.settings(64L * segmentBytes, segmentBytes),
                        storage,
                        SpoolObserver.NONE,
                        clock,
                        seams);
        Lane lane = spool.lane(() -> {});
        UpstreamQueue queue = spool.queue(upstream, SpoolRig.KEEP_ALL);
        return new SteppedSpool(spool, lane, queue, clock);
    }

    /** The spool itself. */
    public Spool spool() {
        return spool;
    }

    /** Delivers everything, and does a round of housekeeping. */
    public void deliverAll() throws Exception {
        SpoolRig.drain(queue, Integer.MAX_VALUE);
        spool.retention().round();
    }

    /** A round of housekeeping. */
    public void round() {
        spool.retention().round();
    }

    /** The first half of a commit. */
    public void append() {
        spool.writer().appendOnce();
    }

    public UpstreamQueue queue() {
        return queue;
    }

    /** Takes a message in, received now; it is durable after {@link #commit}. */
    public void put(String message) {
        put(message, "");
    }

    /** Takes a message in with its original; none is kept where that is empty. */
    public void put(String message, String original) {
        if (!offer(message, original)) {
            commit();
            if (!offer(message, original)) {
                throw new AssertionError("no room for " + message.length() + " characters");
            }
        }
    }

    /** The same; false if there is no room before the next commit. */
    public boolean offer(String message, String original) {
        byte[] received = original.getBytes(StandardCharsets.UTF_8);
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        ordinal++;
        return SpoolRig.put(
                lane,
                octets,
                1L << queue.number(),
                clock.epochMicros(),
                ordinal,
                received.length,
                received);
    }

    /** Makes durable what was put. */
    public void commit() {
        spool.writer().commitOnce();
    }

    /** As housekeeping does it. */
    public Books books() {
        return queue.books();
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
