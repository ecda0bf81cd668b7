package io.sealpost.relay.forward;

import io.sealpost.relay.forward.OpenFiles.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is to be written next: text in the order of the messages, and to which file each piece goes.
 * Confined to the forwarder's thread.
 */
final class Outgoing {
    /** Written at a time, unless a single message is longer. */
    private static final int CAPACITY = 1024 * 1024;

    /** Takes a file's text. */
    interface Writer {
        void write(Target target, byte[] octets, int count) throws IOException;
    }

    private byte[] octets = new byte[CAPACITY];
    private int length;
    private byte[] ofOne = new byte[0];
    private Target[] pieceTarget = new Target[64];
    private int[] pieceEnd = new int[64];
    private int pieces;
    private final Set<Target> targets = new LinkedHashSet<>();

    boolean isEmpty() {
        return length == 0;
    }

    boolean hasRoom(int most) {
        return octets.length - length >= most;
    }

    /** The array to write the next text to, at {@link #length}, with room for this many octets. */
    byte[] room(int most) {
        if (length == 0 && octets.length < most) {
            octets = new byte[most];
        }
        return octets;
    }

    int length() {
        return length;
    }

    /** Takes in the text just written. */
    void add(Target target, int count) {
        length += count;
        if (pieces > 0 && pieceTarget[pieces - 1] == target) {
            pieceEnd[pieces - 1] = length;
            return;
        }
        if (pieces == pieceTarget.length) {
            pieceTarget = Arrays.copyOf(pieceTarget, 2 * pieces);
            pieceEnd = Arrays.copyOf(pieceEnd, 2 * pieces);
        }
        pieceTarget[pieces] = target;
        pieceEnd[pieces++] = length;
        targets.add(target);
    }

    /** The files that get something. */
    Collection<Target> targets() {
        return targets;
    }

    /** Hands out the text, all of a file's together, and is empty then. */
    void writeTo(Writer writer) throws IOException {
        if (pieces == 1) {
            writer.write(pieceTarget[0], octets, length);
        } else {
            for (Target target : targets) {
                int count = gather(target);
                writer.write(target, ofOne, count);
            }
        }
        clear();
    }

    private int gather(Target target) {
        if (ofOne.length < length) {
            ofOne = new byte[octets.length];
        }
        int gathered = 0;
        int from = 0;
        for (int piece = 0; piece < pieces; piece++) {
            if (pieceTarget[piece] == target) {
                int count = pieceEnd[piece] - from;
                System.arraycopy(octets, from, ofOne, gathered, count);
                gathered += count;
            }
            from = pieceEnd[piece];
        }
        return gathered;
    }

    void clear() {
        length = 0;
        Arrays.fill(pieceTarget, 0, pieces, null);
        pieces = 0;
        targets.clear();
    }
}
