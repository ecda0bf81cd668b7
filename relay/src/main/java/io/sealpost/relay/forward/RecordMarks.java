package io.sealpost.relay.forward;

import java.util.Arrays;

/**
 * Where the octets of a stream lie among those on the network, once they are packed into TLS
 * records. Confined to the connection's event loop.
 *
 * <p>Marks are at least {@link #APART} octets apart, except for the last one, so that a stream of
 * single messages does not make a mark of each.
 */
final class RecordMarks {
    /** Least distance of two marks, in octets on the network. */
    static final long APART = 4 * 1024;

    private long[] wire = new long[64];
    private long[] stream = new long[64];
    private int from;
    private int to;
    private long forgottenWire;
    private long forgottenStream;

    /** The stream up to {@code streamEnd} lies wholly within {@code wireEnd} octets. */
    void mark(long wireEnd, long streamEnd) {
        if (from < to) {
            long before = from < to - 1 ? wire[to - 2] : forgottenWire;
            if (wire[to - 1] == wireEnd || wire[to - 1] - before < APART) {
                to--;
            }
        }
        if (to == wire.length) {
            makeRoom();
        }
        wire[to] = wireEnd;
        stream[to] = streamEnd;
        to++;
    }

    private void makeRoom() {
        int size = to - from;
        int capacity = size > wire.length / 2 ? 2 * wire.length : wire.length;
        wire = moved(wire, capacity);
        stream = moved(stream, capacity);
        from = 0;
        to = size;
    }

    private long[] moved(long[] marks, int capacity) {
        long[] target = new long[capacity];
        System.arraycopy(marks, from, target, 0, to - from);
        return target;
    }

    /** How far the stream lies wholly within so many octets. */
    long stream(long octets) {
        int found = Arrays.binarySearch(wire, from, to, octets);
        int behind = found >= 0 ? found + 1 : -found - 1;
        return behind == from ? forgottenStream : stream[behind - 1];
    }

    /** Nobody will ask for fewer octets than these any more. */
    void forget(long octets) {
        while (from < to && wire[from] <= octets) {
            forgottenWire = wire[from];
            forgottenStream = stream[from];
            from++;
        }
    }

    /** How many marks are kept. */
    int size() {
        return to - from;
    }
}
