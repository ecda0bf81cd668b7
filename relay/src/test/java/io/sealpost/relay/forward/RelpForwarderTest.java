package io.sealpost.relay.forward;

import static io.sealpost.relay.forward.StreamUpstreams.servers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RELP upstreams against servers that behave well, and in all other ways. */
@Timeout(120)
@Beside
class RelpForwarderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WINDOW = 128;

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
    void each_message_arrives_once_and_in_order() throws Exception {
        try (RelpSink sink = RelpSink.listen(0, RelpSink.GOOD);
                TcpForwarder forwarder = start(sink.port())) {
            for (int i = 0; i < 5000; i += 500) {
                spool.feed(i, i + 500);
            }
            spool.feed("");
            delivered();

            assertThat(sink.received()).isEqualTo(spool.fed());
            assertThat(forwarder.unconfirmed()).isZero();
            assertThat(spool.queue().resent()).isZero();
            assertThat(forwarder.connected()).isTrue();
        }
    }

    @Test
    void a_session_begins_with_open_and_ends_with_close() throws Exception {
        List<RelpSink.Frame> frames = Collections.synchronizedList(new ArrayList<>());
        try (RelpSink sink =
                RelpSink.listen(
                        0,
                        (_, peer) -> {
                            frames.add(peer.read());
                            String offers = "200 OK\ncommands=syslog";
                            peer.say("1 rsp " + offers.length() + " " + offers + "\n");
                            RelpSink.Frame message = peer.read();
                            frames.add(message);
                            peer.acknowledge(message);
                            frames.add(peer.read());
                        })) {
            try (TcpForwarder forwarder = start(sink.port())) {
                spool.feed("<13>1 - host app - - - hello");
                delivered();
                forwarder.stop(Duration.ofSeconds(5));
            }
            await().atMost(PATIENCE).until(() -> frames.size() == 3);
        }
        assertThat(frames.getFirst().command()).isEqualTo("open");
        assertThat(frames.getFirst().txnr()).isEqualTo(1);
        assertThat(frames.getFirst().data().lines())
                .contains("relp_version=0", "commands=syslog")
                .anyMatch(offer -> offer.startsWith("relp_software=sealpost"));
        assertThat(frames.subList(1, 3))
                .containsExactly(
                        new RelpSink.Frame(2, "syslog", "<13>1 - host app - - - hello"),
                        new RelpSink.Frame(3, "close", ""));
    }

    @Test
    void no_more_than_the_window_is_under_way() throws Exception {
        for (int window : new int[] {1, WINDOW, 2000}) {
            List<String> more = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch looked = new CountDownLatch(1);
            int begin = spool.fed().size();
            try (RelpSink sink =
                            RelpSink.listen(
                                    0,
                                    (_, peer) -> {
                                        peer.open();
                                        List<RelpSink.Frame> frames = peer.read(window);
                                        if (!peer.silent(300)) {
                                            more.add(peer.read().data());
                                        }
                                        looked.countDown();
                                        for (RelpSink.Frame frame : frames) {
                                            peer.acknowledge(frame);
                                        }
                                        peer.serve(Integer.MAX_VALUE);
                                    });
                    TcpForwarder _ = start(window, Duration.ofSeconds(30), sink.port())) {
                spool.feed(begin, begin + window + 100);
                looked.await();
                assertThat(more).as("window " + window).isEmpty();
                delivered();
                assertThat(sink.received())
                        .isEqualTo(spool.fed().subList(begin, spool.fed().size()));
            }
        }
    }

    @Test
    void acknowledgements_may_come_in_any_order() throws Exception {
        Random random = new Random(7);
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.open();
                                    for (int round = 0; round < 20; round++) {
                                        List<RelpSink.Frame> frames = peer.read(50);
                                        if (round % 2 == 0) {
                                            Collections.reverse(frames);
                                        } else {
                                            Collections.shuffle(frames, random);
                                        }
                                        for (RelpSink.Frame frame : frames) {
                                            peer.acknowledge(frame);
                                        }
                                    }
                                    peer.serve(Integer.MAX_VALUE);
                                });
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 1000);
            delivered();

            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void only_acknowledged_messages_count_as_delivered() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.open();
                                    List<RelpSink.Frame> frames = peer.read(100);
                                    for (RelpSink.Frame frame : frames) {
                                        // the first one is never answered
                                        if (frame.txnr() != 2) {
                                            peer.acknowledge(frame);
                                        }
                                    }
                                    enough.await();
                                    peer.acknowledge(frames.getFirst());
                                    peer.serve(Integer.MAX_VALUE);
                                });
                TcpForwarder forwarder = start(sink.port())) {
            spool.feed(0, 100);
            await().atMost(PATIENCE).until(() -> forwarder.unconfirmed() == 1);
            assertThat(spool.queue().queued()).isEqualTo(100);
            enough.countDown();
            delivered();
            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void after_a_lost_connection_what_is_not_acknowledged_goes_out_again_and_nothing_else()
            throws Exception {
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.open();
                                    if (number > 0) {
                                        peer.serve(Integer.MAX_VALUE);
                                        return;
                                    }
                                    List<RelpSink.Frame> frames = peer.read(100);
                                    // all but two, in the midst and at the end
                                    for (RelpSink.Frame frame : frames) {
                                        if (frame.txnr() != 42 && frame.txnr() != 101) {
                                            peer.acknowledge(frame);
                                        }
                                    }
                                    peer.pause(200);
                                    peer.cut();
                                });
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 100);
            delivered();

            List<String> expected = new ArrayList<>(spool.fed());
            expected.add(spool.fed().get(40));
            expected.add(spool.fed().get(99));
            assertThat(sink.received()).isEqualTo(expected);
            assertThat(spool.queue().resent()).isEqualTo(2);
        }
    }

    @Test
    void connections_cut_after_any_acknowledgement_lose_nothing() throws Exception {
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.open();
                                    peer.serve(number < 40 ? number : Integer.MAX_VALUE);
                                });
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 2000);
            delivered();

            assertThat(sink.firstArrivals()).isEqualTo(spool.fed());
            assertThat(spool.dropped()).isEmpty();
        }
    }

    @Test
    void an_idle_session_that_the_server_ends_is_made_again_without_a_message() throws Exception {
        for (boolean politely : new boolean[] {true, false}) {
            try (RelpSink sink =
                            RelpSink.listen(
                                    0,
                                    (number, peer) -> {
                                        peer.open();
                                        if (number > 0) {
                                            peer.serve(Integer.MAX_VALUE);
                                        } else if (politely) {
                                            peer.say("0 serverclose 0\n");
                                            peer.pause(60_000);
                                        }
                                    });
                    TcpForwarder _ = start(sink.port())) {
                await().atMost(PATIENCE).until(() -> sink.connections() == 2);
            }
        }
    }

    /** In less than a second each. */
    @Test
    @Timeout(40)
    void a_session_that_ends_while_its_connection_stays_is_made_again_at_once() throws Exception {
        int sessions = 60;
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.open();
                                    if (number < sessions) {
                                        peer.pause(50);
                                        peer.say("0 serverclose 0\n");
                                    }
                                    peer.serve(Integer.MAX_VALUE);
                                });
                TcpForwarder _ = start(sink.port())) {
            await().atMost(PATIENCE).until(() -> sink.connections() > sessions);
        }
    }

    @Test
    void a_message_that_stays_refused_is_set_aside_and_its_neighbours_arrive_once()
            throws Exception {
        String bad = "<13>1 - host app - - - unwanted";
        try (RelpSink sink = RelpSink.listen(0, refusing(bad, Integer.MAX_VALUE));
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 100);
            spool.feed(bad);
            spool.feed(100, 200);
            delivered();

            Map<String, Integer> times = times(sink);
            assertThat(times.remove(bad)).isEqualTo(RelpSession.TRIES);
            assertThat(times.values()).containsOnly(1);
            assertThat(times).hasSize(200);
            assertThat(spool.dropped()).isEqualTo(Map.of(RelpSession.REFUSED, 1L));
            assertThat(spool.queue().delivered()).isEqualTo(200);
        }
    }

    @Test
    void a_message_that_is_refused_once_arrives_at_last() throws Exception {
        String bad = "<13>1 - host app - - - unwanted";
        for (int window : new int[] {1, WINDOW}) {
            int begin = spool.fed().size();
            try (RelpSink sink = RelpSink.listen(0, refusing(bad, 1));
                    TcpForwarder _ = start(window, Duration.ofSeconds(30), sink.port())) {
                spool.feed(begin, begin + 10);
                spool.feed(bad);
                spool.feed(begin + 11, begin + 20);
                delivered();

                Map<String, Integer> times = times(sink);
                assertThat(times.remove(bad)).isEqualTo(2);
                assertThat(times.values()).containsOnly(1);
                assertThat(times).hasSize(19);
                assertThat(spool.dropped()).isEmpty();
            }
        }
    }

    private static RelpSink.Conversation refusing(String message, int times) {
        AtomicInteger left = new AtomicInteger(times);
        return (_, peer) -> {
            peer.open();
            while (true) {
                RelpSink.Frame frame = peer.read();
                if (frame.command().equals("close")) {
                    return;
                }
                if (frame.data().equals(message) && left.getAndDecrement() > 0) {
                    peer.refuse(frame);
                } else {
                    peer.acknowledge(frame);
                }
            }
        };
    }

    private static Map<String, Integer> times(RelpSink sink) {
        Map<String, Integer> times = new HashMap<>();
        sink.received().forEach(message -> times.merge(message, 1, Integer::sum));
        return times;
    }

    @Test
    void a_message_after_which_the_server_always_closes_is_set_aside_and_no_other()
            throws Exception {
        String poison = "<13>1 - host app - - - poison";
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.open();
                                    while (true) {
                                        RelpSink.Frame frame = peer.read();
                                        if (frame.data().equals(poison)) {
                                            return;
                                        }
                                        peer.acknowledge(frame);
                                    }
                                });
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 50);
            spool.feed(poison);
            spool.feed(50, 100);
            delivered();

            assertThat(new HashSet<>(sink.received())).containsAll(spool.fed());
            assertThat(spool.dropped()).isEqualTo(Map.of(CautiousSending.SET_ASIDE, 1L));
            assertThat(spool.queue().delivered()).isEqualTo(100);
        }
    }

    @Test
    void a_server_that_answers_nonsense_or_nothing_is_left_and_nothing_is_lost() throws Exception {
        List<String> nonsense =
                List.of(
                        "hello\n",
                        "2 rsp 3 200\n",
                        "9999 rsp 6 200 OK\n",
                        "2 rsp 6 200 OK\n2 rsp 6 200 OK\n",
                        "");
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (number, peer) -> {
                                    peer.open();
                                    if (number < nonsense.size()) {
                                        var _ = peer.read(20);
                                        peer.say(nonsense.get(number));
                                        peer.pause(60_000);
                                    }
                                    peer.serve(Integer.MAX_VALUE);
                                });
                TcpForwarder _ = start(WINDOW, Duration.ofSeconds(1), sink.port())) {
            spool.feed(0, 1000);
            delivered();

            assertThat(new HashSet<>(sink.received())).containsAll(spool.fed());
            assertThat(spool.dropped()).isEmpty();
            assertThat(sink.connections()).isGreaterThan(nonsense.size());
        }
    }

    @Test
    void no_message_is_sent_before_an_open_that_offers_syslog() throws Exception {
        List<String> answers =
                List.of(
                        "500 not today",
                        "200 OK",
                        "200 OK\ncommands=other",
                        "200 OK\nrelp_version=1\ncommands=syslog");
        List<String> early = Collections.synchronizedList(new ArrayList<>());
        try (RelpSink sink =
                        RelpSink.listen(
                                0,
                                (number, peer) -> {
                                    if (number >= answers.size()) {
                                        peer.open();
                                        peer.serve(Integer.MAX_VALUE);
                                        return;
                                    }
                                    RelpSink.Frame open = peer.read();
                                    if (!peer.silent(100)) {
                                        early.add(peer.read().data());
                                    }
                                    String answer = answers.get(number);
                                    peer.say(
                                            "%d rsp %d %s\n"
                                                    .formatted(
                                                            open.txnr(), answer.length(), answer));
                                    early.add(peer.read().command());
                                });
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 100);
            delivered();

            assertThat(early).doesNotContain("syslog");
            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void a_message_longer_than_any_window_of_octets_is_sent() throws Exception {
        try (RelpSink sink = RelpSink.listen(0, RelpSink.GOOD);
                TcpForwarder _ = start(sink.port())) {
            spool.feed("<13>1 - - - - - - " + "x".repeat(60_000));
            spool.feed("<13>1 - - - - - - two\nlines");
            delivered();

            assertThat(sink.received()).isEqualTo(spool.fed());
        }
    }

    @Test
    void messages_leave_in_their_format() throws Exception {
        try (RelpSink sink = RelpSink.listen(0, RelpSink.GOOD);
                TcpForwarder _ =
                        start(
                                settings(
                                        WINDOW,
                                        Duration.ofSeconds(30),
                                        new Layout(Format.RFC3164, Framing.OCTET_COUNTING),
                                        servers(sink.port())))) {
            spool.feed("<13>1 2026-11-28T10:20:30Z host app 12 ID - hello");
            delivered();

            assertThat(sink.received()).containsExactly("<13>Nov 28 10:20:30 host app[12]: hello");
        }
    }

    @Test
    void what_one_server_did_not_acknowledge_goes_to_the_next() throws Exception {
        try (RelpSink one =
                        RelpSink.listen(
                                0,
                                (_, peer) -> {
                                    peer.open();
                                    peer.serve(50);
                                    peer.sink().close();
                                });
                RelpSink two = RelpSink.listen(0, RelpSink.GOOD);
                TcpForwarder forwarder = start(one.port(), two.port())) {
            spool.feed(0, 1000);
            delivered();

            assertThat(two.received()).isEqualTo(spool.fed().subList(50, 1000));
            assertThat(forwarder.target()).isEqualTo("127.0.0.1:" + two.port());
        }
    }

    @Test
    void balance_deals_to_all_servers_and_nothing_twice() throws Exception {
        try (RelpSink one = RelpSink.listen(0, RelpSink.GOOD);
                RelpSink two = RelpSink.listen(0, RelpSink.GOOD);
                BalancedForwarder _ = balanced(one.port(), two.port())) {
            int fed = 0;
            while (fed < 1000 || one.received().isEmpty() || two.received().isEmpty()) {
                spool.feed(fed, fed + 20);
                fed += 20;
            }
            delivered();

            assertThat(one.received().size() + two.received().size()).isEqualTo(fed);
            Set<String> all = new HashSet<>(one.received());
            all.addAll(two.received());
            assertThat(all).containsAll(spool.fed());
        }
    }

    @Test
    void balance_over_servers_that_break_and_refuse_loses_nothing() throws Exception {
        String bad = "<13>1 - host app - - - unwanted";
        RelpSink.Conversation breaking =
                (number, peer) -> {
                    peer.open();
                    int served = 0;
                    while (number > 6 || served++ < 37 + number) {
                        RelpSink.Frame frame = peer.read();
                        if (frame.data().equals(bad)) {
                            peer.refuse(frame);
                        } else if (number > 6 || served % 9 != 0) {
                            peer.acknowledge(frame);
                        }
                    }
                };
        try (RelpSink one = RelpSink.listen(0, breaking);
                RelpSink two = RelpSink.listen(0, breaking);
                BalancedForwarder _ = balanced(one.port(), two.port())) {
            for (int i = 0; i < 2000; i += 50) {
                spool.feed(i, i + 50);
            }
            spool.feed(bad);
            spool.feed(2001, 2100);
            delivered();

            Set<String> all = new HashSet<>(one.received());
            all.addAll(two.received());
            assertThat(all).containsAll(spool.fed());
            assertThat(spool.dropped()).isEqualTo(Map.of(RelpSession.REFUSED, 1L));
        }
    }

    @Test
    void a_restart_goes_on_behind_the_last_acknowledged_message() throws Exception {
        CountDownLatch hung = new CountDownLatch(1);
        RelpSink.Conversation hangs =
                (_, peer) -> {
                    peer.open();
                    peer.serve(500);
                    hung.await();
                };
        spool.feed(0, 1000);
        try (RelpSink sink = RelpSink.listen(0, hangs);
                TcpForwarder forwarder = start(sink.port())) {
            await().atMost(PATIENCE).until(() -> spool.queue().delivered() == 500);
            forwarder.stop(Duration.ofMillis(100));
            assertThat(forwarder.ended()).isTrue();
        }
        spool.reopen();
        try (RelpSink sink = RelpSink.listen(0, RelpSink.GOOD);
                TcpForwarder _ = start(sink.port())) {
            delivered();
            assertThat(sink.received()).isEqualTo(spool.fed().subList(500, 1000));
        }
        hung.countDown();
    }

    private void delivered() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private TcpForwarder start(int... ports) {
        return start(WINDOW, Duration.ofSeconds(30), ports);
    }

    private TcpForwarder start(int window, Duration patience, int... ports) {
        return start(settings(window, patience, layout(), servers(ports)));
    }

    private TcpForwarder start(TcpUpstreamSettings settings) {
        TcpForwarder forwarder =
                new TcpForwarder(
                        settings,
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }

    private BalancedForwarder balanced(int one, int two) throws IOException {
        BalancedForwarder forwarder =
                new BalancedForwarder(
                        List.of(
                                settings(WINDOW, Duration.ofSeconds(2), layout(), servers(one)),
                                settings(WINDOW, Duration.ofSeconds(2), layout(), servers(two))),
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }

    private static Layout layout() {
        return new Layout(Format.RFC5424, Framing.OCTET_COUNTING);
    }

    private static TcpUpstreamSettings settings(
            int window, Duration patience, Layout layout, List<Server> servers) {
        return new TcpUpstreamSettings(
                "upstream",
                servers,
                new Protocol.Relp(window, patience, "sealpost,test"),
                layout,
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                Optional.empty());
    }
}
