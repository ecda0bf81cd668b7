package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An upstream with two servers. */
@Timeout(120)
@Tag("waits")
@Execution(ExecutionMode.CONCURRENT)
class FailoverTest {
    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
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

    @AfterAll
    static void stopLoops() {
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void what_the_first_server_did_not_confirm_goes_to_the_second() throws Exception {
        try (SyslogSink second = SyslogSink.listen(0, READS_ALL);
                SyslogSink first =
                        SyslogSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.read(50);
                                    peer.pause(400);
                                    peer.cut();
                                });
                TcpForwarder _ = start(Duration.ofHours(1), first.port(), second.port())) {
            spool.feed(0, 5000);
            delivered();

            assertThat(first.received().subList(0, 50)).isEqualTo(spool.fed().subList(0, 50));
            assertThat(union(first, second)).containsAll(spool.fed());
            // the second one has everything from some message on, in order
            List<String> got = second.received();
            assertThat(got).isEqualTo(spool.fed().subList(5000 - got.size(), 5000));
            assertThat(spool.queue().delivered()).isEqualTo(5000);
        }
    }

    @Test
    void a_first_server_that_comes_back_gets_its_place_back_and_nothing_twice() throws Exception {
        int port = freePort();
        try (SyslogSink second = SyslogSink.listen(0, READS_ALL);
                TcpForwarder forwarder = start(Duration.ofMillis(50), port, second.port())) {
            spool.feed(0, 1000);
            delivered();
            assertThat(forwarder.target()).isEqualTo("127.0.0.1:" + second.port());

            try (SyslogSink first = SyslogSink.listen(port, READS_ALL)) {
                await().atMost(PATIENCE)
                        .until(() -> forwarder.target().equals("127.0.0.1:" + port));
                await().atMost(PATIENCE).until(forwarder::connected);
                spool.feed(1000, 2000);
                delivered();

                assertThat(second.received()).isEqualTo(spool.fed().subList(0, 1000));
                assertThat(first.received()).isEqualTo(spool.fed().subList(1000, 2000));
                assertThat(spool.queue().resent()).isZero();
            }
        }
    }

    @Test
    void under_load_nothing_is_lost_when_the_first_server_comes_back() throws Exception {
        int port = freePort();
        try (SyslogSink second = SyslogSink.listen(0, READS_ALL);
                TcpForwarder forwarder = start(Duration.ofMillis(50), port, second.port())) {
            spool.feed(0, 1000);
            try (SyslogSink first = SyslogSink.listen(port, READS_ALL)) {
                int fed = 1000;
                while (!forwarder.target().equals("127.0.0.1:" + port)) {
                    spool.feed(fed, fed + 10);
                    fed += 10;
                }
                spool.feed(fed, fed + 1000);
                delivered();

                assertThat(union(first, second)).containsAll(spool.fed());
                assertThat(first.received()).endsWith(spool.fed().getLast());
                assertThat(forwarder.connected()).isTrue();
            }
        }
    }

    @Test
    void with_all_servers_gone_everything_waits_for_the_first_that_comes() throws Exception {
        int one = freePort();
        int two = freePort();
        try (TcpForwarder forwarder = start(Duration.ofMillis(50), one, two)) {
            spool.feed(0, 1000);
            assertThat(forwarder.target()).isEqualTo("127.0.0.1:%d, 127.0.0.1:%d", one, two);
            try (SyslogSink second = SyslogSink.listen(two, READS_ALL)) {
                delivered();
                assertThat(second.received()).isEqualTo(spool.fed());
            }
            spool.feed(1000, 1500);
            try (SyslogSink first = SyslogSink.listen(one, READS_ALL)) {
                delivered();
                assertThat(first.received()).endsWith(spool.fed().getLast());
                assertThat(spool.queue().delivered()).isEqualTo(1500);
            }
        }
    }

    @Test
    void servers_that_break_all_the_time_lose_nothing_together() throws Exception {
        SyslogSink.Conversation breaks =
                (number, peer) -> {
                    if (number < 6) {
                        peer.read(100 + 40 * number);
                        peer.pause(50);
                        peer.cut();
                    } else {
                        peer.readAll();
                    }
                };
        try (SyslogSink first = SyslogSink.listen(0, breaks);
                SyslogSink second = SyslogSink.listen(0, breaks);
                TcpForwarder _ = start(Duration.ofMillis(50), first.port(), second.port())) {
            spool.feed(0, 5000);
            delivered();

            assertThat(union(first, second)).containsAll(spool.fed());
            assertThat(spool.dropped()).isEmpty();
            assertThat(first.received()).isNotEmpty();
            assertThat(second.received()).isNotEmpty();
        }
    }

    private void delivered() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private static Set<String> union(SyslogSink... sinks) {
        Set<String> all = new HashSet<>();
        for (SyslogSink sink : sinks) {
            all.addAll(sink.received());
        }
        return all;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private TcpForwarder start(Duration probe, int... ports) {
        List<Server> servers = new ArrayList<>();
        for (int port : ports) {
            servers.add(new Server("127.0.0.1", port));
        }
        TcpForwarder forwarder =
                new TcpForwarder(
                        new TcpUpstreamSettings(
                                spool.queue().name(),
                                servers,
                                new Layout(Format.RFC5424, Framing.OCTET_COUNTING),
                                Duration.ofMillis(10),
                                Duration.ofMillis(100),
                                Duration.ofSeconds(2),
                                probe,
                                Optional.empty()),
                        spool.queue(),
                        new TcpNetwork(LOOPS, new Random(1)),
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }
}
