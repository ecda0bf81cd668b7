package io.sealpost.relay.forward;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** What a server has answered and the forwarder's thread has not read yet. Thread-safe. */
final class Inbound {
    /** Answers are short; a server that sends more than this unread sends something else. */
    static final int MAX_OCTETS = 4 * 1024 * 1024;

    private byte[] octets = new byte[1024];
    private int length;

    /** Adds what was read, which stays the caller's to release; false if it is too much. */
    synchronized boolean add(ByteBuf read) {
        int more = read.readableBytes();
        if (length + more > MAX_OCTETS) {
            return false;
        }
        if (octets.length < length + more) {
            octets = Arrays.copyOf(octets, Math.max(length + more, 2 * octets.length));
        }
        read.readBytes(octets, length, more);
        length += more;
        return true;
    }

    /** Moves as much as fits to {@code into} from this index on; returns how much that was. */
    synchronized int read(byte[] into, int at) {
        int count = Math.min(length, into.length - at);
        System.arraycopy(octets, 0, into, at, count);
        System.arraycopy(octets, count, octets, 0, length - count);
        length -= count;
        return count;
    }

    synchronized boolean isEmpty() {
        return length == 0;
    }
}
