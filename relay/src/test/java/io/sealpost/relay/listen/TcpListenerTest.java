package io.sealpost.relay.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.sealpost.relay.LogLines;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpListenerTest {
    private static final String FORM =
            "<34>1 2026-11-24T10:00:00Z host app %d ID - text of message";

    private Testbed bed;

    @BeforeEach
    void open() throws IOException {
        bed = Testbed.open();
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void both_framings_arrive_in_order_on_one_connection() throws IOException {
        TcpListener listener = bed.tcp();

        try (Socket sender = connect(listener)) {
            write(sender, counted(message(0)) + message(1) + "\n" + counted(message(2)));
            write(sender, message(3) + "\r\n" + message(4) + "\0");

            assertThat(bed.messages(5)).isEqualTo(messages(5));
        }
    }

    @Test
    void messages_arrive_whole_wherever_they_are_cut() throws IOException {
        TcpListener listener = bed.tcp();

        try (Socket sender = connect(listener)) {
            sender.setTcpNoDelay(true);
            for (char octet : (counted(message(0)) + message(1) + "\n").toCharArray()) {
                write(sender, String.valueOf(octet));
            }

            assertThat(bed.messages(2)).isEqualTo(messages(2));
        }
    }

    @Test
    void unfinished_line_is_a_message_at_close() throws IOException {
        TcpListener listener = bed.tcp();

        try (Socket sender = connect(listener)) {
            write(sender, message(0) + "\n" + message(1));
        }

        assertThat(bed.messages(2)).isEqualTo(messages(2));
        bed.awaitCount("closed", 1);
    }

    @Test
    void unfinished_counted_frame_is_marked_truncated_at_close() throws IOException {
        TcpListener listener = bed.tcp();

        try (Socket sender = connect(listener)) {
            write(sender, "999 " + message(0));
        }

        assertThat(bed.messages(1).getFirst())
                .contains("reasons=\"truncated\"")
                .endsWith("text of message");
        bed.awaitCount("changed truncated", 1);
    }

    @Test
    void sender_that_shuts_down_its_side_gets_everything_delivered() throws IOException {
        TcpListener listener = bed.tcp();

        try (Socket sender = connect(listener)) {
            write(sender, counted(message(0)) + message(1));
            sender.shutdownOutput();

            assertThat(bed.messages(2)).isEqualTo(messages(2));
            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void address_is_known_all_the_time_while_another_listener_takes_over() throws IOException {
        TcpListener before = bed.tcp();
        InetSocketAddress bound = before.address();
        TcpListener after = new TcpListener(Testbed.tcpSettings(), bed.loops, bed.counters);

        after.succeed(before);

        assertThat(bound.getPort()).isPositive();
        assertThat(before.address()).isEqualTo(bound); // it may still be asked
        assertThat(after.address()).isEqualTo(bound);
        stop(after);
    }

    @Test
    void what_connections_not_yet_accepted_have_sent_is_taken_in_at_the_stop() throws Exception {
        TcpListener listener = bed.tcp();
        SingleThreadEventExecutor eventLoop =
                (SingleThreadEventExecutor) bed.loops.loops().getFirst().eventLoop();
        CountDownLatch busy = new CountDownLatch(1);
        eventLoop.execute(() -> awaitUninterruptibly(busy));
        Awaitility.await().until(() -> eventLoop.pendingTasks() == 0);
        List<Socket> senders = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Socket sender = connect(listener);
            senders.add(sender);
            write(sender, counted(message(i)));
        }

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> stop(listener));
        Awaitility.await().until(() -> eventLoop.pendingTasks() > 0);
        busy.countDown();

        assertThat(bed.messages(30)).containsExactlyInAnyOrderElementsOf(messages(30));
        stopped.join();
        for (Socket sender : senders) {
            assertThat(sender.getInputStream().read()).isEqualTo(-1); // a FIN, no reset
            sender.close();
        }
        assertThatThrownBy(() -> connect(listener)).isInstanceOf(ConnectException.class);
    }

    @Test
    void full_lane_stops_reading_and_nothing_is_lost() throws IOException {
        TcpListener listener = bed.tcp();
        int count = 200_000;
        bed.gate.hold();

        try (Socket sender = connect(listener)) {
            CompletableFuture<Void> sent = sendAll(sender, count);
            Awaitility.await().until(() -> stalled() && !sent.isDone());
            long before = bed.counters.get("received");
            bed.gate.open();

            assertThat(bed.messages(count)).isEqualTo(messages(count));
            assertThat(before).isLessThan(count);
            sent.join();
        }
        assertThat(bed.counters.get("received")).isEqualTo(count);
    }

    @Test
    void connections_that_end_while_the_lane_is_full_are_delivered() throws IOException {
        TcpListener listener = bed.tcp();
        bed.gate.hold();
        try (Socket filler = connect(listener)) {
            CompletableFuture<Void> sent = sendAll(filler, 60_000);
            Awaitility.await().until(this::stalled);

            for (int i = 0; i < 3; i++) {
                try (Socket sender = connect(listener)) {
                    write(
                            sender,
                            "<34>1 2026-11-24T10:00:00Z late app " + i + " ID - line\n".repeat(1));
                    write(sender, "<34>1 2026-11-24T10:00:00Z late app " + i + " ID - unfinished");
                }
            }
            bed.gate.open();

            assertThat(bed.messages(60_006)).hasSize(60_006);
            assertThat(bed.messages(60_006).stream().filter(m -> m.contains(" late ")))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 3)
                                    .boxed()
                                    .flatMap(
                                            i ->
                                                    List.of("line", "unfinished").stream()
                                                            .map(
                                                                    end ->
                                                                            "<34>1 2026-11-24T10:00:00Z late"
                                                                                    + " app "
                                                                                    + i
                                                                                    + " ID - "
                                                                                    + end))
                                    .toList());
            sent.join();
        }
    }

    @Test
    void too_long_messages_are_cut_and_the_next_is_intact() throws IOException {
        TcpListener listener = bed.tcp();
        String big = message(0) + "x".repeat(20_000);

        try (Socket sender = connect(listener)) {
            write(sender, counted(big) + big + "\n" + counted(message(1)));

            assertThat(bed.messages(3).get(2)).isEqualTo(message(1));
        }
        bed.awaitCount("changed truncated", 2);
        assertThat(bed.messages(3).getFirst()).endsWith("xxx").hasSizeBetween(8192, 8300);
    }

    @Test
    void peers_that_are_not_allowed_are_refused() throws IOException {
        PeerRules rules =
                new PeerRules(
                        List.of(Network.parse("10.0.0.0/8")), Testbed.ANYBODY.zone(), List.of());
        TcpListener listener =
                bed.tcp(new TcpListenerSettings(Testbed.common(rules), 10, Duration.ZERO));

        try (Socket sender = connect(listener)) {
            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
        bed.awaitCount("refused allow", 1);
        assertThat(bed.counters.get("opened")).isZero();
    }

    @Test
    void each_refused_peer_is_named_and_all_are_told_though_no_other_comes() throws IOException {
        PeerRules rules =
                new PeerRules(
                        List.of(Network.parse("10.0.0.0/8")), Testbed.ANYBODY.zone(), List.of());
        TcpListener listener =
                bed.tcp(new TcpListenerSettings(Testbed.common(rules), 10, Duration.ZERO));
        try (LogLines logged = LogLines.of(TcpListener.class)) {
            for (String address : List.of("127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.2")) {
                connectFrom(address, listener).close();
            }
            bed.awaitCount("refused allow", 4);

            await().atMost(Duration.ofSeconds(60)).until(() -> told(logged.all()) == 4);
            assertThat(logged.all())
                    .anyMatch(line -> line.contains("refused a connection of 127.0.0.1:"))
                    .anyMatch(line -> line.contains("refused a connection of 127.0.0.2:"));
        }
    }

    /** How many refusals the lines speak of. */
    private static int told(List<String> lines) {
        Pattern more = Pattern.compile("\\(and (\\d+) more like it\\)");
        return lines.stream()
                .map(line -> more.matcher(line))
                .mapToInt(matcher -> matcher.find() ? 1 + Integer.parseInt(matcher.group(1)) : 1)
                .sum();
    }

    @Test
    void connections_above_the_maximum_are_refused_until_one_closes() throws IOException {
        TcpListener listener =
                bed.tcp(new TcpListenerSettings(Testbed.common(Testbed.ANYBODY), 1, Duration.ZERO));
        try (Socket first = connect(listener)) {
            write(first, counted(message(0)));
            bed.messages(1);

            try (Socket second = connect(listener)) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            bed.awaitCount("refused max-connections", 1);
        }
        bed.awaitCount("closed", 1);

        try (Socket third = connect(listener)) {
            write(third, counted(message(1)));
            assertThat(bed.messages(2)).isEqualTo(messages(2));
        }
        assertThat(bed.counters.get("opened")).isEqualTo(2);
    }

    @Test
    void connections_of_one_address_above_its_maximum_are_refused() throws IOException {
        TcpListener listener =
                bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY),
                                new TcpListenerSettings.Protocol.Syslog(),
                                100,
                                1,
                                Duration.ZERO,
                                Optional.empty()));
        try (Socket first = connect(listener);
                Socket other = connectFrom("127.0.0.2", listener)) {
            write(first, counted(message(0)));
            write(other, counted(message(1)));
            bed.messages(2);

            try (Socket second = connect(listener)) {
                second.setSoTimeout(10_000);
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            bed.awaitCount("refused max-connections-per-address", 1);
        }
        bed.awaitCount("closed", 2);

        try (Socket third = connect(listener)) {
            write(third, counted(message(2)));
            assertThat(bed.messages(3)).hasSize(3);
        }
    }

    private static Socket connectFrom(String address, TcpListener listener) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(),
                listener.address().getPort(),
                InetAddress.getByName(address),
                0);
    }

    @Test
    void idle_connections_are_closed_and_their_rest_delivered() throws IOException {
        TcpListener listener =
                bed.tcp(
                        new TcpListenerSettings(
                                Testbed.common(Testbed.ANYBODY), 10, Duration.ofMinutes(5)));

        try (Socket sender = connect(listener)) {
            write(sender, counted(message(0)) + message(1));
            bed.messages(1);
            bed.clockOffsetNanos.set(Duration.ofMinutes(6).toNanos());

            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(bed.messages(2)).isEqualTo(messages(2));
        assertThat(bed.counters.get("cut off idle-timeout")).isEqualTo(1);
    }

    @Test
    void ipv6_peers_are_named_by_their_address() throws IOException {
        ListenerSettings common =
                new ListenerSettings(
                        "six",
                        new InetSocketAddress("::1", 0),
                        8192,
                        0,
                        Testbed.ANYBODY,
                        Optional.empty());
        TcpListener listener = bed.tcp(new TcpListenerSettings(common, 10, Duration.ZERO));

        try (Socket sender = connect(listener)) {
            write(sender, "<13>no header at all\n");
        }

        assertThat(bed.messages(1).getFirst()).contains(" ::1 ");
    }

    @Test
    void ipv4_peers_of_a_dual_listener_are_named_by_their_ipv4_address() throws IOException {
        ListenerSettings common =
                new ListenerSettings(
                        "dual",
                        new InetSocketAddress("::", 0),
                        8192,
                        0,
                        Testbed.ANYBODY,
                        Optional.empty());
        TcpListener listener = bed.tcp(new TcpListenerSettings(common, 10, Duration.ZERO));

        try (Socket sender = new Socket("127.0.0.1", listener.address().getPort())) {
            write(sender, "<13>no header at all\n");
        }

        assertThat(bed.messages(1).getFirst()).contains(" 127.0.0.1 ");
    }

    @Test
    void stop_delivers_what_the_kernel_has() throws IOException, InterruptedException {
        TcpListener listener = bed.tcp();
        int count = 20_000;
        try (Socket sender = connect(listener)) {
            bed.awaitCount("opened", 1);
            CompletableFuture<Void> sent = sendAll(sender, count);
            sent.join();
            write(sender, message(count));

            listener.stop(Duration.ofSeconds(10));

            assertThat(bed.messages(count + 1)).isEqualTo(messages(count + 1));
            assertThat(sender.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void stop_counts_what_finds_no_room_in_time() throws IOException, InterruptedException {
        TcpListener listener = bed.tcp();
        bed.gate.hold();
        try (Socket sender = connect(listener)) {
            CompletableFuture<Void> sent = sendAll(sender, 200_000);
            Awaitility.await().until(this::stalled);

            listener.stop(Duration.ofMillis(300));

            assertThat(bed.counters.get("dropped shutdown")).isPositive();
            assertThat(sent).failsWithin(Duration.ofSeconds(10));
        }
        bed.gate.open();
    }

    @Test
    void port_in_use_is_said_with_listener_and_address() throws IOException {
        TcpListener first = bed.tcp();
        ListenerSettings common =
                new ListenerSettings(
                        "second", first.address(), 8192, 0, Testbed.ANYBODY, Optional.empty());
        TcpListener second =
                new TcpListener(
                        new TcpListenerSettings(common, 10, Duration.ZERO),
                        bed.loops,
                        bed.counters);

        assertThatThrownBy(second::bind)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listener second: cannot listen on 127.0.0.1:")
                .hasMessageContaining("Address already in use");
    }

    /** Nothing was received between two looks. */
    private boolean stalled() throws InterruptedException {
        long before = bed.counters.get("received");
        CompletableFuture<Void> never = new CompletableFuture<>();
        never.completeOnTimeout(null, 50, java.util.concurrent.TimeUnit.MILLISECONDS).join();
        return before > 0 && bed.counters.get("received") == before;
    }

    private static CompletableFuture<Void> sendAll(Socket sender, int count) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        StringBuilder chunk = new StringBuilder();
                        for (int i = 0; i < count; i++) {
                            chunk.append(i % 2 == 0 ? counted(message(i)) : message(i) + "\n");
                            if (chunk.length() > 60_000 || i == count - 1) {
                                write(sender, chunk.toString());
                                chunk.setLength(0);
                            }
                        }
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }

    private static void stop(Listener listener) {
        try {
            listener.stop(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Socket connect(Listener listener) throws IOException {
        return new Socket(listener.address().getAddress(), listener.address().getPort());
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String message(int n) {
        return FORM.formatted(n);
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(TcpListenerTest::message).toList();
    }

    private static String counted(String message) {
        return message.length() + " " + message;
    }
}
