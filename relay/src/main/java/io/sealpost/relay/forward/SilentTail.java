package io.sealpost.relay.forward;

import java.util.ArrayDeque;
import java.util.function.ToLongFunction;

/**
 * The newest messages that count as delivered for no better reason than silence, kept in memory to
 * be sent again should their connection end badly. Confined to the forwarder's thread.
 */
final class SilentTail {
    /*
     * A few unread KiB in the peer's buffer do not show in its window. If its process hangs while the
     * connection is quiet, silence confirms them and the spool may free them; when the process is
     * then killed, they are gone. So they are kept here until something better than silence is known
     * of them: the rule proves that they were read, or the peer closes by a FIN (PeerClose). After
     * any other end they go out again, before everything else, on the next connection, and stay here
     * until something better is known of them there.
     *
     * A peer that ends every quiet connection by RST, read or not, would be sent the same messages
     * for ever; so it must do that silence confirmed them on CONFIRMATIONS connections. A connection
     * that ends before that counts for nothing: a flapping peer shall not cost messages. But a peer
     * that always chokes on them must not block the rest: they are given up when STRIKES connections
     * in a row stayed open unused, as in PoisonSearch, and were closed once they had them.
     *
     * MAX_OCTETS is far above what was seen to hide in a window; the oldest are the likeliest to have
     * been read, and are forgotten first.
     */

    /** Most octets kept. */
    static final int MAX_OCTETS = 512 * 1024;

    /** On how many connections silence may confirm a message. */
    static final int CONFIRMATIONS = 4;

    /** How many connections may be closed in answer to it. */
    static final int STRIKES = PoisonSearch.TRIES;

    /** Whole frames. */
    private static final class Piece {
        final byte[] frames;
        final int messages;
        int confirmations = 1;

        /** Where the frames end in the stream of the present connection, at the latest. */
        long end;

        Piece(byte[] frames, int messages, long end) {
            this.frames = frames;
            this.messages = messages;
            this.end = end;
        }
    }

    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private long octets;
    private long messages;
    private int strikes;

    /** Keeps whole frames that end here, at the latest, in the stream of the connection. */
    void keep(byte[] frames, int count, long end) {
        pieces.addLast(new Piece(frames, count, end));
        octets += frames.length;
        messages += count;
        while (octets > MAX_OCTETS && pieces.size() > 1) {
            forgetFirst();
        }
    }

    /** Forgets what ends at or before this octet of the connection: it was read. */
    void forget(long proven) {
        while (!pieces.isEmpty() && pieces.getFirst().end <= proven) {
            forgetFirst();
        }
    }

    /** Silence has confirmed on one more connection all that was sent again there. */
    void confirmedAgain() {
        strikes = 0;
        for (Piece piece : pieces) {
            piece.confirmations++;
        }
    }

    /** A connection that had stayed open unused was closed once it had been sent this. */
    void struck() {
        strikes++;
    }

    /** The peer has borne it for a moment, or closes connections that are not used. */
    void excused() {
        strikes = 0;
    }

    /** Forgets what was sent again often enough; returns the number of its messages. */
    long giveUp() {
        long before = messages;
        while (!pieces.isEmpty()
                && (strikes >= STRIKES || pieces.getFirst().confirmations >= CONFIRMATIONS)) {
            forgetFirst();
        }
        if (pieces.isEmpty()) {
            strikes = 0;
        }
        return before - messages;
    }

    /**
     * Sends all of it again, oldest first.
     *
     * @param sending sends frames, and returns where they end in the stream of the connection
     */
    void resend(ToLongFunction<byte[]> sending) {
        for (Piece piece : pieces) {
            piece.end = sending.applyAsLong(piece.frames);
        }
    }

    /** The oldest frames kept; there must be some. */
    byte[] first() {
        return pieces.getFirst().frames;
    }

    /** How many messages are kept. */
    long messages() {
        return messages;
    }

    private void forgetFirst() {
        Piece first = pieces.removeFirst();
        octets -= first.frames.length;
        messages -= first.messages;
    }
}
