package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;

/** A client session and what came out of it. Keeps the rest as a reader does. */
final class ClientDriver {
    static final String SOFTWARE = "librelp,1.11.0,http://librelp.adiscon.com";

    final RelpClientSession session;
    private final StringBuilder steps = new StringBuilder();
    private byte[] rest = new byte[0];
    private int largestRest;

    ClientDriver(RelpClientSession session) {
        this.session = session;
    }

    static ClientDriver of(int window) {
        return new ClientDriver(new RelpClientSession(SOFTWARE, window));
    }

    /** A session that has sent its open. */
    static ClientDriver opening(int window) {
        ClientDriver client = of(window);
        client.session.open();
        client.output();
        return client;
    }

    /** A session that may send. */
    static ClientDriver ready(int window) {
        return opening(window).read("1 rsp 22 200 OK\ncommands=syslog\n");
    }

    /** The octets of the next message and its frame. */
    String send(String message) {
        byte[] out = new byte[3 + RelpClientSession.MAX_HEADER];
        int length = session.begin(message.length(), out, 3);
        return new String(out, 3, length, ISO_8859_1) + message + "\n";
    }

    ClientDriver sendAll(int messages) {
        for (int i = 0; i < messages; i++) {
            send("x");
        }
        return this;
    }

    /** The output since this was called last. */
    String output() {
        String output = new String(session.output(), 0, session.outputLength(), ISO_8859_1);
        session.outputTaken();
        return output;
    }

    ClientDriver read(String piece) {
        read(Pieces.octets(piece));
        return this;
    }

    ClientDriver read(List<byte[]> pieces) {
        pieces.forEach(this::read);
        return this;
    }

    void read(byte[] piece) {
        byte[] octets = Pieces.join(rest, piece);
        int from = 0;
        RelpClientSession.Step step;
        while ((step = session.next(octets, from, octets.length)) == RelpClientSession.Step.ACKED
                || step == RelpClientSession.Step.REFUSED) {
            steps.append(step).append(' ');
            from = session.consumedTo();
        }
        boolean more = step == RelpClientSession.Step.NEED_MORE;
        if (!more && !steps.toString().endsWith(step + " ")) {
            steps.append(step).append(' ');
        }
        rest = Arrays.copyOfRange(octets, session.consumedTo(), octets.length);
        largestRest = Math.max(largestRest, rest.length);
        if (rest.length > session.maxRest()) {
            throw new AssertionError("rest of " + rest.length);
        }
    }

    /** The steps until now, but NEED_MORE; the last one only once. */
    String steps() {
        return steps.toString().strip();
    }

    int largestRest() {
        return largestRest;
    }

    @Override
    public String toString() {
        return steps
                + session.problem()
                + " ready="
                + session.ready()
                + " acknowledged="
                + session.acknowledged()
                + " unanswered="
                + session.unanswered();
    }
}
