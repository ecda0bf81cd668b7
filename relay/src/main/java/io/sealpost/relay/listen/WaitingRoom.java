package io.sealpost.relay.listen;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/**
 * Those sockets of one event loop that have octets for which the lane had no room, in the order in
 * which they met that. Confined to the event loop, but for {@link #onSpace}.
 */
final class WaitingRoom {
    private final EventExecutor eventLoop;
    private final ArrayDeque<Resident> waiting = new ArrayDeque<>();

    WaitingRoom(EventExecutor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** The lane has room again. Called by the spool's writer thread. */
    void onSpace() {
        try {
            eventLoop.execute(this::resume);
        } catch (RejectedExecutionException _) {
            // The event loop has ended, and with it all its sockets.
        }
    }

    void add(Resident resident) {
        waiting.add(resident);
    }

    void remove(Resident resident) {
        waiting.remove(resident);
    }

    /** Whether the lane is known to have no room: reading more now would only need memory. */
    boolean occupied() {
        return !waiting.isEmpty();
    }

    private void resume() {
        Resident first = waiting.peek();
        while (first != null && first.resume()) {
            waiting.remove(first);
            first = waiting.peek();
        }
    }
}
