package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sending in bursts on one connection while a {@link PoisonSearch} goes on; see there for the why.
 * Confined to the forwarder's thread.
 */
final class CautiousSending {
    /** Reason under which an unbearable message is counted. */
    static final String SET_ASIDE = "set-aside";

    private static final Logger LOG = LoggerFactory.getLogger(CautiousSending.class);
    private static final int ONE_MESSAGE = 1;
    private static final Duration SHORTLY = Duration.ofMillis(100);
    private static final Duration GLANCE = Duration.ofMillis(25);

    /** What was sent at a time: the messages from the first up to, and without, the end. */
    private record Burst(long first, long end, int octets) {
        int messages() {
            return (int) (end - first);
        }
    }

    private final TcpSession session;
    private final PoisonSearch search;
    private final Feed queue;
    private final TcpConnection connection;

    CautiousSending(TcpSession session, PoisonSearch search) {
        this.session = session;
        this.search = search;
        queue = session.queue();
        connection = session.connection();
    }

    /** Goes on until the search is over, the connection ends, or the forwarder is to stop. */
    void run() throws IOException, InterruptedException {
        if (!staysOpenUnused()) {
            return;
        }
        resendTail();
        while (search.cautious() && connection.isOpen() && !session.stop().given()) {
            session.settle();
            int octets = search.burst(queue.position().sequence());
            FrameRun run = queue.poll(octets, TcpSession.LOOK);
            if (run == null) {
                search.reached(queue.position().sequence());
            } else if (search.exhausted(run.firstSequence())) {
                judge(run);
            } else {
                burst(run, octets);
            }
        }
    }

    private boolean staysOpenUnused() throws InterruptedException {
        var _ =
                session.doorbell()
                        .await(
                                search.unused(),
                                () -> !connection.isOpen() || session.stop().given());
        if (!connection.isOpen()) {
            search.endedUnused();
            session.tail().excused();
        }
        return connection.isOpen();
    }

    private void resendTail() throws IOException, InterruptedException {
        SilentTail tail = session.tail();
        session.resendTail();
        if (tail.messages() == 0) {
            return;
        }
        session.flush();
        if (passes(PoisonSearch.UNANSWERED)) {
            tail.excused();
        } else if (answeredByClose()) {
            tail.struck();
        }
    }

    /** A server that was silent until the kernel gave it up has answered nothing. */
    private boolean answeredByClose() {
        return !connection.isOpen() && !connection.timedOut();
    }

    /** Sends a burst that begins with this run, and tells the search how the peer took it. */
    private void burst(FrameRun begin, int most) throws IOException, InterruptedException {
        Burst burst = send(begin, most);
        if (passes(search.unanswered(burst.end()))) {
            search.passed(burst.first(), burst.messages(), burst.octets());
        } else if (answeredByClose()) {
            search.closedAt(burst.first(), burst.messages(), burst.octets());
        }
    }

    /** Sends this run, and what follows it as long as that is not more than so many octets. */
    private Burst send(FrameRun begin, int most) throws IOException, InterruptedException {
        long first = begin.firstSequence();
        long end = first;
        int octets = 0;
        FrameRun run = begin;
        while (run != null) {
            long here = run.firstSequence();
            boolean tooMuch = octets + run.length() > most;
            if (here > first && (tooMuch || search.divides(first, here))) {
                putBack(run);
                break;
            }
            int count = run.count();
            int messages = search.limit(here, count);
            octets += session.send(run, messages);
            end = here + messages;
            boolean more = messages == count && octets < most;
            run = more ? queue.poll(most - octets, Duration.ZERO) : null;
        }
        session.flush();
        return new Burst(first, end, octets);
    }

    private void putBack(FrameRun run) throws IOException {
        Position start = run.start();
        run.close();
        queue.rewind(start);
    }

    /** The message that run holds was answered by a close each time: is it the message? */
    private void judge(FrameRun run) throws IOException, InterruptedException {
        long sequence = run.firstSequence();
        int length = run.length();
        Position here = run.start();
        run.close();
        FrameRun substitute = substitute();
        queue.rewind(here);
        if (substitute != null) {
            session.sendOutOfTurn(substitute, here);
            if (passes(PoisonSearch.LONG_UNANSWERED)) {
                setAside(sequence, length, here);
            } else if (answeredByClose()) {
                search.substituteClosed();
            }
        } else if (search.othersTaken()) {
            setAside(sequence, length, here);
        } else {
            search.undecided();
            FrameRun again = queue.poll(ONE_MESSAGE, SHORTLY);
            if (again != null) {
                burst(again, ONE_MESSAGE);
            }
        }
    }

    /** One of the messages from here on, the nearer if there are not as many; null if none. */
    private @Nullable FrameRun substitute() throws IOException, InterruptedException {
        FrameRun found = null;
        for (int i = 0; i < search.substitute(); i++) {
            FrameRun next = queue.poll(ONE_MESSAGE, SHORTLY);
            if (next == null) {
                return found;
            }
            if (found != null) {
                found.close();
            }
            found = next;
        }
        return found;
    }

    private void setAside(long sequence, int length, Position here) throws IOException {
        LOG.error(
                "upstream {}: message {} ({} octets) set aside: the server closed the connection"
                        + " after it {} times, and took others; it is not sent again",
                queue.name(),
                queue.number(sequence),
                length,
                search.strikes());
        queue.setAside(here, SET_ASIDE);
        queue.rewind(here);
        search.setAside();
    }

    /**
     * Waits until all that was sent is confirmed, or acknowledged and not answered for this long;
     * false if the connection ended or is to end.
     */
    private boolean passes(Duration unanswered) throws IOException, InterruptedException {
        long sent = connection.handed();
        while (connection.isOpen() && !session.stop().given()) {
            if (connection.confirmed() >= sent || connection.unanswered(unanswered)) {
                session.settle();
                return true;
            }
            var _ =
                    session.doorbell()
                            .await(
                                    GLANCE,
                                    () ->
                                            connection.confirmed() >= sent
                                                    || !connection.isOpen()
                                                    || session.stop().given());
        }
        return false;
    }
}
