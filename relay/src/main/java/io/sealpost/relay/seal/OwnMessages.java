package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Batch;
import io.sealpost.relay.spool.Lane;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.watch.EventKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the integrity log says in the stream: checkpoints and what became of the log. Put into a
 * lane of its own, for every upstream, whatever the routes say; where the spool has no room they
 * wait. Confined to the thread that seals, but for {@link #upstreams}.
 */
public final class OwnMessages {
    /** Name of the listener that they have come from. */
    public static final String LISTENER = "integrity";

    private static final Source SOURCE =
            new Source(
                    LISTENER,
                    Source.Transport.INTERNAL,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    0,
                    Source.NO_CERTIFICATE);

    private final Lane lane;
    private final Consumer<EventKind> counted;
    private final NanoClock clock;
    private final Deque<Announcer.Announcement> statements = new ArrayDeque<>();
    private Optional<Announcer.Announcement> checkpoint = Optional.empty();
    private long ordinal;

    /** Set by the thread that reloads; what is put in later goes there. */
    private volatile long upstreams;

    /**
     * Messages in a lane that nobody else uses.
     *
     * @param counted told of each one that was put in
     */
    public OwnMessages(Lane lane, Consumer<EventKind> counted, NanoClock clock) {
        this.lane = lane;
        this.clock = clock;
        this.counted = counted;
    }

    /** Bits of the upstreams that get them from now on. Any thread. */
    public void upstreams(long mask) {
        upstreams = mask;
    }

    /** Puts in the message of a checkpoint; one that still waits is of no use any more. */
    void checkpoint(Announcer.Announcement message) {
        checkpoint = Optional.of(message);
        flush();
    }

    /** Puts in another message. */
    void statement(Announcer.Announcement message) {
        statements.add(message);
        flush();
    }

    /** Puts in what waits, as far as there is room. */
    void flush() {
        while (!statements.isEmpty() && put(statements.getFirst())) {
            statements.removeFirst();
        }
        if (statements.isEmpty() && checkpoint.isPresent() && put(checkpoint.get())) {
            checkpoint = Optional.empty();
        }
    }

    private boolean put(Announcer.Announcement announced) {
        byte[] message = announced.message();
        byte[] count = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        int length = count.length + message.length;
        if (!lane.begin()) {
            return false;
        }
        try {
            Batch batch = lane.batch();
            // Asked for under the lane's lock, as for all others: see Relay.change.
            long mask = upstreams;
            if (mask == 0) {
                return true;
            }
            if (!batch.hasRoom(length, 0)) {
                return false;
            }
            System.arraycopy(count, 0, batch.frames(), batch.length(), count.length);
            System.arraycopy(
                    message, 0, batch.frames(), batch.length() + count.length, message.length);
            long micros = clock.epochMicros();
            batch.commit(length, SOURCE, micros, ordinal, mask, 0, 0, message, 0, 0);
            ordinal++;
            counted.accept(announced.kind());
            return true;
        } finally {
            lane.end();
        }
    }

    /** Whether all messages of these runs are such ones. */
    static boolean areAll(List<BatchEntry.Run> runs) {
        return runs.stream()
                .allMatch(
                        run ->
                                run.source().transport() == Source.Transport.INTERNAL
                                        && run.source().listener().equals(LISTENER));
    }
}
