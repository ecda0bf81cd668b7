package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;

/**
 * The messages that one file would get next of those between the queue's cursor and as far as an
 * interrupted round can have come, one by one as the file would hold them.
 */
final class ExpectedMessages {
    private static final int RUN_OCTETS = 64 * 1024;

    /** More than a round ever takes. */
    static final long MOST_OCTETS = 2L * FileDelivery.ROUND_OCTETS;

    private final UpstreamQueue queue;
    private final RunText text;
    private final FileNames names;
    private final String name;
    private byte[] octets = new byte[0];
    private int length;
    private boolean atHand;

    // The run that is read, and the index of the message at hand.
    private Position start;
    private Position end;
    private int count;
    private int index;

    // Octets between the cursor and the farthest message read.
    private long seen;
    private long farthest;
    private long limit = Long.MAX_VALUE;

    /**
     * Expects messages for the file with this name.
     *
     * @param names tells which messages those are
     */
    ExpectedMessages(UpstreamQueue queue, Layout layout, FileNames names, String name) {
        this.queue = queue;
        this.text = new RunText(layout);
        this.names = names;
        this.name = name;
        this.start = queue.confirmed();
        this.end = start;
        this.farthest = start.sequence();
    }

    /** Begins again with the message at this position. */
    void restart(Position at) throws IOException {
        queue.rewind(at);
        start = at;
        end = at;
        count = 0;
        index = 0;
        atHand = false;
    }

    /** Whether there is a message; then octets and length are its text. */
    boolean present() throws IOException, InterruptedException {
        while (!atHand) {
            if (index == count && !readRun()) {
                return false;
            }
            text.next();
            if (names.of(text).name().equals(name)) {
                atHand = true;
                if (octets.length < text.maxMessageLength()) {
                    octets = new byte[text.maxMessageLength()];
                }
                length = text.writeMessage(octets, 0);
            } else {
                index++;
            }
        }
        return true;
    }

    private boolean readRun() throws IOException, InterruptedException {
        FrameRun run = end.sequence() >= limit ? null : queue.poll(RUN_OCTETS, Duration.ZERO);
        if (run == null) {
            return false;
        }
        try (run) {
            text.read(run);
            names.time(run.receivedMicros());
            start = run.start();
            end = run.end();
            count = run.count();
            index = 0;
            if (end.sequence() > farthest) {
                farthest = end.sequence();
                seen += run.length();
                limit = seen > MOST_OCTETS ? farthest : Long.MAX_VALUE;
            }
        }
        return true;
    }

    /** Goes on behind the message at hand. */
    void advance() {
        atHand = false;
        index++;
    }

    byte[] octets() {
        return octets;
    }

    int length() {
        return length;
    }

    /** Before the message at hand, or behind the last one looked at. */
    Position position() {
        return index == count
                ? end
                : new Position(start.sequence() + index, start.segment(), start.batch());
    }
}
