package io.sealpost.relay.forward;

import static io.sealpost.relay.FreePort.freePort;
import static io.sealpost.relay.forward.StreamUpstreams.union;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.TestCertificates;
import io.sealpost.relay.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upstream whose messages are dealt to all of its servers. */
@Timeout(120)
@Beside
@Order(1) // takes long, so it begins first
class BalanceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SyslogSink.Conversation READS_ALL = (_, peer) -> peer.readAll();

    @TempDir Path folder;
    private SpoolFeed spool;

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFeed.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @Test
    void each_server_gets_its_share_in_order_and_nothing_twice() throws Exception {
        try (SyslogSink one = SyslogSink.listen(0, READS_ALL);
                SyslogSink two = SyslogSink.listen(0, READS_ALL);
                BalancedForwarder forwarder = start(one.port(), two.port())) {
            int fed = feedUntilBothHaveSome(one, two);
            delivered();

            assertThat(one.received()).isEqualTo(inOrder(one));
            assertThat(two.received()).isEqualTo(inOrder(two));
            assertThat(one.received().size() + two.received().size()).isEqualTo(fed);
            assertThat(union(one, two)).containsAll(spool.fed());
            assertThat(forwarder.unconfirmed()).isZero();
        }
    }

    @Test
    void what_a_lost_server_did_not_confirm_goes_to_the_others() throws Exception {
        CountDownLatch hung = new CountDownLatch(1);
        try (SyslogSink one =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.read(100);
                                    hung.await();
                                    peer.sink().close();
                                });
                SyslogSink two = SyslogSink.listen(0, READS_ALL);
                BalancedForwarder forwarder = start(one.port(), two.port())) {
            await().atMost(PATIENCE).until(() -> both(one, two));
            spool.feed(0, 5000);
            await().atMost(PATIENCE).until(() -> one.received().size() == 100);
            spool.feed(5000, 6000);
            // a server that reads nothing stops nobody but itself
            await().atMost(PATIENCE).until(() -> two.received().contains(spool.fed().getLast()));
            hung.countDown();
            delivered();

            assertThat(union(one, two)).containsAll(spool.fed());
            assertThat(forwarder.connected()).isTrue();
        }
    }

    @Test
    void what_a_dead_server_confirmed_by_silence_only_goes_to_the_others() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        try (SyslogSink one =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    dead.await();
                                    peer.sink().close();
                                });
                BalancedForwarder _ = start(one.port(), freePort())) {
            spool.feed(0, 50);
            delivered(); // though its process has read nothing
            assertThat(one.received()).isEmpty();
        }
        // the same with another server that lives
        int port = freePort();
        try (SyslogSink one =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    dead.await();
                                    peer.sink().close();
                                });
                BalancedForwarder _ = start(one.port(), port)) {
            spool.feed(50, 100);
            delivered();
            try (SyslogSink two = SyslogSink.listen(port, READS_ALL)) {
                dead.countDown();
                List<String> last = spool.fed().subList(50, 100);
                await().atMost(PATIENCE).until(() -> two.received().containsAll(last));
            }
        }
    }

    @Test
    void a_server_that_was_never_there_harms_nobody_and_gets_its_share_when_it_comes()
            throws Exception {
        int port = freePort();
        try (SyslogSink one = SyslogSink.listen(0, READS_ALL);
                BalancedForwarder _ = start(one.port(), port)) {
            spool.feed(0, 1000);
            delivered();
            assertThat(one.received()).isEqualTo(spool.fed());

            try (SyslogSink two = SyslogSink.listen(port, READS_ALL)) {
                int fed = 1000;
                while (two.received().isEmpty()) {
                    spool.feed(fed, fed + 10);
                    fed += 10;
                }
                delivered();
                assertThat(union(one, two)).containsAll(spool.fed());
            }
        }
    }

    @Test
    void servers_that_break_all_the_time_lose_nothing_together() throws Exception {
        SyslogSink.Conversation breaks =
                (number, peer) -> {
                    if (number < 8) {
                        peer.read(50 + 60 * number);
                        peer.pause(20);
                        peer.cut();
                    } else {
                        peer.readAll();
                    }
                };
        try (SyslogSink one = SyslogSink.listen(0, breaks);
                SyslogSink two = SyslogSink.listen(0, breaks);
                SyslogSink three = SyslogSink.listen(0, breaks);
                BalancedForwarder _ = start(one.port(), two.port(), three.port())) {
            for (int i = 0; i < 5000; i += 50) {
                spool.feed(i, i + 50);
            }
            delivered();

            assertThat(union(one, two, three)).containsAll(spool.fed());
            assertThat(spool.dropped()).isEmpty();
        }
    }

    @Test
    void a_message_that_no_server_bears_is_set_aside_and_no_other() throws Exception {
        String poison = "<13>1 - host app - - - poison";
        SyslogSink.Conversation chokes =
                (_, peer) -> {
                    while (!peer.read().equals(poison)) {
                        // reads on
                    }
                    peer.cut();
                };
        try (SyslogSink one = SyslogSink.listen(0, chokes);
                SyslogSink two = SyslogSink.listen(0, chokes);
                BalancedForwarder _ = start(one.port(), two.port())) {
            spool.feed(0, 200);
            spool.feed(poison);
            spool.feed(200, 400);
            delivered();

            assertThat(union(one, two)).containsAll(spool.fed());
            assertThat(spool.dropped()).isEqualTo(Map.of(CautiousSending.SET_ASIDE, 1L));
            assertThat(spool.queue().delivered()).isEqualTo(400);
        }
    }

    @Test
    void a_new_forwarder_goes_on_where_the_last_one_stopped() throws Exception {
        List<String> got = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            boolean last = round == 3;
            try (SyslogSink one =
                            SyslogSink.listen(
                                    0,
                                    (_, peer) -> {
                                        peer.read(last ? Integer.MAX_VALUE : 300);
                                        peer.pause(60_000);
                                    });
                    SyslogSink two = SyslogSink.listen(0, READS_ALL);
                    BalancedForwarder _ = start(one.port(), two.port())) {
                spool.feed(1000 * round, 1000 * (round + 1));
                if (last) {
                    delivered();
                } else {
                    await().atMost(PATIENCE)
                            .until(() -> one.received().size() + two.received().size() >= 300);
                }
                got.addAll(union(one, two));
            }
            spool.reopen();
        }
        assertThat(got).containsAll(spool.fed());
        assertThat(spool.queue().queued()).isZero();
    }

    @Test
    void over_tls_each_server_gets_its_share() throws Exception {
        Optional<SSLContext> server = Optional.of(TestCertificates.shared().server("server"));
        try (SyslogSink one = SyslogSink.listen(0, server, READS_ALL);
                SyslogSink two = SyslogSink.listen(0, server, READS_ALL);
                BalancedForwarder _ = start(List.of(tls(), tls()), one.port(), two.port())) {
            int _ = feedUntilBothHaveSome(one, two);
            delivered();

            assertThat(one.received()).isEqualTo(inOrder(one));
            assertThat(two.received()).isEqualTo(inOrder(two));
            assertThat(union(one, two)).containsAll(spool.fed());
        }
    }

    private static ClientTls tls() throws Exception {
        return StreamUpstreams.tls(TlsVersion.TLS_1_2, Duration.ofSeconds(10));
    }

    /**
     * At least some hundreds of messages; returns their number. While servers are awaited, so
     * slowly that what comes together is trusted before it is proven.
     */
    private int feedUntilBothHaveSome(SyslogSink one, SyslogSink two) throws IOException {
        int fed = 0;
        while (fed < 500 || one.received().isEmpty() || two.received().isEmpty()) {
            int more = fed < 500 ? 20 : 1;
            spool.feed(fed, fed + more);
            fed += more;
        }
        return fed;
    }

    private static boolean both(SyslogSink one, SyslogSink two) {
        return one.connections() > 0 && two.connections() > 0;
    }

    private List<String> inOrder(SyslogSink sink) {
        List<String> order = new ArrayList<>(spool.fed());
        order.retainAll(union(sink));
        return order;
    }

    private void delivered() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private BalancedForwarder start(int... ports) throws IOException {
        return start(List.of(), ports);
    }

    /** Over TLS if there is one for each port. */
    private BalancedForwarder start(List<ClientTls> tls, int... ports) throws IOException {
        List<TcpUpstreamSettings> each = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            each.add(
                    StreamUpstreams.settings(
                            StreamUpstreams.servers(ports[i]),
                            Duration.ofHours(1),
                            tls.isEmpty() ? Optional.empty() : Optional.of(tls.get(i))));
        }
        BalancedForwarder forwarder =
                new BalancedForwarder(
                        each,
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }
}
