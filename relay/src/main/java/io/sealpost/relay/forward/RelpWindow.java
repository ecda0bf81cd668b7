package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one RELP session that are to be sent or not yet acknowledged, held in memory run
 * by run, and where in the queue each lies. Messages are counted as the session counts them, from
 * 0. Confined to the forwarder's thread; arrays are reused.
 */
final class RelpWindow {
    private static final int MAX_SPARE = 64;

    /** A message: valid until the next one is asked for, unless it was asked for by its index. */
    static final class Message {
        private byte[] frames = {};
        private int offset;
        private int length;
        private Position position = Position.of(0);

        byte[] frames() {
            return frames;
        }

        int offset() {
            return offset;
        }

        int length() {
            return length;
        }

        /** Before it in the queue. */
        Position position() {
            return position;
        }

        long sequence() {
            return position.sequence();
        }

        private void begin(byte[] in, int at, Position here) {
            int text = at;
            int size = 0;
            for (byte digit = in[text++]; digit != ' '; digit = in[text++]) {
                size = size * 10 + digit - '0';
            }
            frames = in;
            offset = text;
            length = size;
            position = here;
        }

        private int end() {
            return offset + length;
        }
    }

    /** Consecutive messages, of which the first ones are sent. */
    private static final class Run {
        final byte[] frames;
        final Position start;
        final int begin;
        final int octets;
        int count;

        /** Session's index of the first message; known once that is sent. */
        long first;

        int sent;
        int acknowledged;

        /** Where the next message to send begins. */
        int next;

        /** Behind it, and behind what needs not be sent; null for one that is repeated. */
        @Nullable Position end;

        /** Whether nobody else has the array. */
        boolean alone = true;

        Run(byte[] frames, int begin, int octets, Position start, int count) {
            this.frames = frames;
            this.begin = begin;
            this.octets = octets;
            this.start = start;
            this.count = count;
            next = begin;
        }

        Position at(int index) {
            return new Position(start.sequence() + index, start.segment(), start.batch());
        }
    }

    private final FrameRewriter rewriter;
    private final RunFrames reader;
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
    private final Message current = new Message();
    private @Nullable Position behind;
    private int underWay;

    RelpWindow(FrameRewriter rewriter) {
        this.rewriter = rewriter;
        reader = new RunFrames(rewriter.layout().format());
    }

    /** Takes a run to be sent next; consumes it. All before it must have been sent. */
    void add(FrameRun run) throws IOException {
        try (run) {
            reader.read(run);
            int count = run.count();
            byte[] frames;
            int octets;
            if (rewriter.needed()) {
                frames = array(rewriter.maxLength(reader.length(), count));
                octets = rewriter.rewrite(reader.octets(), 0, reader.length(), frames, 0);
            } else {
                frames = array(reader.length());
                octets = reader.length();
                System.arraycopy(reader.octets(), 0, frames, 0, octets);
            }
            Run added = new Run(frames, 0, octets, run.start(), count);
            added.end = run.end();
            runs.addLast(added);
            underWay += octets;
        }
    }

    private byte[] array(int least) {
        byte[] known = spare.pollFirst();
        return known != null && known.length >= least
                ? known
                : new byte[Math.max(least, 16 * 1024)];
    }

    /** A message that need not be sent; consumes the run. All before it must have been sent. */
    void pass(FrameRun run) throws IOException {
        try (run) {
            passTo(run.end());
        }
    }

    /** The only message that is pending need not be sent. */
    void passPending() {
        Run pending = runs.removeLast();
        underWay -= pending.octets;
        if (pending.end != null) {
            passTo(pending.end);
        }
    }

    private void passTo(Position end) {
        Run last = runs.peekLast();
        if (last == null) {
            behind = end;
        } else {
            last.end = end;
        }
    }

    /** Messages still to be sent. */
    int pending() {
        Run last = runs.peekLast();
        return last == null ? 0 : last.count - last.sent;
    }

    /** Octets of what is held. */
    int underWay() {
        return underWay;
    }

    /** The next message to be sent; there must be one. */
    Message peek() {
        Run last = runs.getLast();
        current.begin(last.frames, last.next, last.at(last.sent));
        return current;
    }

    /** The same, which is sent now under this index. */
    Message next(long index) {
        Message message = peek();
        Run last = runs.getLast();
        if (last.sent == 0) {
            last.first = index;
        }
        last.sent++;
        last.next = message.end();
        return message;
    }

    /** A message that was sent. */
    Message at(long index) {
        Iterator<Run> newestFirst = runs.descendingIterator();
        Run run = newestFirst.next();
        while (run.sent == 0 || run.first > index) {
            run = newestFirst.next();
        }
        Message message = new Message();
        int at = run.begin;
        for (long i = run.first; i <= index; i++) {
            message.begin(run.frames, at, run.at((int) (i - run.first)));
            at = message.end();
        }
        return message;
    }

    /** A message is sent once more, under this index. */
    void repeat(Message message, long index) {
        Run rest = takePending();
        byte[] frames = Arrays.copyOfRange(message.frames, message.offset, message.end());
        byte[] counted = new byte[frames.length + 11];
        byte[] count = (frames.length + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(count, 0, counted, 0, count.length);
        System.arraycopy(frames, 0, counted, count.length, frames.length);
        int octets = count.length + frames.length;
        Run repeated = new Run(counted, 0, octets, message.position, 1);
        repeated.first = index;
        repeated.sent = 1;
        repeated.alone = false;
        runs.addLast(repeated);
        underWay += octets;
        if (rest != null) {
            runs.addLast(rest);
        }
    }

    /** What is pending becomes a run of its own, so that indexes in a run have no gap. */
    private @Nullable Run takePending() {
        Run last = runs.peekLast();
        if (last == null || last.sent == last.count) {
            return null;
        }
        if (last.sent == 0) {
            return runs.removeLast();
        }
        // the octets stay counted with the first part
        Run rest = new Run(last.frames, last.next, 0, last.at(last.sent), last.count - last.sent);
        rest.end = last.end;
        rest.alone = false;
        last.alone = false;
        last.end = rest.start;
        last.count = last.sent;
        return rest;
    }

    /** Forgets what is acknowledged, up to this index; the position behind that, if it is new. */
    @Nullable Position acknowledged(long upTo) {
        Position reached = behind;
        behind = null;
        while (!runs.isEmpty()) {
            Run head = runs.getFirst();
            boolean all = head.sent == head.count && head.first + head.count <= upTo;
            if (!all) {
                int some = head.sent == 0 ? 0 : (int) (upTo - head.first);
                if (some <= head.acknowledged || head.end == null) {
                    return reached;
                }
                head.acknowledged = some;
                return head.at(some);
            }
            runs.removeFirst();
            underWay -= head.octets;
            if (head.alone && spare.size() < MAX_SPARE) {
                spare.addFirst(head.frames);
            }
            if (head.end != null) {
                reached = head.end;
            }
        }
        return reached;
    }
}
