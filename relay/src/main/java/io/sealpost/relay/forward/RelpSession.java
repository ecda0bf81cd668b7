package io.sealpost.relay.forward;

import io.sealpost.protocol.relp.RelpClientSession;
import io.sealpost.protocol.relp.RelpClientSession.Step;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One RELP session as the forwarder sees it: messages go out as far as the window allows, the
 * cursor follows the acknowledgements. Confined to the forwarder's thread.
 */
final class RelpSession implements Session {
    /**
     * Reason under which a message is counted that the server refuses, with 500, again and again.
     */
    static final String REFUSED = "refused";

    /** How often a message is sent to a server that refuses it. */
    static final int TRIES = 3;

    /** Octets that may be under way, unless a single message is longer. */
    static final int MAX_UNDER_WAY = 4 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RelpSession.class);
    private static final byte[] NO_STATE = {};
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SHORTLY = Duration.ofMillis(10);

    /** How long an answer to our close is waited for. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private static final int MAX_RUN = 64 * 1024;
    private static final int ONE_MESSAGE = 1;

    private final Feed queue;
    private final TcpProgress progress;
    private final Doorbell doorbell;
    private final StopOrder stop;
    private final TcpConnection connection;
    private final Protocol.Relp settings;
    private final NanoClock clock;
    private final RelpClientSession session;
    private final RelpWindow window;
    private final Numbering numbering;
    private final RelpOutbox outbox;
    private final byte[] in;
    private int inLength;

    /** Indexes of messages that were refused and are not yet settled otherwise. */
    private final TreeSet<Long> refused = new TreeSet<>();

    /**
     * Those of them that the session counts as settled, and their repetitions that were refused.
     */
    private final Set<Long> aside = new HashSet<>();

    private boolean fruitful;
    private long progressedAt;
    private boolean nothingLeft;
    private boolean over;
    private String reason = "";

    RelpSession(
            TcpSession.Surroundings around,
            TcpConnection connection,
            FrameRewriter rewriter,
            Protocol.Relp settings,
            NanoClock clock) {
        queue = around.queue();
        progress = around.progress();
        doorbell = around.doorbell();
        stop = around.stop();
        this.connection = connection;
        this.settings = settings;
        this.clock = clock;
        session = new RelpClientSession(settings.software(), settings.window());
        outbox = new RelpOutbox(session, connection);
        window = new RelpWindow(rewriter);
        numbering = new Numbering(queue, progress);
        in = new byte[session.maxRest() + MAX_RUN];
    }

    @Override
    public void run() throws IOException, InterruptedException {
        try {
            session.open(numbering.offer());
            outbox.say();
            progressedAt = clock.nanos();
            while (alive() && !session.ready() && !stop.over()) {
                await(LOOK);
            }
            PoisonSearch search = progress.search();
            while (alive()
                    && session.ready()
                    && search.cautious()
                    && !stop.given()
                    && !numbering.broken()) {
                cautiously(search);
            }
            while (alive() && session.ready() && !finished()) {
                pump();
            }
            farewell();
        } finally {
            note();
        }
    }

    private boolean alive() {
        boolean late =
                (session.unanswered() > 0 || !session.opened())
                        && clock.nanos() - progressedAt > settings.patience().toNanos();
        if (late && reason.isEmpty()) {
            over = true;
            reason = "nothing acknowledged for %d s".formatted(settings.patience().toSeconds());
        }
        return !over && (connection.isOpen() || !connection.inbound().isEmpty());
    }

    private void pump() throws IOException, InterruptedException {
        receive();
        if (over) {
            return; // there is no room in the window of a session that has ended, nor will there be
        }
        if (!refused.isEmpty()) {
            resolveRefused();
            return;
        }
        if (window.pending() == 0 && hasRoom()) {
            boolean idle = outbox.isEmpty();
            take(MAX_RUN, idle ? (stop.given() ? SHORTLY : LOOK) : Duration.ZERO);
        }
        boolean sent = false;
        while (window.pending() > 0 && hasRoom()) {
            send();
            sent = true;
        }
        if (!sent) {
            outbox.flush();
            if (window.pending() > 0 || !hasRoom()) {
                await(LOOK);
            }
        }
    }

    private boolean hasRoom() {
        boolean octets = window.underWay() < MAX_UNDER_WAY;
        return session.roomInWindow() > 0 && octets && connection.hasRoom() && maySend();
    }

    private boolean maySend() {
        return stop.maySend() && !progress.search().cautious() && !numbering.broken();
    }

    /** Takes the next messages of the queue. */
    private void take(int octets, Duration wait) throws IOException, InterruptedException {
        NavigableSet<Long> known = progress.acknowledged();
        FrameRun run = queue.poll(known.isEmpty() ? octets : ONE_MESSAGE, wait);
        nothingLeft = run == null;
        if (run == null) {
            return;
        }
        if (known.remove(run.firstSequence())) {
            window.pass(run);
            confirm();
            return;
        }
        if (!known.isEmpty() && known.last() < run.firstSequence()) {
            known.clear(); // dropped meanwhile
        }
        if (session.numbered() && !numbering.follows(run)) {
            run.close();
            return;
        }
        window.add(run);
    }

    private void send() {
        RelpWindow.Message message = window.next(session.sent());
        if (session.unanswered() == 0) {
            progressedAt = clock.nanos();
        }
        outbox.add(message);
        long again = progress.sent(message.sequence(), 1);
        if (again > 0) {
            queue.countResent(again);
        }
    }

    private void await(Duration atMost) throws InterruptedException {
        boolean room = connection.hasRoom();
        boolean stopping = stop.given();
        var _ =
                doorbell.await(
                        stopping ? SHORTLY : atMost,
                        () ->
                                !connection.isOpen()
                                        || !connection.inbound().isEmpty()
                                        || (!room && connection.hasRoom())
                                        || stopping != stop.given());
        receive();
    }

    /** Takes in what the server has answered. */
    private void receive() {
        Inbound inbound = connection.inbound();
        int count = inbound.read(in, inLength);
        boolean answered = false;
        while (count > 0 && !over) {
            inLength += count;
            int from = 0;
            Step step;
            do {
                step = session.next(in, from, inLength);
                from = session.consumedTo();
                took(step);
                answered |= step == Step.ACKED || step == Step.REFUSED;
            } while (!over && step != Step.NEED_MORE);
            inLength -= from;
            System.arraycopy(in, from, in, 0, inLength);
            count = inbound.read(in, inLength);
        }
        if (answered) {
            progressedAt = clock.nanos(); // the clock is not asked for each answer
        }
        confirm();
    }

    private void took(Step step) {
        switch (step) {
            case NEED_MORE, ACKED -> {}
            case REFUSED -> {
                boolean _ = refused.add(session.refused());
            }
            case SERVERCLOSE -> ended("the server ended the session (serverclose)");
            case CLOSED -> over = true;
            case FAILED -> ended("no good RELP: " + session.problem());
        }
    }

    private void ended(String why) {
        over = true;
        if (reason.isEmpty()) {
            reason = why;
        }
    }

    /** The cursor follows the acknowledgements up to the first gap. */
    private void confirm() {
        long upTo = refused.isEmpty() ? session.acknowledged() : refused.first();
        Position reached = window.acknowledged(Math.min(upTo, session.acknowledged()));
        if (reached != null) {
            queue.confirm(reached, NO_STATE);
            progress.search().progressed();
            fruitful = true;
        }
        progress.unconfirmed(session.unanswered() + refused.size());
    }

    /**
     * Once all others are answered, sends what was refused again, one by one, and sets aside what
     * stays refused. So its neighbours are neither lost nor sent twice.
     */
    private void resolveRefused() throws InterruptedException {
        awaitAnswers();
        while (alive() && !refused.isEmpty() && !stop.over()) {
            long index = refused.first();
            RelpWindow.Message message = window.at(index);
            if (!aside.contains(index)) {
                aside(index); // makes room in the window; the cursor waits for it all the same
            }
            int tries = progress.refusals().merge(message.sequence(), 1, Integer::sum);
            if (tries >= TRIES) {
                giveUp(message, tries);
                settled(index, message);
            } else if (acknowledgedAgain(message)) {
                settled(index, message);
            }
        }
    }

    private void awaitAnswers() throws InterruptedException {
        outbox.flush();
        while (alive() && session.unanswered() > 0 && !stop.over()) {
            await(LOOK);
        }
    }

    private void settled(long index, RelpWindow.Message message) {
        progress.refusals().remove(message.sequence());
        boolean _ = refused.remove(index);
        confirm();
    }

    private void giveUp(RelpWindow.Message message, int tries) {
        LOG.error(
                "upstream {}: message {} ({} octets) set aside: the server refused it {} times, at"
                        + " last with \"{}\"; it is not sent again",
                queue.name(),
                queue.number(message.sequence()),
                message.length(),
                tries,
                session.problem());
        queue.setAside(message.position(), REFUSED);
    }

    private boolean acknowledgedAgain(RelpWindow.Message message) throws InterruptedException {
        long repeated = session.sent();
        window.repeat(message, repeated);
        queue.countResent(1);
        progressedAt = clock.nanos();
        outbox.add(message);
        awaitAnswers();
        if (refused.remove(repeated)) {
            aside(repeated);
            return false;
        }
        return session.isSettled(repeated);
    }

    private void aside(long index) {
        session.setAside(index);
        boolean _ = aside.add(index);
    }

    /** One message at a time; see {@link PoisonSearch} for the why. */
    private void cautiously(PoisonSearch search) throws IOException, InterruptedException {
        var _ = doorbell.await(search.unused(), () -> !connection.isOpen() || stop.given());
        receive();
        if (!alive()) {
            search.endedUnused();
            return;
        }
        while (search.cautious() && alive() && !stop.given() && !numbering.broken()) {
            take(ONE_MESSAGE, LOOK);
            if (window.pending() == 0 && !numbering.broken()) {
                search.reached(queue.position().sequence());
            } else if (window.pending() > 0) {
                alone(search);
            }
        }
    }

    private void alone(PoisonSearch search) throws InterruptedException {
        RelpWindow.Message message = window.peek();
        long sequence = message.sequence();
        if (search.exhausted(sequence)) {
            if (search.othersTaken()) {
                setAside(search, message);
                return;
            }
            search.undecided();
        }
        send();
        outbox.flush();
        while (alive() && session.unanswered() > 0 && !stop.over()) {
            await(LOOK);
        }
        if (session.unanswered() == 0) {
            search.passed(sequence, 1, message.length());
            resolveRefused();
        } else if (!alive()) {
            search.closedAt(sequence, 1, message.length());
        }
    }

    private void setAside(PoisonSearch search, RelpWindow.Message message) {
        LOG.error(
                "upstream {}: message {} ({} octets) set aside: the server ended the session after"
                        + " it {} times, and took others; it is not sent again",
                queue.name(),
                queue.number(message.sequence()),
                message.length(),
                search.strikes());
        queue.setAside(message.position(), CautiousSending.SET_ASIDE);
        window.passPending();
        confirm();
        search.setAside();
        if (session.numbered()) {
            numbering.leaveOut();
        }
    }

    /** Whether the order to stop is carried out, or no number is left for a message. */
    private boolean finished() {
        if (numbering.broken()) {
            reason = "a message is left out, which takes another session";
            return session.unanswered() == 0;
        }
        if (session.exhausted()) {
            reason = "its numbers are used up";
            return session.unanswered() == 0;
        }
        if (!stop.given()) {
            return false;
        }
        boolean allSent = (nothingLeft && window.pending() == 0) || !maySend();
        return stop.over() || (allSent && session.unanswered() == 0 && refused.isEmpty());
    }

    private void farewell() throws InterruptedException {
        if (over || !connection.isOpen() || !session.opened()) {
            return;
        }
        session.close();
        outbox.say();
        long until = clock.nanos() + FAREWELL.toNanos();
        while (!over && connection.isOpen() && clock.nanos() - until < 0 && !stop.over()) {
            await(SHORTLY);
        }
    }

    /** What is acknowledged behind a gap need not be sent again on the next connection. */
    private void note() {
        receive();
        long first = refused.isEmpty() ? session.acknowledged() : refused.first();
        for (long index = first; index < session.sent(); index++) {
            if (session.isSettled(index) && !aside.contains(index)) {
                boolean _ = progress.acknowledged().add(window.at(index).sequence());
            }
        }
    }

    @Override
    public boolean unconfirmed() {
        return session.unanswered() > 0 || !refused.isEmpty();
    }

    @Override
    public boolean fruitful() {
        return fruitful;
    }

    @Override
    public String reason() {
        return reason;
    }
}
