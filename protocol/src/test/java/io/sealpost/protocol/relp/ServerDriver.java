package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A server session and what came out of it. Keeps the rest as a listener does. */
final class ServerDriver {
    static final String SOFTWARE = "sealpost,1,https://sealpost.example";
    static final String OPEN =
            """
            1 open 86 relp_version=0
            relp_software=librelp,1.11.0,http://librelp.adiscon.com
            commands=syslog
            """;
    static final String OPENED =
            "1 rsp 87 200 OK\nrelp_version=0\nrelp_software=" + SOFTWARE + "\ncommands=syslog\n";
    static final String SERVERCLOSE = "0 serverclose 0\n";

    final RelpServerSession session;
    final List<String> messages = new ArrayList<>();
    private final StringBuilder replies = new StringBuilder();
    private final boolean acknowledgesAtOnce;
    private byte[] rest = new byte[0];
    private int largestRest;
    private int truncated;

    ServerDriver(RelpServerSession session, boolean acknowledgesAtOnce) {
        this.session = session;
        this.acknowledgesAtOnce = acknowledgesAtOnce;
    }

    /** A session that acknowledges each message as it is given. */
    static ServerDriver prompt(int maxMessage) {
        return new ServerDriver(new RelpServerSession(maxMessage, SOFTWARE), true);
    }

    /** A session that acknowledges when it is told to. */
    static ServerDriver slow(int maxMessage) {
        return new ServerDriver(new RelpServerSession(maxMessage, SOFTWARE), false);
    }

    ServerDriver read(String piece) {
        read(Pieces.octets(piece));
        return this;
    }

    ServerDriver read(List<byte[]> pieces) {
        pieces.forEach(this::read);
        return this;
    }

    void read(byte[] piece) {
        byte[] octets = Pieces.join(rest, piece);
        int from = 0;
        while (session.next(octets, from, octets.length) == RelpServerSession.Step.MESSAGE) {
            messages.add(
                    new String(
                            octets, session.messageOffset(), session.messageLength(), ISO_8859_1));
            truncated += session.truncated() ? 1 : 0;
            if (acknowledgesAtOnce) {
                session.acknowledge(1);
            }
            from = session.consumedTo();
        }
        rest = Arrays.copyOfRange(octets, session.consumedTo(), octets.length);
        largestRest = Math.max(largestRest, rest.length);
        if (rest.length > session.maxRest()) {
            throw new AssertionError("rest of " + rest.length);
        }
        takeReplies();
    }

    ServerDriver acknowledge(long count) {
        session.acknowledge(count);
        takeReplies();
        return this;
    }

    ServerDriver shutDown() {
        session.shutDown();
        takeReplies();
        return this;
    }

    /** All replies until now. */
    String replies() {
        return replies.toString();
    }

    /** The replies since this was called last. */
    String newReplies() {
        String now = replies();
        replies.setLength(0);
        return now;
    }

    int truncated() {
        return truncated;
    }

    int largestRest() {
        return largestRest;
    }

    private void takeReplies() {
        replies.append(new String(session.replies(), 0, session.repliesLength(), ISO_8859_1));
        session.repliesTaken();
    }

    @Override
    public String toString() {
        return messages
                + " truncated="
                + truncated
                + " "
                + replies
                + session.ending()
                + session.endingText()
                + session.ended();
    }
}
