package io.sealpost.relay.forward;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The newest messages that count as delivered though nothing proves it, kept in memory to be sent
 * again should their connection end badly. Confined to the forwarder's thread.
 */
final class SilentTail {
    /*
     * What a peer's process has not read need not show in its window. If it hangs, the messages of
     * the time before a silence, or of a trickle, are trusted to be read and the spool may free them;
     * when the process is then killed, they are gone. So they are kept here until something better is
     * known of them: the rule proves that they were read, or the peer closes by a FIN (PeerClose).
     * After any other end they go out again, before everything else, on the next connection, and stay
     * here until something better is known of them there. When it is full, nothing more is trusted:
     * the rest waits in the spool.
     *
     * A peer that ends every quiet connection by RST, read or not, would be sent the same messages
     * for ever; so it must do that after they were trusted on CONFIRMATIONS connections. A connection
     * that ends before that counts for nothing: a flapping peer shall not cost messages. Nor does one
     * that we ended because the peer did not prove anything: it may hang. But a peer that always
     * chokes on them must not block the rest: they are given up when STRIKES connections in a row
     * stayed open unused, as in PoisonSearch, and were closed once they had them. Of several servers
     * each has its own count: what breaks at both proves nothing about either.
     */

    /** Octets above which nothing more is taken. */
    static final int MAX_OCTETS = 1024 * 1024;

    /** On how many connections a message may be trusted to be read. */
    static final int CONFIRMATIONS = 4;

    /** How many connections may be closed in answer to it. */
    static final int STRIKES = PoisonSearch.TRIES;

    /** Whole frames. */
    static final class Piece {
        final byte[] frames;
        final int messages;
        final Map<Server, Integer> confirmations = new HashMap<>();

        /** Where the frames end in the stream of the present connection, at the latest. */
        long end;

        /** Whether it was sent on the present connection, and is yet to be trusted there. */
        boolean again;

        /** Whether it was trusted on the present connection. */
        boolean trusted;

        Piece(byte[] frames, int messages, long end) {
            this.frames = frames;
            this.messages = messages;
            this.end = end;
        }

        void count(Server server) {
            if (trusted) {
                confirmations.merge(server, 1, Integer::sum);
            }
            trusted = false;
        }

        boolean confirmedOften() {
            return confirmations.values().stream().anyMatch(times -> times >= CONFIRMATIONS);
        }
    }

    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private long octets;
    private long messages;
    private Server server;

    /** In a row, of each server. */
    private final Map<Server, Integer> strikes = new HashMap<>();

    /** Nothing kept yet, while this server has the connection. */
    SilentTail(Server server) {
        this.server = server;
    }

    /** From now on it is this server that confirms, and strikes. */
    void server(Server next) {
        server = next;
    }

    /** Keeps whole frames that end here, at the latest, in the stream of the connection. */
    void keep(byte[] frames, int count, long end) {
        Piece piece = new Piece(frames, count, end);
        piece.trusted = true;
        add(piece);
    }

    /** Octets that may still be kept. */
    long room() {
        return Math.max(0, MAX_OCTETS - octets);
    }

    private void add(Piece piece) {
        pieces.addLast(piece);
        octets += piece.frames.length;
        messages += piece.messages;
    }

    /** Forgets what ends at or before this octet of the connection: it was read. */
    void forget(long proven) {
        while (!pieces.isEmpty() && pieces.getFirst().end <= proven) {
            forgetFirst();
        }
    }

    /** This much of the present connection is trusted to be read. */
    void confirmed(long upTo) {
        for (Piece piece : pieces) {
            if (piece.again && piece.end <= upTo) {
                piece.again = false;
                piece.trusted = true;
                excused();
            }
        }
    }

    /**
     * The connection has ended.
     *
     * @param byPeer whether that counts against what was trusted on it
     */
    void ended(boolean byPeer) {
        for (Piece piece : pieces) {
            piece.trusted &= byPeer;
            piece.count(server);
        }
    }

    /** A connection that had stayed open unused was closed once it had been sent this. */
    void struck() {
        strikes.merge(server, 1, Integer::sum);
    }

    /** The peer has borne it for a moment, or closes connections that are not used. */
    void excused() {
        strikes.remove(server);
    }

    /** Forgets what was sent again often enough; returns the number of its messages. */
    long giveUp() {
        long before = messages;
        boolean unbearable = strikes.values().stream().anyMatch(times -> times >= STRIKES);
        while (!pieces.isEmpty() && (unbearable || pieces.getFirst().confirmedOften())) {
            forgetFirst();
        }
        if (pieces.isEmpty()) {
            strikes.clear();
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
            resend(piece, sending);
        }
    }

    private static void resend(Piece piece, ToLongFunction<byte[]> sending) {
        piece.end = sending.applyAsLong(piece.frames);
        piece.again = true;
    }

    /** Keeps what another connection left; oldest first. */
    void take(List<Piece> left) {
        left.forEach(this::add);
    }

    /** The same on a connection that is in use: sends it again at once. */
    void adopt(List<Piece> left, ToLongFunction<byte[]> sending) {
        for (Piece piece : left) {
            resend(piece, sending);
            add(piece);
        }
    }

    /** Hands all of it over. */
    List<Piece> leave() {
        List<Piece> left = List.copyOf(pieces);
        pieces.clear();
        octets = 0;
        messages = 0;
        return left;
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
