package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's life as the forwarder sees it: messages from the queue go out, the cursor
 * follows what is confirmed. Confined to the forwarder's thread.
 */
final class TcpSession implements Session {
    /** Longest wait before looking at the connection again. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** How long a peer may take to end a connection that we have ended. */
    private static final Duration PROOF = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(TcpSession.class);
    private static final byte[] NO_STATE = {};
    private static final byte[] NOTHING = {};

    /** Octets of the tail that are kept, and forgotten, together. */
    private static final int TAIL_PIECE = 16 * 1024;

    private final Feed queue;
    private final TcpConnection connection;
    private final TcpProgress progress;
    private final SilentTail tail;
    private final Handover handover;
    private final Doorbell doorbell;
    private final StopOrder stop;
    private final RunSender sender;
    private final SentPositions positions;
    private final NanoClock clock;
    private final Doubt doubt;
    private SentPositions.Mark settled;
    private long trusted;
    private boolean tailSent;
    private boolean nothingLeft;

    /** Whether our writing is ended. The peer's FIN then proves that it has read everything. */
    private boolean farewell;

    /** Whether we end the connection for the sake of that proof. */
    private boolean asked;

    /** What the peer has read for certain, by the way the connection ended. */
    private enum Read {
        /** All that was sent. */
        EVERYTHING,
        /** What counts as delivered, though some of it was only trusted to be. */
        WHAT_IS_SETTLED,
        /** No more than was proven before. */
        UNKNOWN
    }

    /** What a session works on. */
    record Surroundings(
            Feed queue,
            TcpProgress progress,
            Handover handover,
            Doorbell doorbell,
            StopOrder stop) {}

    TcpSession(Surroundings around, TcpConnection connection, RunSender sender, NanoClock clock) {
        queue = around.queue();
        progress = around.progress();
        tail = progress.tail();
        handover = around.handover();
        doorbell = around.doorbell();
        stop = around.stop();
        this.connection = connection;
        this.sender = sender;
        this.clock = clock;
        doubt = new Doubt(clock.nanos());
        positions = new SentPositions(queue.position());
        settled = positions.last();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        try {
            PoisonSearch search = progress.search();
            while (connection.isOpen() && !stop.given() && search.cautious()) {
                new CautiousSending(this, search).run();
            }
            if (connection.isOpen() && maySend()) {
                resendTail();
            }
            while (connection.isOpen() && !finished()) {
                pump();
            }
            end();
        } finally {
            sender.discard();
        }
    }

    private void pump() throws IOException, InterruptedException {
        settle();
        boolean stuck = unconfirmed() && sender.flushed();
        if (!stop.given() && ((stuck && connection.unanswered(progress.patience())) || doubted())) {
            askForProof();
        }
        if (farewell || !connection.hasRoom() || !maySend()) {
            awaitChange();
            return;
        }
        if (handover.waiting()) {
            adopt();
        }
        boolean idle = sender.flushed();
        FrameRun run = queue.poll(sender.maxRun(), idle ? idleWait() : Duration.ZERO);
        if (run != null) {
            send(run);
        } else {
            sender.flush();
        }
        nothingLeft = run == null;
    }

    private boolean doubted() {
        return doubt.unbearable(
                clock.nanos(), sender.octets(), connection.proven(), progress.impatience());
    }

