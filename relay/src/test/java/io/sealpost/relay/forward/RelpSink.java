package io.sealpost.relay.forward;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A RELP server that notes the messages of all frames it has read. */
public final class RelpSink extends ScriptedServer<RelpSink.Peer> {
    /** How one connection is treated; the connection is closed when it returns. */
    public interface Conversation extends Script<Peer> {}

    /** One frame of the client. */
    public record Frame(int txnr, String command, String data) {}

    /** Answers everything as it should be. */
    public static final Conversation GOOD =
            (_, peer) -> {
                peer.open();
                peer.serve(Integer.MAX_VALUE);
            };

    private RelpSink(Optional<SSLContext> tls, Conversation conversation) throws IOException {
        super(new ServerSocket(), tls, conversation);
    }

    /** Listens on this port of the loopback address, or any for 0. */
    public static RelpSink listen(int port, Conversation conversation) throws IOException {
        return listen(port, Optional.empty(), conversation);
    }

    /** The same over TLS, where there is a context. */
    public static RelpSink listen(int port, Optional<SSLContext> tls, Conversation conversation)
            throws IOException {
        RelpSink sink = new RelpSink(tls, conversation);
        sink.start(port);
        return sink;
    }

    @Override
    Peer peer(Socket plain, Socket spoken) throws IOException {
        return new Peer(plain, spoken);
    }

    /** The sink's side of one connection. */
    public final class Peer {
        private final Socket plain;
        private final Socket socket;
        private final InputStream in;

        Peer(Socket plain, Socket socket) throws IOException {
            this.plain = plain;
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
        }

        /** The side of TLS; its handshake begins with the first octet read. */
        public SSLSocket tls() {
            return (SSLSocket) socket;
        }

        /** Reads a frame. */
        public Frame read() throws IOException {
            int txnr = number();
            String command = word();
            int length = 0;
            int c = octet();
            while (c >= '0' && c <= '9') {
                length = length * 10 + c - '0';
                c = octet();
            }
            byte[] data = {};
            if (length > 0) {
                data = in.readNBytes(length);
                c = octet();
            }
            if (c != '\n') {
                throw new IOException("no LF at the end of a frame but " + c);
            }
            String text = new String(data, StandardCharsets.ISO_8859_1);
            if (command.equals("syslog")) {
                note(text);
            }
            return new Frame(txnr, command, text);
        }

        private int number() throws IOException {
            return Integer.parseInt(word());
        }

        private String word() throws IOException {
            StringBuilder word = new StringBuilder();
            for (int c = octet(); c != ' '; c = octet()) {
                word.append((char) c);
            }
            return word.toString();
        }

        private int octet() throws IOException {
            int c = in.read();
            if (c < 0) {
                throw new EOFException();
            }
            return c;
        }

        /** Answers open as librelp does. */
        public void open() throws IOException {
            Frame frame = read();
            String offers = "200 OK\nrelp_version=0\nrelp_software=sink\ncommands=syslog\n";
            say(frame.txnr() + " rsp " + offers.length() + " " + offers + "\n");
        }

        /** Acknowledges so many messages, or until the client closes, which it answers. */
        public void serve(int messages) throws IOException {
            for (int i = 0; i < messages; i++) {
                Frame frame = read();
                if (frame.command().equals("close")) {
                    say(frame.txnr() + " rsp 0\n0 serverclose 0\n");
                    return;
                }
                acknowledge(frame);
            }
        }

        /** Reads so many messages and answers none. */
        public List<Frame> read(int messages) throws IOException {
            List<Frame> frames = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                frames.add(read());
            }
            return frames;
        }

        /** Says that it has the message. */
        public void acknowledge(Frame frame) throws IOException {
            say(frame.txnr() + " rsp 6 200 OK\n");
        }

        /** Says that it does not want the message. */
        public void refuse(Frame frame) throws IOException {
            say(frame.txnr() + " rsp 13 500 no thanks\n");
        }

        /** Says anything. */
        public void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Whether nothing comes for this time. */
        public boolean silent(int ms) throws IOException {
            socket.setSoTimeout(ms);
            try {
                in.mark(1);
                int c = in.read();
                in.reset();
                return c < 0;
            } catch (SocketTimeoutException _) {
                return true;
            } finally {
                socket.setSoTimeout(0);
            }
        }

        /** Waits. */
        public void pause(long ms) throws InterruptedException {
            boolean _ = new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
        }

        /** Closes without a word. */
        public void cut() throws IOException {
            plain.close();
        }

        /** The whole sink. */
        public RelpSink sink() {
            return RelpSink.this;
        }
    }
}
