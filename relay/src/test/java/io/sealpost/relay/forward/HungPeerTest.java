package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sealpost.relay.Beside;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that stop reading at some moment while more comes: nothing may count as proven that they
 * have not read. {@code -Dsealpost.hangs} for more of them, {@code -Dsealpost.seed} for others.
 */
@Timeout(120)
@Beside
class HungPeerTest {
    private static final int HANGS = Integer.getInteger("sealpost.hangs", 8);
    private static final long SEED = Long.getLong("sealpost.seed", 20261201);
    private static final int[] MESSAGES = {60, 262, 900, 4000, 20_000, 262_144};
    private static final int[] READS = {1000, 4096, 65_536, 1 << 20};
    private static final int[] BUFFERS = {0, 0, 0, 8192, 262_144, 4 << 20};

    /** Between two messages; none: as fast as the connection takes them. */
    private static final Duration[] PAUSES = {
        Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(10)
    };

    @Test
    @Timeout(3600)
    void of_what_it_has_not_read_nothing_is_proven() throws Exception {
        for (int i = 0; i < HANGS; i++) {
            hang(SEED + i);
        }
    }

    private static void hang(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int buffer = BUFFERS[random.nextInt(BUFFERS.length)];
        try (Reader reader = new Reader(buffer, READS[random.nextInt(READS.length)])) {
            TcpConnection connection = StreamUpstreams.connect(reader.port());
            try {
                send(connection, random, Duration.ofMillis(random.nextInt(600)));
                send(connection, random, Duration.ofMillis(random.nextInt(300)));
                reader.hang();
                for (int i = 0; i < 20; i++) {
                    send(connection, random, Duration.ofMillis(25));
                    assertThat(connection.proven())
                            .as("proven, seed %d", seed)
                            .isLessThanOrEqualTo(reader.read());
                }
            } finally {
                connection.close();
            }
        }
    }

    private static void send(TcpConnection connection, SplittableRandom random, Duration howLong) {
        byte[] message = new byte[MESSAGES[random.nextInt(MESSAGES.length)]];
        Duration pause = PAUSES[random.nextInt(PAUSES.length)];
        long end = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() < end) {
            boolean room = connection.hasRoom();
            if (room) {
                connection.send(Unpooled.wrappedBuffer(message));
            }
            LockSupport.parkNanos(room ? pause.toNanos() : Duration.ofMillis(1).toNanos());
        }
    }

    /** A peer that reads until it hangs. */
    private static final class Reader implements AutoCloseable {
        private final ServerSocket server = new ServerSocket();
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean hangs;
        private volatile long read;

        Reader(int buffer, int most) throws IOException {
            if (buffer > 0) {
                server.setReceiveBufferSize(buffer);
            }
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofPlatform().start(() -> read(most));
        }

        int port() {
            return server.getLocalPort();
        }

        private void read(int most) {
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(50);
                InputStream in = socket.getInputStream();
                byte[] octets = new byte[most];
                while (!hangs) {
                    read += octets(in, octets);
                }
                stopped.countDown();
                over.await();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static int octets(InputStream in, byte[] octets) throws IOException {
            try {
                return Math.max(0, in.read(octets));
            } catch (SocketTimeoutException e) {
                return 0;
            }
        }

        /** Returns when it reads no more. */
        void hang() throws InterruptedException {
            hangs = true;
            assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
        }

        long read() {
            return read;
        }

        @Override
        public void close() throws IOException {
            over.countDown();
            server.close();
        }
    }
}
