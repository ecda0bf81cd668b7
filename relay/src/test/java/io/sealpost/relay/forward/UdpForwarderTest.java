package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@Beside
class UdpForwarderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;
    private SpoolFeed spool;
    private final List<String> got = new CopyOnWriteArrayList<>();
    private final AtomicLong cut = new AtomicLong();
    private final List<String> changes = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFeed.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void each_message_is_one_datagram_in_order(String host) throws Exception {
        try (DatagramSocket server = server(host, 0);
                UdpForwarder forwarder = start(host, server.getLocalPort(), 65_507, 20_000)) {
            spool.feed(0, 3000);

            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            assertThat(got).isEqualTo(spool.fed());
            assertThat(forwarder.unconfirmed()).isZero();
            assertThat(forwarder.connected()).isTrue();
            assertThat(spool.queue().resent()).isZero();
            assertThat(spool.queue().delivered()).isEqualTo(3000);
        }
    }

    @Test
    void what_is_sent_while_nobody_listens_is_queued_and_arrives_later() throws Exception {
        int port = unusedPort();
        try (UdpForwarder forwarder = start("127.0.0.1", port, 65_507, 20_000)) {
            spool.feed(0, 500);
            await("the refusal")
                    .atMost(PATIENCE)
                    .until(
                            () ->
                                    changes.contains(
                                            "down cannot send to 127.0.0.1:"
                                                    + port
                                                    + ": nobody listens there (ICMP port"
                                                    + " unreachable)"));
            assertThat(spool.queue().delivered()).isZero();
            assertThat(forwarder.connected()).isFalse();

            try (DatagramSocket _ = server("127.0.0.1", port)) {
                await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(distinct()).isEqualTo(spool.fed()));
                assertThat(changes.getLast()).isEqualTo("up");
                assertThat(spool.queue().resent()).isPositive();
            }
        }
    }

    @Test
    void a_server_that_goes_and_comes_misses_nothing_sent_after_it_went() throws Exception {
        try (DatagramSocket first = server("127.0.0.1", 0);
                UdpForwarder forwarder = start("127.0.0.1", first.getLocalPort(), 65_507, 20_000)) {
            spool.feed(0, 100);
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
            int port = first.getLocalPort();
            first.close();
            spool.feed(100, 400);
            await().atMost(PATIENCE).until(() -> !forwarder.connected());

            try (DatagramSocket _ = server("127.0.0.1", port)) {
                spool.feed(400, 500);
                await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(distinct()).isEqualTo(spool.fed()));
                assertThat(spool.queue().delivered()).isEqualTo(500);
            }
        }
    }

    @Test
    void long_messages_are_cut_at_a_character_and_counted() throws Exception {
        String start = "<13>1 - host app - - - ";
        try (DatagramSocket server = server("127.0.0.1", 0);
                UdpForwarder _ = start("127.0.0.1", server.getLocalPort(), 500, 20_000)) {
            String exact = start + "x".repeat(500 - start.length());
            String longer = start + "x".repeat(476 - start.length()) + "€".repeat(20);
            spool.feed(exact);
            spool.feed(new String(longer.getBytes(UTF_8), ISO_8859_1));
            spool.feed(exact + "y");
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            String kept = start + "x".repeat(476 - start.length()) + "€".repeat(8);
            assertThat(got)
                    .containsExactly(exact, new String(kept.getBytes(UTF_8), ISO_8859_1), exact);
            assertThat(cut).hasValue(2);
        }
    }

    @Test
    void the_longest_datagram_arrives_whole() throws Exception {
        try (DatagramSocket server = server("127.0.0.1", 0);
                UdpForwarder _ = start("127.0.0.1", server.getLocalPort(), 65_507, 20_000)) {
            String start = "<13>1 - host app - - - ";
            spool.feed(start + "x".repeat(65_507 - start.length()));
            await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);

            assertThat(got).isEqualTo(spool.fed());
        }
    }

    /** At 1,000 a second the first 2,000 of them take two seconds, no matter how slow all is. */
    @Test
    void no_more_than_the_rate_leaves_in_a_second() throws Exception {
        NanoClock clock = NanoClock.system();
        try (DatagramSocket server = server("127.0.0.1", 0);
                UdpForwarder _ = start("127.0.0.1", server.getLocalPort(), 65_507, 1_000)) {
            long begin = clock.nanos();
            spool.feed(0, 2000);
            await().atMost(PATIENCE).until(() -> got.size() == 2000);

            assertThat(clock.nanos() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1990));
        }
    }

    @Test
    void a_stop_sends_what_is_left_and_waits_until_it_is_confirmed() throws Exception {
        try (DatagramSocket server = server("127.0.0.1", 0)) {
            UdpForwarder forwarder = start("127.0.0.1", server.getLocalPort(), 65_507, 20_000);
            spool.feed(0, 1000);
            forwarder.stop(Duration.ofSeconds(20));

            assertThat(forwarder.ended()).isTrue();
            assertThat(spool.queue().queued()).isZero();
            await().atMost(PATIENCE).until(() -> got.size() == 1000);
        }
    }

    @Test
    void a_stop_keeps_what_nobody_takes() throws Exception {
        int port = unusedPort();
        UdpForwarder forwarder = start("127.0.0.1", port, 65_507, 20_000);
        spool.feed(0, 100);
        await().atMost(PATIENCE).until(() -> !changes.isEmpty());
        forwarder.stop(Duration.ofMillis(300));

        assertThat(forwarder.ended()).isTrue();
        assertThat(spool.queue().queued()).isEqualTo(100);
    }

    private static int unusedPort() throws IOException {
        try (DatagramSocket gone = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            return gone.getLocalPort();
        }
    }

    /** Without what was sent again. */
    private List<String> distinct() {
        return new ArrayList<>(new LinkedHashSet<>(got));
    }

    private DatagramSocket server(String host, int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(null);
        socket.setReceiveBufferSize(4 << 20);
        socket.bind(new InetSocketAddress(host, port));
        Thread.ofPlatform().daemon().start(() -> read(socket));
        return socket;
    }

    private void read(DatagramSocket socket) {
        byte[] octets = new byte[65_536];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(octets, octets.length);
                socket.receive(packet);
                got.add(new String(octets, 0, packet.getLength(), ISO_8859_1));
            }
        } catch (SocketException _) {
            // closed: the test is over
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private UdpForwarder start(String host, int port, int maxBytes, int perSecond) {
        UdpForwarder forwarder =
                new UdpForwarder(
                        new UdpUpstreamSettings(
                                "upstream",
                                new Server(host, port),
                                Format.RFC5424,
                                maxBytes,
                                perSecond,
                                Duration.ofMillis(10),
                                Duration.ofMillis(100)),
                        spool.queue(),
                        new Random(1),
                        NanoClock.system(),
                        new ForwardObserver() {
                            @Override
                            public void cut(String upstream, long messages) {
                                cut.addAndGet(messages);
                            }

                            @Override
                            public void down(String upstream, String reason) {
                                changes.add("down " + reason);
                            }

                            @Override
                            public void up(String upstream, String target) {
                                changes.add("up");
                            }
                        });
        forwarder.start();
        return forwarder;
    }
}
