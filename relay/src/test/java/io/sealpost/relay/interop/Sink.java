package io.sealpost.relay.interop;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP or TLS receiver of octet-counted messages that keeps what its process really read,
 * connection by connection. It can be down and up. Thread-safe.
 */
final class Sink {
    /** One message as read. */
    record Received(int connection, String message) {}

    private static final int BIND_TRIES = 500;
    private static final long BIND_PAUSE_NANOS = 20_000_000;

    final int port = Ports.free();
    private final Wire wire;
    private final List<Received> received = new ArrayList<>();
    private final Set<Socket> open = new HashSet<>();
    private final List<Thread> readers = new ArrayList<>();
    private int connections;
    private Optional<ServerSocket> listening = Optional.empty();

    Sink() {
        this(Wire.PLAIN);
    }

    Sink(Wire wire) {
        this.wire = wire;
    }

    /** The conf file's words for an upstream that ends here. */
    String upstream() {
        return wire.upstream(port);
    }

    synchronized Sink up() throws IOException {
        ServerSocket server = bound();
        listening = Optional.of(server);
        Thread.ofPlatform().daemon().name("sink").start(() -> accept(server));
        return this;
    }

    /** A port just closed stays taken until the thread that accepted on it has left. */
    private ServerSocket bound() throws IOException {
        for (int tries = 1; ; tries++) {
            ServerSocket server = wire.serverSocket();
            try {
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return server;
            } catch (BindException e) {
                server.close();
                if (tries == BIND_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(BIND_PAUSE_NANOS);
            }
        }
    }

    /**
     * Closes the port and every connection, with whatever was not read yet, and waits until what
     * was read is counted.
     */
    void down() throws IOException, InterruptedException {
        List<Thread> last;
        synchronized (this) {
            if (listening.isPresent()) {
                listening.get().close();
            }
            for (Socket socket : open) {
                socket.close();
            }
            open.clear();
            last = List.copyOf(readers);
            readers.clear();
        }
        for (Thread reader : last) {
            reader.join();
        }
    }

    synchronized int size() {
        return received.size();
    }

    synchronized int connections() {
        return connections;
    }

    synchronized List<Received> received() {
        return List.copyOf(received);
    }

    List<String> messages() {
        return received().stream().map(Received::message).toList();
    }

    private void accept(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                synchronized (this) {
                    if (server.isClosed()) {
                        socket.close();
                        return;
                    }
                    int number = connections++;
                    open.add(socket);
                    readers.add(
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("sink-" + number)
                                    .start(() -> read(number, socket)));
                }
            } catch (IOException _) {
                return;
            }
        }
    }

    private void read(int number, Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16)) {
            while (true) {
                int length = length(in);
                if (length < 0) {
                    return;
                }
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length) {
                    return;
                }
                String message = new String(bytes, StandardCharsets.UTF_8);
                synchronized (this) {
                    received.add(new Received(number, message));
                }
            }
        } catch (IOException _) {
            // a connection that ends is no fault of the sink
        }
    }

    private static int length(InputStream in) throws IOException {
        int length = 0;
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                return -1;
            }
            if (octet == ' ') {
                return length;
            }
            if (octet < '0' || octet > '9') {
                throw new AssertionError("no octet count: " + octet);
            }
            length = length * 10 + (octet - '0');
        }
    }
}
