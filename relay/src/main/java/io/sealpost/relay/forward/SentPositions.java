package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Position;
import java.util.ArrayDeque;

/**
 * What lies where in the stream of one connection: for some octets of it, all between two messages,
 * the place in the spool and the number of messages before it. Confined to the forwarder's thread.
 *
 * <p>Marks are at least {@link #APART} octets apart, except for the last one, so that a stream of
 * single messages does not make a mark of each.
 */
final class SentPositions {
    /** Least distance of two marks, in octets. */
    static final long APART = 4 * 1024;

    /** A place between two messages. */
    record Mark(long octets, Position position, long messages) {}

    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private Mark reached;
    private Mark last;

    /** Marks of a stream that begins at this position of the spool. */
    SentPositions(Position start) {
        reached = new Mark(0, start, 0);
        last = reached;
    }

    /** The stream now goes on to {@code octets}, which is {@code position} in the spool. */
    void sent(long octets, Position position, long messages) {
        Mark mark = new Mark(octets, position, last.messages() + messages);
        if (!marks.isEmpty()) {
            Mark dropped = marks.removeLast();
            Mark before = marks.isEmpty() ? reached : marks.getLast();
            if (dropped.octets() - before.octets() >= APART) {
                marks.addLast(dropped);
            }
        }
        marks.addLast(mark);
        last = mark;
    }

    /** The last mark at or before this octet; later calls never ask for an earlier octet. */
    Mark reached(long octets) {
        Mark next = marks.peekFirst();
        while (next != null && next.octets() <= octets) {
            reached = marks.removeFirst();
            next = marks.peekFirst();
        }
        return reached;
    }

    /** The end of what was sent. */
    Mark last() {
        return last;
    }

    /** How many marks are kept. */
    int size() {
        return marks.size();
    }
}
