package io.sealpost.relay.forward;

import static io.sealpost.relay.forward.StreamUpstreams.servers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that a RELP upstream gives its messages, by a server that counts them. */
@Timeout(120)
@Beside
class NumberedForwarderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String POISON = "<13>1 - host app - - - poison";

    @TempDir Path folder;
    private SpoolFeed spool;

    /** Message by number, and what had a number that another message has. */
    private final Map<Long, String> numbers = new ConcurrentHashMap<>();

    private final Set<String> conflicts = ConcurrentHashMap.newKeySet();
    private final Set<String> streams = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() throws IOException {
        spool = SpoolFeed.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @Test
    void a_message_has_the_same_number_wherever_connections_break_and_after_restarts()
            throws Exception {
        long seed = Long.getLong("sealpost.seed", 1);
        System.out.println("numbered forwarder, seed " + seed);
        Random random = new Random(seed);
        try (RelpSink sink =
                RelpSink.listen(
                        0,
                        (_, peer) -> {
                            int left;
                            synchronized (random) {
                                left = random.nextInt(300);
                            }
                            count(peer, left);
                        })) {
            for (int restart = 0; restart < 5; restart++) {
                spool.feed(restart * 1000, restart * 1000 + 1000);
                try (TcpForwarder forwarder = start(sink.port())) {
                    await().atMost(PATIENCE).until(() -> spool.queue().queued() < 300);
                    forwarder.stop(Duration.ZERO);
                }
                spool.reopen();
            }
            try (TcpForwarder _ = start(sink.port())) {
                delivered();
            }
        }
        TreeMap<Long, String> expected = new TreeMap<>();
        for (String message : spool.fed()) {
            expected.put((long) expected.size(), message);
        }
        assertThat(conflicts).isEmpty();
        assertThat(new TreeMap<>(numbers)).isEqualTo(expected);
        assertThat(streams).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{32}\\.0"));
    }

    @Test
    void a_message_that_is_set_aside_leaves_a_gap() throws Exception {
        try (RelpSink sink = RelpSink.listen(0, (_, peer) -> count(peer, Integer.MAX_VALUE));
                TcpForwarder _ = start(sink.port())) {
            spool.feed(0, 50);
            spool.feed(POISON);
            spool.feed(50, 100);
            delivered();

            assertThat(spool.dropped()).containsValue(1L);
            assertThat(conflicts).isEmpty();
            assertThat(numbers).hasSize(100).doesNotContainKey(50L);
            assertThat(numbers.get(49L)).isEqualTo(spool.fed().get(49));
            assertThat(numbers.get(51L)).isEqualTo(spool.fed().get(51));
        }
    }

    @Test
    void over_several_connections_at_a_time_there_are_no_numbers() throws Exception {
        try (RelpSink sink = RelpSink.listen(0, (_, peer) -> count(peer, Integer.MAX_VALUE));
                BalancedForwarder forwarder = balanced(sink.port())) {
            spool.feed(0, 50);
            delivered();
            assertThat(forwarder.connected()).isTrue();
            assertThat(sink.received()).hasSize(50);
            assertThat(numbers).isEmpty();
        }
    }

    /** Accepts the stream, and acknowledges so many messages. */
    private void count(RelpSink.Peer peer, int messages) throws IOException {
        RelpSink.Frame open = peer.read();
        Optional<String> offer =
                open.data().lines().filter(line -> line.startsWith("sealpost_stream=")).findAny();
        String answer = "200 OK\ncommands=syslog" + offer.map(one -> "\n" + one).orElse("");
        peer.say("1 rsp " + answer.length() + " " + answer + "\n");
        String[] stream = offer.orElse("=,0").split("[=,]", -1);
        long number = Long.parseLong(stream[2]);
        if (offer.isPresent()) {
            streams.add(stream[1]);
        }
        for (int i = 0; i < messages; i++) {
            RelpSink.Frame frame = peer.read();
            if (frame.command().equals("close")) {
                peer.say(frame.txnr() + " rsp 0\n0 serverclose 0\n");
                return;
            }
            if (frame.data().equals(POISON)) {
                return;
            }
            if (offer.isPresent()) {
                String known = numbers.putIfAbsent(number, frame.data());
                if (known != null && !known.equals(frame.data())) {
                    conflicts.add(number + ": " + frame.data());
                }
            }
            number++;
            peer.acknowledge(frame);
        }
    }

    private void delivered() {
        await().atMost(PATIENCE).until(() -> spool.queue().queued() == 0);
    }

    private TcpForwarder start(int port) {
        TcpForwarder forwarder =
                new TcpForwarder(
                        settings(port),
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }

    private BalancedForwarder balanced(int port) throws IOException {
        BalancedForwarder forwarder =
                new BalancedForwarder(
                        List.of(settings(port), settings(port)),
                        spool.queue(),
                        StreamUpstreams.NETWORK,
                        NanoClock.system(),
                        ForwardObserver.none());
        forwarder.start();
        return forwarder;
    }

    private static TcpUpstreamSettings settings(int port) {
        return new TcpUpstreamSettings(
                "upstream",
                servers(port),
                new Protocol.Relp(128, Duration.ofSeconds(30), "sealpost,test"),
                new Layout(Format.RFC5424, Framing.OCTET_COUNTING),
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                Optional.empty());
    }
}
