package io.sealpost.relay.listen;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Those connections of one event loop that have messages which are not durable yet. Confined to the
 * event loop, but for {@link #onSynced}.
 */
final class SyncRoom {
    private final EventExecutor eventLoop;
    private List<RelpConnection> waiting = new ArrayList<>();
    private List<RelpConnection> called = new ArrayList<>();

    SyncRoom(EventExecutor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** The lane is durable further than before. Called by the spool's writer thread. */
    void onSynced() {
        try {
            eventLoop.execute(this::acknowledge);
        } catch (RejectedExecutionException _) {
            // The event loop has ended, and with it all its connections.
        }
    }

    /** It stays until it has nothing left to acknowledge. */
    void add(RelpConnection connection) {
        waiting.add(connection);
    }

    private void acknowledge() {
        List<RelpConnection> now = waiting;
        waiting = called;
        called = now;
        for (RelpConnection connection : now) {
            if (!connection.acknowledge()) {
                waiting.add(connection);
            }
        }
        now.clear();
    }
}
