package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rate-limit}, with senders that are at different addresses of the loopback network. */
@Beside
class RateLimitTest {
    private static final String RECEIVED = "sealpost_messages_received_total{listener=\"%s\"}";
    private static final String DROPPED =
            "sealpost_messages_dropped_total{listener=\"%s\",reason=\"rate-limit\",upstream=\"\"}";
    private static final String FILE = "upstreams.a { type = file, path = \"a.log\" }\n";

    @TempDir Path folder;

    /** Buckets that take a day to fill: no matter how long the test takes. */
    @Test
    void a_burst_comes_in_and_what_is_more_is_counted() throws Exception {
        String conf =
                FILE
                        + """
                        listeners.t.rate-limit { per-source = 1/s, burst = 100000 }
                        listeners.u { transport = udp, bind = "127.0.0.1:0",
                                      rate-limit { per-source = 1/s, burst = 100 } }
                        """;
        try (RunningRelay relay = RunningRelay.start(folder, conf)) {
            tcp(relay, "127.0.0.2", "t", 5_000);
            relay.awaitMetric(RECEIVED.formatted("t"), 5_000);
            udp(relay, "127.0.0.3", 300);
            relay.awaitMetric(RECEIVED.formatted("u"), 300);

            // a second or two may fill in a few
            long dropped = value(relay, DROPPED.formatted("u"));
            assertThat(dropped).isBetween(140L, 200L);
            relay.awaitDelivered("a", 5_000 + 300 - dropped);
            assertThat(relay.metrics()).doesNotContain(DROPPED.formatted("t"));
        }
    }

    @Test
    void a_flood_of_one_source_does_not_touch_another() throws Exception {
        String conf = FILE + "listeners.t.rate-limit { per-source = 100/s }\n";
        try (RunningRelay relay = RunningRelay.start(folder, conf);
                Socket flood = connect(relay, "127.0.0.2", "t");
                Socket quiet = connect(relay, "127.0.0.3", "t")) {
            Thread flooding = Thread.ofPlatform().start(() -> flood(flood));
            for (int i = 0; i < 40; i++) {
                send(quiet.getOutputStream(), "quiet", i);
            }
            flooding.join();
            await("all of the quiet source")
                    .atMost(RunningRelay.PATIENCE)
                    .until(() -> lines("quiet").size() == 40);
            relay.awaitMetric(RECEIVED.formatted("t"), 20_040);

            long dropped = value(relay, DROPPED.formatted("t"));
            assertThat(dropped).isGreaterThan(10_000);
            relay.awaitDelivered("a", 20_040 - dropped);
            assertThat(lines("flood")).hasSize((int) (20_000 - dropped));
        }
    }

    private static void flood(Socket socket) {
        try {
            for (int i = 0; i < 20_000; i++) {
                send(socket.getOutputStream(), "flood", i);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void tcp(RunningRelay relay, String from, String listener, int count)
            throws IOException {
        try (Socket socket = connect(relay, from, listener)) {
            for (int i = 0; i < count; i++) {
                send(socket.getOutputStream(), "tcp", i);
            }
        }
    }

    private static Socket connect(RunningRelay relay, String from, String listener)
            throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.port(listener)));
        return socket;
    }

    private static void send(OutputStream out, String app, int number) throws IOException {
        out.write("<13>1 - h %s - - - %d\n".formatted(app, number).getBytes(UTF_8));
    }

    private static void udp(RunningRelay relay, String from, int count) throws IOException {
        InetSocketAddress to =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.port("u"));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            for (int i = 0; i < count; i++) {
                byte[] message = "<13>1 - h udp - - - %d".formatted(i).getBytes(UTF_8);
                socket.send(new DatagramPacket(message, message.length, to));
            }
        }
    }

    private static long value(RunningRelay relay, String series) throws Exception {
        return relay.metrics()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    private List<String> lines(String app) throws IOException {
        Path file = folder.resolve("a.log");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(l -> l.contains(" " + app + " "))
                        .toList()
                : List.of();
    }
}
