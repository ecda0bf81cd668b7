package io.sealpost.relay.admin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A connection of the control socket. Confined to the thread that serves it. */
public final class ControlConnection {
    /** Octets of a request without its line end. */
    static final int MAX_REQUEST = 256;

    private final SocketChannel channel;

    ControlConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /** The line asked for; empty where none came whole and in time. */
    Optional<String> request(Duration patience) throws IOException {
        CountDownLatch come = new CountDownLatch(1);
        Thread.ofVirtual()
                .name("control-patience")
                .start(
                        () -> {
                            try {
                                if (!come.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                                    channel.close();
                                }
                            } catch (InterruptedException | IOException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
        try {
            return line();
        } finally {
            come.countDown();
        }
    }

    private Optional<String> line() throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(MAX_REQUEST + 1);
        while (octets.hasRemaining()) {
            int before = octets.position();
            if (channel.read(octets) < 0) {
                return Optional.empty();
            }
            for (int i = before; i < octets.position(); i++) {
                if (octets.get(i) == '\n') {
                    String line = new String(octets.array(), 0, i, StandardCharsets.UTF_8);
                    return Optional.of(line.strip());
                }
            }
        }
        return Optional.empty();
    }

    /** Writes a line of JSON. */
    public void line(String json) throws IOException {
        byte[] octets = (json + "\n").getBytes(StandardCharsets.UTF_8);
        write(octets, octets.length);
    }

    /** Writes the first octets of the array; waits while the peer does not read. */
    public void write(byte[] octets, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(octets, 0, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }
}
