package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.forward.RelpSink;
import io.sealpost.relay.listen.RelpPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A RELP listener that waits for upstreams before it acknowledges. */
@Timeout(120)
@Beside
class RelpDeliveryTest {
    private static final String UNDELIVERED =
            "sealpost_relp_acknowledged_undelivered_total{listener=\"r\"}";
    private static final int MESSAGES = 100;

    @TempDir Path folder;

    @Test
    void with_ack_delivered_a_message_is_acknowledged_once_the_upstream_has_it() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (RelpSink sink = RelpSink.listen(0, hesitates(told));
                RunningRelay relay =
                        start(sink.port(), "ack = delivered, delivered.upstreams = [s]");
                RelpPeer client = RelpPeer.open(relay.port("r"))) {
            send(client);
            relay.awaitDelivered("f", MESSAGES);
            relay.awaitMetric("sealpost_relp_acknowledged_total{listener=\"r\"}", 0);
            told.countDown();
            acknowledged(client);

            relay.awaitDelivered("s", MESSAGES);
            relay.awaitMetric("sealpost_relp_acknowledged_total{listener=\"r\"}", MESSAGES);
            relay.awaitMetric(UNDELIVERED, 0);
        }
    }

    @Test
    void only_the_upstreams_named_are_waited_for() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        RelpSink.Conversation hangs = (_, _) -> never.await();
        try (RelpSink sink = RelpSink.listen(0, hangs);
                RunningRelay relay =
                        start(sink.port(), "ack = delivered, delivered.upstreams = [f]");
                RelpPeer client = RelpPeer.open(relay.port("r"))) {
            send(client);
            acknowledged(client);

            relay.awaitMetric(UNDELIVERED, 0);
            relay.awaitMetric("sealpost_upstream_queued{upstream=\"s\"}", MESSAGES);
        } finally {
            never.countDown();
        }
    }

    @Test
    void what_does_not_go_to_them_waits_for_no_message_of_another_session() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (RelpSink sink = RelpSink.listen(0, hesitates(told));
                RunningRelay relay =
                        start(
                                sink.port(),
                                "ack = delivered, delivered { upstreams = [s], at-most = 1 h }",
                                "routes = [ { match { app-name = other }, to = [f] }, { to = [f, s] } ]\n");
                RelpPeer client = RelpPeer.open(relay.port("r"));
                RelpPeer beside = RelpPeer.open(relay.port("r"))) {
            send(client);
            relay.awaitDelivered("f", MESSAGES);
            String other = "<13>1 - host other - - - message";
            client.write(RelpPeer.frame(2 + MESSAGES, other));
            beside.write(RelpPeer.frame(2, other));
            assertThat(beside.answer()).isEqualTo(RelpPeer.ack(2));

            relay.awaitDelivered("f", MESSAGES + 2);
            assertThat(client.hasAnswer()).isFalse(); // acknowledgements of a session stay in order
            told.countDown();
            acknowledged(client);
            assertThat(client.answer()).isEqualTo(RelpPeer.ack(2 + MESSAGES));
            relay.awaitMetric(UNDELIVERED, 0);
        }
    }

    @Test
    void reading_stops_at_the_limit_of_octets_that_are_stored_and_not_acknowledged()
            throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        String text = "x".repeat(60_000);
        int messages = 600;
        try (RelpSink sink = RelpSink.listen(0, hesitates(told));
                RunningRelay relay =
                        start(
                                sink.port(),
                                "ack = delivered, delivered { upstreams = [s], at-most = 1 h }");
                RelpPeer client = RelpPeer.open(relay.port("r"))) {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < messages; i++) {
                                    say(client, RelpPeer.frame(2 + i, text));
                                }
                            },
                            Thread::startVirtualThread);
            await().atMost(RunningRelay.PATIENCE).until(() -> stalled(relay));

            assertThat(received(relay)).isBetween(15_000_000L, 18_000_000L);
            told.countDown();
            for (int i = 0; i < messages; i++) {
                assertThat(client.answer()).isEqualTo(RelpPeer.ack(2 + i));
            }
            sent.join();
        }
    }

    @Test
    void at_a_stop_what_is_not_delivered_is_acknowledged_as_stored() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (RelpSink sink = RelpSink.listen(0, (_, _) -> never.await())) {
            RunningRelay relay =
                    start(
                            sink.port(),
                            "ack = delivered, delivered { upstreams = [f, s], at-most = 1 h }",
                            "shutdown-grace = 100 ms\n");
            try (RelpPeer client = RelpPeer.open(relay.port("r"))) {
                send(client);
                relay.awaitDelivered("f", MESSAGES);
                relay.close();

                acknowledged(client);
                assertThat(client.rest()).isEqualTo(RelpPeer.SERVERCLOSE + "\n");
            } finally {
                relay.close();
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void after_at_most_a_message_is_acknowledged_as_stored_and_counted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        RelpSink.Conversation hangs = (_, _) -> never.await();
        try (RelpSink sink = RelpSink.listen(0, hangs);
                RunningRelay relay =
                        start(
                                sink.port(),
                                "ack = delivered, delivered { upstreams = [f, s], at-most = 200 ms }");
                RelpPeer client = RelpPeer.open(relay.port("r"))) {
            send(client);
            acknowledged(client);

            relay.awaitMetric(UNDELIVERED, MESSAGES);
        } finally {
            never.countDown();
        }
    }

    /** Nothing was received between two looks. */
    private static boolean stalled(RunningRelay relay) throws Exception {
        long before = received(relay);
        CompletableFuture<Void> never = new CompletableFuture<>();
        never.completeOnTimeout(null, 300, TimeUnit.MILLISECONDS).join();
        return before > 0 && before == received(relay);
    }

    private static long received(RunningRelay relay) throws Exception {
        String series = "sealpost_bytes_received_total{listener=\"r\"} ";
        String octets =
                relay.metrics().lines().filter(l -> l.startsWith(series)).findFirst().orElseThrow();
        return (long) Double.parseDouble(octets.substring(series.length()));
    }

    private static void say(RelpPeer client, String octets) {
        try {
            client.write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RelpSink.Conversation hesitates(CountDownLatch told) {
        return (_, peer) -> {
            peer.open();
            told.await();
            peer.serve(Integer.MAX_VALUE);
        };
    }

    private static void send(RelpPeer client) throws IOException {
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < MESSAGES; i++) {
            frames.append(RelpPeer.frame(2 + i, "<13>1 - host app - - - message " + i));
        }
        client.write(frames.toString());
    }

    private static void acknowledged(RelpPeer client) throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(client.answer()).isEqualTo(RelpPeer.ack(2 + i));
        }
    }

    private RunningRelay start(int port, String ack) throws IOException {
        return start(port, ack, "");
    }

    private RunningRelay start(int port, String ack, String more) throws IOException {
        return RunningRelay.start(
                folder,
                """
                listeners.r { transport = relp, bind = "127.0.0.1:0", %s }
                upstreams.f { type = file, path = "f.log" }
                upstreams.s { type = relp, servers = ["127.0.0.1:%d"] }
                %s
                """
                        .formatted(ack, port, more));
    }
}
