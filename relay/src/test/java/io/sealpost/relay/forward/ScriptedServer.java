package io.sealpost.relay.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server on the loopback address that treats each connection as the test says, and notes the
 * messages that it reads.
 *
 * @param <P> its side of one connection
 */
public abstract class ScriptedServer<P> implements AutoCloseable {
    /** How one connection is treated; the connection is closed when it returns. */
    public interface Script<P> {
        /** Speaks on one connection; they are numbered from 0. */
        void talk(int number, P peer) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Optional<SSLContext> tls;
    private final Script<P> script;
    private final List<String> received = new ArrayList<>();
    private final List<Socket> open = new ArrayList<>();
    private int connections;
    private boolean closed;

    ScriptedServer(ServerSocket server, Optional<SSLContext> tls, Script<P> script) {
        this.server = server;
        this.tls = tls;
        this.script = script;
    }

    /**
     * The server's side of a connection.
     *
     * @param plain below TLS
     * @param spoken the same, or TLS over it
     */
    abstract P peer(Socket plain, Socket spoken) throws IOException;

    /** Listens on this port, or any for 0. */
    void start(int port) throws IOException {
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        inBackground(this::accept);
    }

    /** Not virtual: one that always finds something to read would keep all others waiting. */
    private static void inBackground(Runnable work) {
        Thread.ofPlatform().daemon().start(work);
    }

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                int number = admit(socket);
                inBackground(() -> talk(number, socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private synchronized int admit(Socket socket) throws IOException {
        if (closed) {
            socket.close();
        }
        open.add(socket);
        return connections++;
    }

    private void talk(int number, Socket socket) {
        try (socket;
                Socket spoken = secured(socket)) {
            script.talk(number, peer(socket, spoken));
        } catch (IOException _) {
            // the relay has closed: the end of this conversation
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket secured(Socket socket) throws IOException {
        if (tls.isEmpty()) {
            return socket;
        }
        SSLSocket secured =
                (SSLSocket) tls.get().getSocketFactory().createSocket(socket, null, true);
        secured.setUseClientMode(false);
        return secured;
    }

    /** The messages that were read whole, in order. */
    public synchronized List<String> received() {
        return List.copyOf(received);
    }

    /** Each message once, in the order of its first arrival. */
    public synchronized List<String> firstArrivals() {
        return List.copyOf(new LinkedHashSet<>(received));
    }

    /** Connections so far. */
    public synchronized int connections() {
        return connections;
    }

    synchronized void note(String message) {
        received.add(message);
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
