package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;

/**
 * One connection's life as the forwarder sees it: messages from the queue go out, the cursor
 * follows what is confirmed. Confined to the forwarder's thread.
 */
final class TcpSession {
    /** Longest wait before looking at the connection again. */
    static final Duration LOOK = Duration.ofSeconds(1);

    private static final byte[] NO_STATE = {};

    private final UpstreamQueue queue;
    private final TcpConnection connection;
    private final TcpProgress progress;
    private final Doorbell doorbell;
    private final StopOrder stop;
    private final RunSender sender;
    private final SentPositions positions;
    private SentPositions.Mark settled;

    /** What a session works on. */
    record Surroundings(
            UpstreamQueue queue, TcpProgress progress, Doorbell doorbell, StopOrder stop) {}

    TcpSession(Surroundings around, TcpConnection connection, RunSender sender) {
        queue = around.queue();
        progress = around.progress();
        doorbell = around.doorbell();
        stop = around.stop();
        this.connection = connection;
        this.sender = sender;
        positions = new SentPositions(queue.position());
        settled = positions.last();
    }

    /** Sends until the connection ends or the forwarder is to stop. */
    void run() throws IOException, InterruptedException {
        try {
            PoisonSearch search = progress.search();
            while (connection.isOpen() && !stop.given() && search.cautious()) {
                new CautiousSending(this, search).run();
            }
            while (connection.isOpen() && !finished()) {
                pump();
            }
        } finally {
            sender.discard();
        }
    }

    private void pump() throws IOException, InterruptedException {
        settle();
        if (!connection.hasRoom() || !maySend()) {
            awaitChange();
            return;
        }
        boolean idle = sender.flushed();
        FrameRun run = queue.poll(sender.maxRun(), idle ? idleWait() : Duration.ZERO);
        if (run != null) {
            send(run);
        } else {
            sender.flush();
        }
    }

    /** Not at the stop while a message is under suspicion: what follows it would be lost time. */
    private boolean maySend() {
        return stop.maySend() && !progress.search().cautious();
    }

    private Duration idleWait() {
        return stop.given() ? Duration.ofMillis(10) : LOOK;
    }

    private void awaitChange() throws InterruptedException {
        sender.flush();
        boolean couldSend = connection.hasRoom();
        long confirmed = connection.confirmed();
        var _ =
                doorbell.await(
                        stop.given() ? Duration.ofMillis(10) : LOOK,
                        () ->
                                !connection.isOpen()
                                        || connection.confirmed() != confirmed
                                        || (!couldSend && connection.hasRoom()));
    }

    /** Whether the order to stop is carried out. */
    private boolean finished() {
        if (!stop.given()) {
            return false;
        }
        settle();
        boolean nothingLeft = queue.queued() == 0 || !maySend();
        return stop.over() || (nothingLeft && sender.flushed() && !unconfirmed());
    }

    private void send(FrameRun run) throws IOException {
        long first = run.firstSequence();
        int count = run.count();
        Position end = run.end();
        sender.send(run);
        sent(first, count, end);
    }

    /**
     * Sends the first messages of a run, at the latest with the next flush, and has the queue go on
     * behind them; consumes the run. Returns the octets of these messages in the run.
     */
    int send(FrameRun run, int messages) throws IOException {
        long first = run.firstSequence();
        int length = run.length();
        if (messages == run.count()) {
            send(run);
            return length;
        }
        Position end = run.positionOf(messages);
        int octets = sender.send(run, messages);
        sent(first, messages, end);
        queue.rewind(end);
        return octets;
    }

    private void sent(long first, int count, Position end) {
        positions.sent(sender.octets(), end, count);
        long again = progress.sent(first, count);
        if (again > 0) {
            queue.countResent(again);
        }
    }

    /** Sends a run at once without moving on from here in the queue; consumes it. */
    void sendOutOfTurn(FrameRun run, Position here) throws IOException {
        sender.send(run);
        positions.sent(sender.octets(), here, 0);
        sender.flush();
    }

    /** Hands over all that was sent. */
    void flush() {
        sender.flush();
    }

    /** Moves the cursor to what is confirmed. */
    void settle() {
        SentPositions.Mark reached = positions.reached(connection.confirmed());
        if (reached.octets() != settled.octets()) {
            settled = reached;
            queue.confirm(reached.position(), NO_STATE);
            progress.search().progressed();
        }
        progress.unconfirmed(positions.last().messages() - reached.messages());
    }

    /** Whether anything sent is not confirmed. */
    boolean unconfirmed() {
        return positions.last().octets() != settled.octets();
    }

    /** Whether anything was confirmed on this connection. */
    boolean fruitful() {
        return settled.octets() > 0;
    }

    UpstreamQueue queue() {
        return queue;
    }

    TcpConnection connection() {
        return connection;
    }

    Doorbell doorbell() {
        return doorbell;
    }

    StopOrder stop() {
        return stop;
    }
}
