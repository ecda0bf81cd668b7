package io.sealpost.relay.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.LogLines;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpListenerTest {
    private static final String FORM = "<34>1 2026-11-24T10:00:00Z host app %d ID - text";
    private static final int LARGE_BUFFER = 4 << 20;

    private Testbed bed;

    @BeforeEach
    void open() throws IOException {
        bed = Testbed.open(2);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void datagrams_arrive_in_order() throws IOException {
        UdpListener listener = bed.udp(settings(LARGE_BUFFER, 1));
        int count = 2000;

        try (DatagramSocket sender = new DatagramSocket()) {
            for (int i = 0; i < count; i++) {
                send(sender, listener, message(i));
            }

            assertThat(bed.messages(count)).isEqualTo(messages(count));
        }
        assertThat(bed.counters.get("received")).isEqualTo(count);
    }

    @Test
    void one_line_end_is_no_part_of_the_message() throws IOException {
        UdpListener listener = bed.udp();

        try (DatagramSocket sender = new DatagramSocket()) {
            send(sender, listener, message(0) + "\n");
            send(sender, listener, message(1) + "\r\n");
            send(sender, listener, message(2) + "\0");
            send(sender, listener, message(3) + "\nsecond line\n\n");

            assertThat(bed.messages(4).subList(0, 3)).isEqualTo(messages(3));
            assertThat(bed.messages(4).get(3)).isEqualTo(message(3) + "\nsecond line\n");
        }
    }

    @Test
    void empty_datagrams_are_counted_as_ignored() throws IOException {
        UdpListener listener = bed.udp();

        try (DatagramSocket sender = new DatagramSocket()) {
            send(sender, listener, "");
            send(sender, listener, "\n");
            send(sender, listener, message(0));

            assertThat(bed.messages(1)).isEqualTo(messages(1));
        }
        assertThat(bed.counters.get("ignored")).isEqualTo(2);
        assertThat(bed.counters.get("received")).isEqualTo(1);
    }

    @Test
    void too_long_datagrams_are_cut_and_marked() throws IOException {
        UdpListener listener = bed.udp();
        String fits = message(0) + "x".repeat(Testbed.MAX_MESSAGE - message(0).length());

        try (DatagramSocket sender = new DatagramSocket()) {
            send(sender, listener, fits + "\n");
            send(sender, listener, fits + "y");

            assertThat(bed.messages(2).getFirst()).isEqualTo(fits);
            assertThat(bed.messages(2).getLast()).contains("truncated").endsWith("xxx");
        }
    }

    @Test
    void senders_are_told_apart_when_they_take_turns() throws IOException {
        UdpListener listener = bed.udp();

        try (DatagramSocket one = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                DatagramSocket two = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0))) {
            for (int i = 0; i < 3; i++) {
                send(one, listener, "from one");
                send(two, listener, "from two");
            }

            assertThat(bed.messages(6))
                    .allMatch(m -> m.contains(m.endsWith("one") ? " 127.0.0.1 " : " 127.0.0.2 "));
        }
    }

    @Test
    void ipv6_datagrams_arrive() throws IOException {
        UdpListener listener = bed.udp(bound("::1"));

        try (DatagramSocket sender = new DatagramSocket(new InetSocketAddress("::1", 0))) {
            send(sender, listener, "no header");

            assertThat(bed.messages(1).getFirst()).contains(" ::1 ");
        }
    }

    @Test
    void ipv4_senders_of_a_dual_listener_are_named_by_their_ipv4_address() throws IOException {
        UdpListener listener = bed.udp(bound("::"));

        try (DatagramSocket sender = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            byte[] octets = "no header".getBytes(ISO_8859_1);
            sender.send(
                    new DatagramPacket(
                            octets,
                            octets.length,
                            new InetSocketAddress("127.0.0.1", listener.address().getPort())));

            assertThat(bed.messages(1).getFirst()).contains(" 127.0.0.1 ");
        }
    }

    @Test
    void peers_that_are_not_allowed_are_refused_and_named() throws IOException {
        PeerRules rules =
                new PeerRules(
                        List.of(Network.parse("127.0.0.2")), Testbed.ANYBODY.zone(), List.of());
        UdpListener listener = bed.udp(new UdpListenerSettings(Testbed.common(rules), 1));

        try (LogLines logged = LogLines.of(UdpListener.class);
                DatagramSocket one = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                DatagramSocket two = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0));
                DatagramSocket three = new DatagramSocket(new InetSocketAddress("127.0.0.3", 0))) {
            send(one, listener, message(1));
            send(three, listener, message(3));
            send(one, listener, message(2));
            send(two, listener, message(0));

            assertThat(bed.messages(1)).isEqualTo(messages(1));
            assertThat(logged.all()) // the second one of a peer is told of later
                    .containsExactly(
                            "listener test: refused a datagram of 127.0.0.1:%d: allow"
                                    .formatted(one.getLocalPort()),
                            "listener test: refused a datagram of 127.0.0.3:%d: allow"
                                    .formatted(three.getLocalPort()));
        }
        assertThat(bed.counters.get("refused allow")).isEqualTo(3);
    }

    @Test
    void full_lane_leaves_datagrams_to_the_kernel_which_counts_its_drops() throws IOException {
        UdpListener listener = bed.udp(settings(1 << 20, 1));
        int count = 30_000;
        String padding = "x".repeat(200);
        bed.gate.hold();

        try (DatagramSocket sender = new DatagramSocket()) {
            for (int i = 0; i < count; i++) {
                send(sender, listener, message(i) + padding);
            }
            bed.awaitCount("kernel drops", 1);
            bed.gate.open();
            int kept = count - (int) bed.counters.get("kernel drops");

            assertThat(bed.messages(kept).getFirst()).isEqualTo(message(0) + padding);
            bed.awaitCount("received", kept);
        }
        assertThat(bed.counters.get("received") + bed.counters.get("kernel drops"))
                .isEqualTo(count);
    }

    @Test
    void several_sockets_share_the_port_and_keep_each_senders_order() throws IOException {
        UdpListener listener = bed.udp(settings(LARGE_BUFFER, 2));
        int senders = 8;
        int each = 200;

        for (int s = 0; s < senders; s++) {
            try (DatagramSocket sender = new DatagramSocket()) {
                for (int i = 0; i < each; i++) {
                    send(sender, listener, message(s * each + i));
                }
            }
        }

        List<String> messages = bed.messages(senders * each);
        for (int s = 0; s < senders; s++) {
            List<String> own = messages(senders * each).subList(s * each, (s + 1) * each);
            assertThat(messages).containsSubsequence(own);
        }
        assertThat(messages).hasSize(senders * each);
    }

    @Test
    void port_in_use_is_noticed_also_where_sockets_share_it() throws IOException {
        UdpListener first = bed.udp(settings(0, 2));
        ListenerSettings common =
                new ListenerSettings(
                        "second", first.address(), 8192, 0, Testbed.ANYBODY, Optional.empty());
        UdpListener second =
                new UdpListener(new UdpListenerSettings(common, 2), bed.loops, bed.counters);

        assertThatThrownBy(second::bind)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listener second: cannot listen on 127.0.0.1:")
                .hasMessageContaining("Address already in use");
    }

    @Test
    void stop_takes_in_what_the_kernel_has() throws IOException, InterruptedException {
        UdpListener listener = bed.udp(settings(LARGE_BUFFER, 1));
        int count = 2000;
        try (DatagramSocket sender = new DatagramSocket()) {
            for (int i = 0; i < count; i++) {
                send(sender, listener, message(i));
            }
        }

        listener.stop(Duration.ofSeconds(10));

        assertThat(bed.messages(count)).isEqualTo(messages(count));
    }

    private static UdpListenerSettings settings(int receiveBuffer, int sockets) {
        return new UdpListenerSettings(
                new ListenerSettings(
                        "test",
                        Testbed.loopback(),
                        Testbed.MAX_MESSAGE,
                        receiveBuffer,
                        Testbed.ANYBODY,
                        Optional.empty()),
                sockets);
    }

    private static UdpListenerSettings bound(String address) {
        return new UdpListenerSettings(
                new ListenerSettings(
                        "test",
                        new InetSocketAddress(address, 0),
                        Testbed.MAX_MESSAGE,
                        0,
                        Testbed.ANYBODY,
                        Optional.empty()),
                1);
    }

    private static void send(DatagramSocket sender, Listener to, String text) throws IOException {
        byte[] octets = text.getBytes(ISO_8859_1);
        sender.send(new DatagramPacket(octets, octets.length, to.address()));
    }

    private static String message(int n) {
        return FORM.formatted(n);
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(UdpListenerTest::message).toList();
    }
}
