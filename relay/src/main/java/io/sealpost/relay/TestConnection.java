package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.ClientContext;
import io.sealpost.relay.tls.ServerName;
import io.sealpost.relay.tls.TlsFileException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The way to the receiver of {@code send}. Confined to one thread. */
sealed interface TestConnection extends AutoCloseable
        permits TestConnection.Datagrams, TestConnection.Stream, RelpTestConnection {
    Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    /** How long a receiver may take to read the rest once all is sent. */
    Duration READ_PATIENCE = Duration.ofSeconds(60);

    /** Hands a message over, perhaps with the next ones. */
    void send(byte[] message) throws IOException;

    /** Hands over what was kept for the next ones. */
    void flush() throws IOException;

    /**
     * Ends, and waits until the receiver has read everything, as far as the transport tells.
     *
     * @return what is known then, to stand behind the figures
     */
    String end() throws IOException;

    @Override
    void close() throws IOException;

    /** Connects. */
    static TestConnection open(SendOrder order, NanoClock clock)
            throws IOException, TlsFileException {
        InetSocketAddress to = order.to().resolve();
        return switch (order.transport()) {
            case UDP -> {
                DatagramSocket socket = new DatagramSocket();
                socket.connect(to);
                yield new Datagrams(socket);
            }
            case TCP -> new Stream(connect(to), order.counted(), clock);
            case TLS -> new Stream(secure(connect(to), order), order.counted(), clock);
            case RELP -> RelpTestConnection.open(connect(to));
            case RELP_TLS -> RelpTestConnection.open(secure(connect(to), order));
        };
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(to, (int) CONNECT_PATIENCE.toMillis());
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secure(Socket plain, SendOrder order)
            throws IOException, TlsFileException {
        String name = order.serverName().orElse(order.to().host());
        try {
            SSLSocket socket =
                    (SSLSocket)
                            ClientContext.open(order.trust(), order.certificate(), order.key())
                                    .getSocketFactory()
                                    .createSocket(plain, name, order.to().port(), true);
            SSLParameters parameters = ServerName.of(name).addedTo(socket.getSSLParameters());
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            plain.setSoTimeout((int) CONNECT_PATIENCE.toMillis());
            socket.startHandshake();
            return socket;
        } catch (IOException | TlsFileException e) {
            plain.close();
            throw e;
        }
    }

    /** One datagram each (RFC 5426). */
    record Datagrams(DatagramSocket socket) implements TestConnection {
        /** What comes back, if anything, is that nobody is there. */
        private static final int ANSWER_MILLIS = 300;

        @Override
        public void send(byte[] message) throws IOException {
            socket.send(new DatagramPacket(message, message.length));
        }

        @Override
        public void flush() {}

        @Override
        public String end() throws IOException {
            socket.setSoTimeout(ANSWER_MILLIS);
            try {
                socket.receive(new DatagramPacket(new byte[1], 1));
            } catch (SocketTimeoutException _) {
                // the usual case
            }
            return "UDP does not tell whether they arrived";
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Counted frames or lines (RFC 6587) over TCP or TLS. */
    record Stream(Socket socket, boolean counted, NanoClock clock, OutputStream out)
            implements TestConnection {
        private static final int BUFFER_BYTES = 64 * 1024;

        Stream(Socket socket, boolean counted, NanoClock clock) throws IOException {
            this(
                    socket,
                    counted,
                    clock,
                    new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES));
        }

        @Override
        public void send(byte[] message) throws IOException {
            if (counted) {
                out.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(message);
            } else {
                out.write(message);
                out.write('\n');
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        /** The peer's end of the connection says that it has read everything before ours. */
        @Override
        public String end() throws IOException {
            flush();
            socket.shutdownOutput();
            long deadline = clock.nanos() + READ_PATIENCE.toNanos();
            socket.setSoTimeout((int) READ_PATIENCE.toMillis());
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[1024];
            try {
                while (in.read(answer) >= 0) {
                    if (clock.nanos() - deadline > 0) {
                        throw new SocketTimeoutException();
                    }
                }
            } catch (SocketTimeoutException _) {
                throw new IOException(
                        "it has not closed its side within "
                                + READ_PATIENCE.toSeconds()
                                + " s, so it may not have read everything");
            }
            return "the receiver has read them all";
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
