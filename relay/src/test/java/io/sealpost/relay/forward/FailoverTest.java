package io.sealpost.relay.forward;

import static io.sealpost.relay.FreePort.freePort;
import static io.sealpost.relay.forward.StreamUpstreams.union;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upstream with two servers. */
@Timeout(120)
@Beside
class FailoverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SyslogSink.Conversation READS_ALL = (_, peer) -> peer.readAll();

    @TempDir Path folder;
    private final Told events = new Told();
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
    void a_server_that_is_not_there_is_told_of_once_until_it_is_back() throws Exception {
        int port = freePort();
        String first = "127.0.0.1:" + port;
        try (SyslogSink second =
                        SyslogSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number < 3) {
                                        peer.read(10);
                                        peer.cut();
                                    }
                                    peer.readAll();
                                });
                TcpForwarder _ = start(Duration.ofMillis(50), port, second.port())) {
            spool.feed(0, 1000);
            delivered();
            assertThat(events.all)
                    .filteredOn(told -> told.contains("with"))
                    .containsExactly("without " + first);

            try (SyslogSink _ = SyslogSink.listen(port, READS_ALL)) {
                await().atMost(PATIENCE).until(() -> events.all.contains("again with " + first));
            }
            assertThat(events.all).contains("up 127.0.0.1:" + second.port());
        }
    }

    @Test
    void a_first_server_that_takes_connections_but_nothing_else_is_tried_ever_more_rarely()
            throws Exception {
        try (SyslogSink first = SyslogSink.listen(0, (_, peer) -> peer.cut());
                SyslogSink second = SyslogSink.listen(0, READS_ALL);
                TcpForwarder _ = start(Duration.ofMillis(20), first.port(), second.port())) {
            int fed = 0;
            long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (System.nanoTime() < until) {
                spool.feed(fed, ++fed);
            }
            delivered();

            assertThat(second.firstArrivals()).isEqualTo(spool.fed());
            // probes and returns; with a probe each 20 ms there would be hundreds
            assertThat(first.connections()).isBetween(4, 40);
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

    private TcpForwarder start(Duration probe, int... ports) {
        TcpForwarder forwarder =
                new TcpForwarder(
                        StreamUpstreams.settings(
                                StreamUpstreams.servers(ports), probe, Optional.empty()),
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        events);
        forwarder.start();
        return forwarder;
    }

    /** Notes what the forwarder tells. */
    private static final class Told implements ForwardObserver {
        private final List<String> all = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void down(String upstream, String reason) {
            all.add("down " + reason.replaceAll("[0-9.]+:", ""));
        }

        @Override
        public void up(String upstream, String target) {
            all.add("up " + target);
        }

        @Override
        public void serverDown(String upstream, String server, String reason) {
            all.add("without " + server);
        }

        @Override
        public void serverUp(String upstream, String server) {
            all.add("again with " + server);
        }
    }
}
