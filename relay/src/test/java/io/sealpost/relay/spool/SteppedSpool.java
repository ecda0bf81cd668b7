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
        Spool spool =
                Spool.open(
                        SpoolRig.settings(64L * SEGMENT, SEGMENT),
                        storage,
                        SpoolObserver.NONE,
                        clock,
                        SpoolRig.seams(1));
        Lane lane = spool.lane(() -> {});
        UpstreamQueue queue = spool.queue(upstream, SpoolRig.KEEP_ALL);
        return new SteppedSpool(spool, lane, queue, clock);
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
        byte[] received = original.getBytes(StandardCharsets.UTF_8);
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        long mask = 1L << queue.number();
        for (int tries = 0; tries < 2; tries++) {
            ordinal++;
            if (SpoolRig.put(
                    lane, octets, mask, clock.epochMicros(), ordinal, received.length, received)) {
                return;
            }
            commit();
        }
        throw new AssertionError("no room for " + octets.length + " octets");
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
