package io.sealpost.relay.listen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether a new session begins with what lost ones of its client had sent already. Confined to the
 * connection's event loop.
 */
/*
 * A client sends again all it has no acknowledgement for, in order, before anything new. So what is
 * sent again is the end of a lost session, from some message on and without a gap, and it stands at
 * the beginning of the new one. Each place of a lost session where the first message occurs is a
 * Match; those that go on as the new session does stay. Only when one has reached the end of its
 * session, or has gone on for PROVEN messages, is it certain; until then messages are HELD.
 *
 * A client may say the same thing many times and mean it each time. So a match counts only if one of
 * its messages occurs once in the lost session. What cannot be told apart is stored, for a message
 * twice is less bad than none.
 */
final class RepeatSearch {
    /** So many messages in a row are no chance. */
    static final int PROVEN = 16;

    /** So many are held at most. */
    static final int MAX_HELD = 64;

    enum Answer {
        /** This message, and all that were held, are new. */
        NEW,
        /** Not known yet. */
        HELD,
        /** This message, and all that were held, were sent before. */
        REPEATED
    }

    private static final class Match {
        final LostSession session;
        final int start;
        int next;

        Match(LostSession session, int start) {
            this.session = session;
            this.start = start;
            next = start + 1;
        }

        boolean atEnd() {
            return next == session.length();
        }

        boolean certain() {
            return session.hasUnique(start, next);
        }
    }

    private final List<LostSession> sessions;
    private final Consumer<LostSession> finished;
    private final List<Match> matches = new ArrayList<>();
    private int looked;
    private boolean proven;
    private boolean over;

    /**
     * A search before the first message of a new session.
     *
     * @param sessions lost ones
     * @param finished is told of one that was sent again to its end
     */
    RepeatSearch(List<LostSession> sessions, Consumer<LostSession> finished) {
        this.sessions = sessions;
        this.finished = finished;
        over = sessions.isEmpty();
    }

    /** Looks at the next message. */
    Answer next(long hash) {
        if (over) {
            return Answer.NEW;
        }
        looked++;
        if (looked > 1) {
            goOn(hash);
        } else {
            begin(hash);
        }
        for (Match match : matches) {
            if (match.atEnd() && (proven || match.certain())) {
                over = true;
                finished.accept(match.session);
                return Answer.REPEATED;
            }
        }
        matches.removeIf(Match::atEnd);
        if (matches.isEmpty() || (looked > MAX_HELD && !proven)) {
            over = true;
            return Answer.NEW;
        }
        Match first = matches.getFirst();
        proven |= matches.size() == 1 && first.next - first.start >= PROVEN && first.certain();
        return proven ? Answer.REPEATED : Answer.HELD;
    }

    private void begin(long hash) {
        for (LostSession session : sessions) {
            for (int i = 0; i < session.length(); i++) {
                if (session.hash(i) == hash) {
                    matches.add(new Match(session, i));
                }
            }
        }
    }

    private void goOn(long hash) {
        matches.removeIf(match -> match.session.hash(match.next) != hash);
        matches.forEach(match -> match.next++);
    }

    /** Whether a lost session is being sent again, and its end has not come. */
    boolean underWay() {
        return looked > 0 && !over;
    }

    /** What is held counts as new, and so does all that follows. */
    void giveUp() {
        over = true;
    }
}
