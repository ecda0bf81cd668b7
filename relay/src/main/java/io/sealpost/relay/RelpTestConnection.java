package io.sealpost.relay;

import io.sealpost.protocol.relp.RelpClientSession;
import io.sealpost.protocol.relp.RelpClientSession.Step;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** RELP, plain or over TLS: the receiver acknowledges each message. */
final class RelpTestConnection implements TestConnection {
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Messages under way; the usual number. */
    private static final int WINDOW_FRAMES = 128;

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final RelpClientSession session;
    private final byte[] header = new byte[RelpClientSession.MAX_HEADER];

    /** What was read and not looked at, or is the begin of an answer. */
    private final byte[] answers;

    private int answersLength;

    private RelpTestConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        this.in = socket.getInputStream();
        this.session = new RelpClientSession(Version.ofBuild().relpSoftware(), WINDOW_FRAMES);
        this.answers = new byte[session.maxRest() + BUFFER_BYTES];
    }

    /** Opens a session; closes the socket if that fails. */
    static RelpTestConnection open(Socket socket) throws IOException {
        try {
            socket.setSoTimeout((int) CONNECT_PATIENCE.toMillis());
            RelpTestConnection connection = new RelpTestConnection(socket);
            connection.session.open();
            connection.flush();
            while (!connection.session.ready()) {
                connection.await("has not opened a RELP session");
            }
            socket.setSoTimeout((int) READ_PATIENCE.toMillis());
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] message) throws IOException {
        while (session.roomInWindow() == 0) {
            if (session.exhausted()) {
                throw new IOException("a RELP session cannot count further");
            }
            flush();
            await("has not acknowledged them");
        }
        out.write(header, 0, session.begin(message.length, header, 0));
        out.write(message);
        out.write('\n');
    }

    @Override
    public void flush() throws IOException {
        out.write(session.output(), 0, session.outputLength());
        session.outputTaken();
        out.flush();
    }

    @Override
    public String end() throws IOException {
        flush();
        while (session.acknowledged() < session.sent()) {
            await("has not acknowledged them");
        }
        session.close();
        flush();
        return "the receiver has acknowledged them all";
    }

    /** Waits for answers and looks at them. */
    private void await(String failure) throws IOException {
        int length;
        try {
            length = in.read(answers, answersLength, answers.length - answersLength);
        } catch (SocketTimeoutException _) {
            throw new IOException("it " + failure + " within " + seconds() + " s" + figures());
        }
        if (length < 0) {
            throw new IOException("it closed the connection" + figures());
        }
        int end = answersLength + length;
        int from = 0;
        Step step = session.next(answers, from, end);
        while (step == Step.ACKED) {
            from = session.consumedTo();
            step = session.next(answers, from, end);
        }
        switch (step) {
            case NEED_MORE, ACKED -> {}
            case REFUSED ->
                    throw new IOException(
                            "it refused message "
                                    + (session.refused() + 1)
                                    + ": "
                                    + session.problem());
            case SERVERCLOSE, CLOSED -> {
                if (session.acknowledged() < session.sent() || session.sent() == 0) {
                    throw new IOException("it ended the RELP session" + figures());
                }
            }
            case FAILED -> throw new IOException(session.problem() + figures());
        }
        from = session.consumedTo();
        System.arraycopy(answers, from, answers, 0, end - from);
        answersLength = end - from;
    }

    private long seconds() throws IOException {
        return socket.getSoTimeout() / 1000;
    }

    private String figures() {
        return session.sent() == 0
                ? ""
                : "; " + session.acknowledged() + " messages were acknowledged";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
