package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;

/** The messages that the queue would deliver next, one by one as a file would hold them. */
final class ExpectedMessages {
    private static final int RUN_OCTETS = 64 * 1024;

    private final UpstreamQueue queue;
    private final RunText text;
    private byte[] octets = new byte[0];
    private int end;
    private int offset;
    private int length;
    private Position position;
    private Position runEnd;

    ExpectedMessages(UpstreamQueue queue, Layout layout) {
        this.queue = queue;
        this.text = new RunText(layout);
        this.position = queue.confirmed();
        this.runEnd = position;
    }

    /** Begins again with the message at this position. */
    void restart(Position at) throws IOException {
        queue.rewind(at);
        position = at;
        runEnd = at;
        offset = 0;
        end = 0;
    }

    /** Whether there is a message at the position; then octets, offset and length are its text. */
    boolean present() throws IOException, InterruptedException {
        if (offset == end) {
            FrameRun run = queue.poll(RUN_OCTETS, Duration.ZERO);
            if (run == null) {
                return false;
            }
            try (run) {
                int room = text.read(run);
                if (octets.length < room) {
                    octets = new byte[room];
                }
                offset = 0;
                end = text.write(octets, 0);
                position = run.start();
                runEnd = run.end();
            }
            measure();
        }
        return true;
    }

    private void measure() {
        length = text.messageLength(octets, offset, end);
    }

    void advance() {
        offset += length;
        if (offset == end) {
            position = runEnd;
        } else {
            position = Position.of(position.sequence() + 1);
            measure();
        }
    }

    byte[] octets() {
        return octets;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Before the current message. */
    Position position() {
        return position;
    }
}
