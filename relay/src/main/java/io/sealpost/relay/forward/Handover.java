package io.sealpost.relay.forward;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a connection that ended leaves the {@linkplain SilentTail messages in doubt}, for the next
 * that can send them again: its own successor, or another connection of the same upstream.
 * Thread-safe.
 */
final class Handover {
    private final ArrayDeque<SilentTail.Piece> pieces = new ArrayDeque<>();

    /** Whether something waits; volatile because sessions look before each message. */
    private volatile boolean waiting;

    synchronized void leave(List<SilentTail.Piece> left) {
        pieces.addAll(left);
        waiting = !pieces.isEmpty();
    }

    boolean waiting() {
        return waiting;
    }

    synchronized List<SilentTail.Piece> take() {
        List<SilentTail.Piece> taken = new ArrayList<>(pieces);
        pieces.clear();
        waiting = false;
        return taken;
    }
}
