package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;

/**
 * The queue's cursor with the state of the file it speaks of, always made durable together.
 * Confined to the forwarder's thread.
 */
final class ArchiveCursor {
    private final UpstreamQueue queue;
    private final Layout layout;
    private boolean noted;
    private boolean distrusted;

    ArchiveCursor(UpstreamQueue queue, Layout layout) {
        this.queue = queue;
        this.layout = layout;
    }

    /** Makes durable where the next octet will go. */
    void note(ArchiveFile target) throws IOException {
        noted = false;
        confirm(queue.confirmed(), target);
        noted = true;
    }

    /** Whether the last note is durable. */
    boolean noted() {
        return noted;
    }

    /** Moves to a position; what lies before it is in this file, synced, or in files before it. */
    void confirm(Position upTo, ArchiveFile target) throws IOException {
        queue.confirm(upTo, target.state(upTo.sequence(), layout).encode());
        queue.persist();
    }

    /** Syncs the file. If that fails, what the file seems to hold is not trusted any more. */
    void sync(ArchiveFile target) throws IOException {
        distrusted = true;
        target.sync();
        distrusted = false;
    }

    /** Whether a sync has failed: then what reads well need not be on the disk. */
    boolean distrusted() {
        return distrusted;
    }

    /** The file was checked since. */
    void trust() {
        distrusted = false;
    }
}
