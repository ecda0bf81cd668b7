package io.sealpost.relay.forward;

import io.sealpost.protocol.relp.RelpStream;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.StreamMark;
import java.io.IOException;
import java.util.Optional;

/**
 * The numbers of one RELP session's messages, for a server that counts them. Confined to the
 * forwarder's thread. See docs/format/relp-stream.md.
 */
final class Numbering {
    /**
     * Messages confirmed since the cursor was last made durable. After a crash so many come again,
     * and the receiver does not know more than {@value StreamMark#HISTORY}.
     */
    private static final long MAX_NOT_DURABLE = StreamMark.HISTORY / 4;

    private final Feed queue;
    private final TcpProgress progress;

    /** What the server expects of the next message. */
    private long next;

    private boolean broken;

    Numbering(Feed queue, TcpProgress progress) {
        this.queue = queue;
        this.progress = progress;
    }

    /** What is offered to the server; nothing where messages have no lasting numbers. */
    Optional<RelpStream> offer() throws IOException {
        String stream = queue.stream();
        next = Math.max(queue.confirmedNumber(), progress.nextNumber());
        return stream.isEmpty() ? Optional.empty() : Optional.of(new RelpStream(stream, next));
    }

    /** Whether the server counts this run as it should; if not, the row is broken. */
    boolean follows(FrameRun run) throws IOException {
        if (run.number() != next) {
            breakOff(run.number());
            return false;
        }
        progress.nextNumber(0);
        next += run.count();
        if (queue.confirmedNumber() - queue.durableNumber() > MAX_NOT_DURABLE) {
            queue.persist();
        }
        return true;
    }

    /** The last message is left out after all. */
    void leaveOut() {
        breakOff(next);
    }

    private void breakOff(long number) {
        broken = true;
        progress.nextNumber(number);
    }

    /** Whether the next message is not the one the server expects: it takes another session. */
    boolean broken() {
        return broken;
    }
}