    /**
     * The peer has everything, or will have it, and its window does not say whether it has read it.
     * Only the end of the connection can tell: an orderly one proves it.
     */
    private void askForProof() {
        progress.impatient();
        LOG.debug(
                "upstream {}: the connection is made anew to find out whether the last messages were"
                        + " read",
                queue.name());
        asked = true;
        stop.giveNow(PROOF);
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

    /** Whether the order to stop is carried out. Silence does not do for that: ask the peer. */
    private boolean finished() throws IOException, InterruptedException {
        if (!stop.given()) {
            return false;
        }
        settle();
        boolean allSent = (nothingLeft || !maySend()) && sender.flushed();
        boolean unproven = unconfirmed() || tail.messages() > 0;
        if (allSent && unproven && !farewell && connection.unanswered(PoisonSearch.UNANSWERED)) {
            farewell = true;
            connection.endWriting();
        }
        return stop.over() || (allSent && !unproven);
    }

    /** Takes in what the end of the connection says. */
    private void end() throws IOException, InterruptedException {
        settle();
        tail.ended(!stop.given());
        if (!connection.endedByPeer()) {
            tellUnproven();
            return;
        }
        Read read = read();
        if (read == Read.EVERYTHING) {
            confirm(positions.last());
            progress.unconfirmed(0);
            progress.calm();
        }
        if (read != Read.UNKNOWN && tailSent) {
            tail.forget(settled.octets());
        }
    }

    /** What the orderly end proves. The peer is asked only where its answer makes a difference. */
    private Read read() throws IOException, InterruptedException {
        if (farewell && doorbell.await(PeerClose.ANSWER, connection::endedByFin)) {
            return Read.EVERYTHING;
        }
        Read ifClosed = readIfClosed();
        return ifClosed == Read.UNKNOWN || peerHasClosed() ? ifClosed : Read.UNKNOWN;
    }

    /** What it proves if the peer has closed the connection, and not only ended its writing. */
    private Read readIfClosed() {
        if (!tailSent) {
            return Read.UNKNOWN;
        }
        if (unprovoked() && unconfirmed()) {
            return Read.EVERYTHING;
        }
        return fruitful() && tail.messages() > 0 ? Read.WHAT_IS_SETTLED : Read.UNKNOWN;
    }

    /** Whether it ended, but not in answer to a message, so that it takes none for unbearable. */
    private boolean unprovoked() {
        return sender.flushed() && connection.unanswered(PoisonSearch.LONG_UNANSWERED);
    }

    private void tellUnproven() {
        if (asked) {
            LOG.warn(
                    "upstream {}: the server did not answer the end of the connection by its own within"
                            + " {} s, so it may hang; {} messages that it may not have read are sent"
                            + " again",
                    queue.name(),
                    PROOF.toSeconds(),
                    positions.last().messages() - settled.messages() + tail.messages());
        }
    }

    private boolean peerHasClosed() throws IOException, InterruptedException {
        byte[] question = tail.messages() > 0 ? tail.first() : firstUnconfirmed();
        return question.length > 0
                && new PeerClose(connection, sender, queue, doorbell).certain(question);
    }

    /** Empty if the spool has dropped it meanwhile. */
    private byte[] firstUnconfirmed() throws IOException, InterruptedException {
        Position here = queue.position();
        queue.rewind(settled.position());
        FrameRun run = queue.poll(TAIL_PIECE, Duration.ZERO);
        byte[] frames = run == null ? NOTHING : sender.copy(run, 1);
        readOnTo(here);
        return frames;
    }

    /** Passes over what was read before. */
    private void readOnTo(Position place) throws IOException, InterruptedException {
        while (queue.position().sequence() < place.sequence()) {
            FrameRun run = queue.poll(RunSender.MAX_RUN, Duration.ZERO);
            if (run == null) {
                break;
            }
            run.close();
        }
        queue.rewind(place);
    }

    /** Sends again, before anything else, what the last connection left in doubt. */
    void resendTail() {
        if (tailSent) {
            return;
        }
        tailSent = true;
        tail.take(handover.take());
        long givenUp = tail.giveUp();
        if (givenUp > 0) {
            LOG.warn(
                    "upstream {}: {} messages were sent again and again because each connection broke"
                            + " after them; they count as delivered and are not sent again",
                    queue.name(),
                    givenUp);
        }
        if (tail.messages() > 0) {
            tail.resend(this::resend);
            resent(tail.messages());
        }
    }

    /** The same in the midst of the connection, for what another one has left. */
    private void adopt() {
        long before = tail.messages();
        tail.adopt(handover.take(), this::resend);
        resent(tail.messages() - before);
    }

    private long resend(byte[] frames) {
        sender.send(frames);
        return sender.octets();
    }

    private void resent(long messages) {
        positions.sent(sender.octets(), positions.last().position(), messages);
        queue.countResent(messages);
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

    /** Moves the cursor to what is confirmed, and keeps what is not proven. */
    void settle() throws IOException, InterruptedException {
        long proven = connection.proven();
        tail.forget(proven);
        if (confirm(positions.reached(proven))) {
            progress.calm();
        }
        if (!farewell) {
            trust(connection.confirmed());
        }
        progress.unconfirmed(positions.last().messages() - settled.messages());
    }

    private void trust(long upTo) throws IOException, InterruptedException {
        if (upTo > trusted) {
            trusted = upTo;
            tail.confirmed(upTo);
        }
        SentPositions.Mark mark = positions.reached(Math.min(upTo, settled.octets() + tail.room()));
        if (mark.octets() != settled.octets()) {
            keep(mark);
            confirm(mark);
        }
    }

    private boolean confirm(SentPositions.Mark reached) {
        if (reached.octets() == settled.octets()) {
            return false;
        }
        settled = reached;
        queue.confirm(reached.position(), NO_STATE);
        progress.search().progressed();
        return true;
    }

    /** Reads what lies between the cursor and this mark once more, and comes back. */
    private void keep(SentPositions.Mark mark) throws IOException, InterruptedException {
        long end = mark.position().sequence();
        Position here = queue.position();
        queue.rewind(settled.position());
        while (queue.position().sequence() < end) {
            FrameRun run = queue.poll(TAIL_PIECE, Duration.ZERO);
            if (run == null) {
                break;
            }
            int count = Math.clamp(end - run.firstSequence(), 0, run.count());
            if (count > 0) {
                tail.keep(sender.copy(run, count), count, mark.octets());
            } else {
                run.close();
            }
        }
        readOnTo(here);
    }

    @Override
    public boolean unconfirmed() {
        return positions.last().octets() != settled.octets();
    }

    @Override
    public boolean fruitful() {
        return settled.octets() > 0;
    }

    @Override
    public String reason() {
        return "";
    }

    SilentTail tail() {
        return tail;
    }

    Feed queue() {
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
