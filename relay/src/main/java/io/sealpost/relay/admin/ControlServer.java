package io.sealpost.relay.admin;

import io.sealpost.relay.runtime.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the relay's administrator on a local socket: one word a connection, see docs/control.md.
 * One thread accepts and each connection has one of its own, so that a client that is slow, silent
 * or mad holds up nobody but itself. Thread-safe.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAX_CONNECTIONS = 16;
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);

    /** After a failed accept, for example for lack of descriptors. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    private static final long CLOSE_MILLIS = 2_000;

    private final ServerSocketChannel listening;
    private final Map<String, ControlCommand> commands;
    private final Map<SocketChannel, Thread> connections = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private ControlServer(ServerSocketChannel listening, Map<String, ControlCommand> commands) {
        this.listening = listening;
        this.commands = Map.copyOf(commands);
    }

    /** Serves these commands at a bound socket, which it closes in the end. */
    public static ControlServer start(
            ServerSocketChannel listening, Map<String, ControlCommand> commands) {
        ControlServer server = new ControlServer(listening, commands);
        Thread.ofPlatform().name("control").daemon().start(server::acceptAll);
        return server;
    }

    private void acceptAll() {
        while (listening.isOpen()) {
            try {
                accept(listening.accept());
            } catch (IOException e) {
                if (listening.isOpen()) {
                    LOG.debug("control: {}", e.getMessage());
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            if (closing.await(ACCEPT_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("control: closing");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(SocketChannel channel) throws IOException {
        if (connections.size() >= MAX_CONNECTIONS) {
            try (channel) {
                channel.configureBlocking(false);
                // what is unread at the close would take the answer with it
                int _ = channel.read(ByteBuffer.allocate(ControlConnection.MAX_REQUEST));
                refuse(
                        new ControlConnection(channel),
                        "too many connections to the control socket");
            }
            return;
        }
        Thread thread =
                Thread.ofVirtual().name("control-connection").unstarted(() -> serve(channel));
        connections.put(channel, thread);
        thread.start();
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            ControlConnection connection = new ControlConnection(channel);
            Optional<String> word = connection.request(REQUEST_PATIENCE);
            if (word.isEmpty()) {
                refuse(connection, "one word on a line is expected");
                return;
            }
            ControlCommand command = commands.get(word.get());
            if (command == null) {
                refuse(connection, "no such command; known are " + String.join(", ", known()));
                return;
            }
            command.answer(connection);
        } catch (IOException e) {
            LOG.debug("control: a client left: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("control: a bug of ours", e);
        } finally {
            connections.remove(channel);
        }
    }

    private Iterable<String> known() {
        return commands.keySet().stream().sorted().toList();
    }

    private static void refuse(ControlConnection connection, String why) throws IOException {
        connection.line(JsonText.object().put("error", why).end());
    }

    /** Ends all connections and waits a little for their threads. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        listening.close();
        for (Map.Entry<SocketChannel, Thread> connection : connections.entrySet()) {
            connection.getKey().close();
            connection.getValue().interrupt();
        }
        try {
            for (Thread thread : connections.values()) {
                thread.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
