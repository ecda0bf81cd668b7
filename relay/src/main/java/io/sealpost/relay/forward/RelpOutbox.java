package io.sealpost.relay.forward;

import io.netty.buffer.ByteBufAllocator;
import io.sealpost.protocol.relp.RelpClientSession;
import java.util.Arrays;

/**
 * Frames of one RELP session, gathered in memory for few large writes. Confined to the forwarder's
 * thread.
 */
final class RelpOutbox {
    /** What was gathered leaves at this length, in octets. */
    private static final int TOGETHER = 64 * 1024;

    private static final int FIRST_CAPACITY = 4 * 1024;

    /** A larger array, made for a long message, is not kept. */
    private static final int KEPT = 2 * TOGETHER;

    private final RelpClientSession session;
    private final TcpConnection connection;
    private byte[] octets = new byte[FIRST_CAPACITY];
    private int length;

    RelpOutbox(RelpClientSession session, TcpConnection connection) {
        this.session = session;
        this.connection = connection;
    }

    /** Whether all was handed over. */
    boolean isEmpty() {
        return length == 0;
    }

    /** A message to leave at the latest with the next flush, under the session's next number. */
    void add(RelpWindow.Message message) {
        reserve(RelpClientSession.MAX_HEADER + message.length() + 1);
        length += session.begin(message.length(), octets, length);
        System.arraycopy(message.frames(), message.offset(), octets, length, message.length());
        length += message.length();
        octets[length++] = '\n';
        if (length >= TOGETHER) {
            flush();
        }
    }

    /** What the state machine itself has to say leaves at once, behind all before it. */
    void say() {
        int more = session.outputLength();
        if (more > 0) {
            reserve(more);
            System.arraycopy(session.output(), 0, octets, length, more);
            length += more;
            session.outputTaken();
            flush();
        }
    }

    private void reserve(int more) {
        if (octets.length - length < more) {
            octets = Arrays.copyOf(octets, Math.max(2 * octets.length, length + more));
        }
    }

    /** Hands over what was gathered. */
    void flush() {
        if (length == 0) {
            return;
        }
        connection.send(
                ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(octets, 0, length));
        length = 0;
        if (octets.length > KEPT) {
            octets = new byte[FIRST_CAPACITY];
        }
    }
}
