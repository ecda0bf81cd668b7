package io.sealpost.relay.forward;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A syslog server that notes what its process really read. It reads no further than it is told: no
 * octet is taken ahead of the message asked for.
 */
final class SyslogSink extends ScriptedServer<SyslogSink.Peer> {
    /** How one connection is treated; the connection is closed when it returns. */
    interface Conversation extends Script<Peer> {}

    private SyslogSink(ServerSocket server, Optional<SSLContext> tls, Conversation conversation) {
        super(server, tls, conversation);
    }

    /** Listens on this port of the loopback address, or any for 0. */
    static SyslogSink listen(int port, Conversation conversation) throws IOException {
        return listen(port, Optional.empty(), conversation);
    }

    /** The same over TLS, where there is a context. */
    static SyslogSink listen(int port, Optional<SSLContext> tls, Conversation conversation)
            throws IOException {
        return listen(new ServerSocket(), port, tls, conversation);
    }

    /** The same on any port, where the kernel keeps so many octets of each connection at most. */
    static SyslogSink narrow(int receiveBuffer, Optional<SSLContext> tls, Conversation conversation)
            throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReceiveBufferSize(receiveBuffer);
        return listen(server, 0, tls, conversation);
    }

    private static SyslogSink listen(
            ServerSocket server, int port, Optional<SSLContext> tls, Conversation conversation)
            throws IOException {
        SyslogSink sink = new SyslogSink(server, tls, conversation);
        sink.start(port);
        return sink;
    }

    @Override
    Peer peer(Socket plain, Socket spoken) throws IOException {
        return new Peer(plain, spoken);
    }

    /** The sink's side of one connection. */
    final class Peer {
        private final Socket plain;
        private final Socket socket;
        private final InputStream in;

        Peer(Socket plain, Socket socket) throws IOException {
            this.plain = plain;
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream(), 1);
        }

        /** The side of TLS. */
        SSLSocket tls() {
            return (SSLSocket) socket;
        }

        /** Closes without a word, as the kernel does for a process that dies. */
        void cut() throws IOException {
            plain.close();
        }

        /** Closes by RST, whatever is unread. */
        void reset() throws IOException {
            plain.setSoLinger(true, 0);
            plain.close();
        }

        /** Whether the relay has ended the connection in order. */
        boolean ended() throws IOException {
            return in.read() < 0;
        }

        /** Reads one counted message. */
        String read() throws IOException {
            int length = 0;
            for (int c = octet(); c != ' '; c = octet()) {
                length = length * 10 + c - '0';
            }
            byte[] message = in.readNBytes(length);
            if (message.length < length) {
                throw new EOFException();
            }
            return noted(message);
        }

        /** Reads one line. */
        String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = octet(); c != '\n'; c = octet()) {
                line.append((char) c);
            }
            note(line.toString());
            return line.toString();
        }

        /** Reads this many counted messages. */
        void read(int messages) throws IOException {
            for (int i = 0; i < messages; i++) {
                read();
            }
        }

        /** Reads this many messages, or until the relay closes. */
        void read(Framing framing, int messages) throws IOException {
            for (int i = 0; i < messages; i++) {
                String _ = framing == Framing.LF ? readLine() : read();
            }
        }

        /** Says something, which no syslog server does. */
        void say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        SyslogSink sink() {
            return SyslogSink.this;
        }

        /** Reads until the relay closes. */
        void readAll() throws IOException {
            while (true) {
                read();
            }
        }

        private String noted(byte[] message) {
            String text = new String(message, StandardCharsets.ISO_8859_1);
            note(text);
            return text;
        }

        private int octet() throws IOException {
            int c = in.read();
            if (c < 0) {
                throw new EOFException();
            }
            return c;
        }

        void pause(long ms) throws InterruptedException {
            boolean _ = new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
        }

        /** From now on the kernel keeps less for this connection, and offers less. */
        void shrink() throws IOException {
            plain.setReceiveBufferSize(4096);
        }

        void endWriting() throws IOException {
            socket.shutdownOutput();
        }

        void closeOnRelayEnd() throws IOException {
            while (in.read() >= 0) {
                // discard
            }
        }
    }
}
