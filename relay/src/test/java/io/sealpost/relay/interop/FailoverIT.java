package io.sealpost.relay.interop;

import static io.sealpost.relay.interop.ServerPair.ONE;
import static io.sealpost.relay.interop.ServerPair.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An upstream with two servers, of which the first dies in its various ways under load. */
@Tag("interop")
@Timeout(240)
class FailoverIT {
    private static final String SERIES = "failover";
    private static final String QUEUED = "sealpost_upstream_queued{upstream=\"logs\"}";
    private static final String RECEIVED = "sealpost_messages_received_total{listener=\"tcp\"}";

    @TempDir Path dir;

    @Test
    void a_killed_rsyslog_is_followed_by_the_next_and_gets_its_place_back() throws Exception {
        ServerPair servers = new ServerPair(dir, Optional.empty());
        try (Relay relay = servers.relay("").start();
                Program _ = servers.start(TWO)) {
            int sent;
            try (Program first = servers.start(ONE);
                    Load load = Load.start(relay, SERIES, 0)) {
                // begun without it: the second has the connection until the first is probed
                servers.awaitMore(ONE, SERIES);
                first.kill();
                servers.awaitMore(TWO, SERIES);
                try (Program _ = servers.start(ONE)) {
                    servers.awaitMore(ONE, SERIES);
                    sent = load.stop();
                    servers.awaitAll(relay, SERIES, sent);
                    relay.terminate();
                    relay.stopped();
                }
            }
            add(servers, "rsyslog, two servers", "first killed and back", sent);
        }
    }

    /** Frozen before, so that their kernels have what they have not read. */
    @Test
    void both_killed_one_after_the_other_and_started_again_get_everything() throws Exception {
        ServerPair servers = new ServerPair(dir, Optional.empty());
        try (Program first = servers.start(ONE);
                Program second = servers.start(TWO);
                Relay relay = servers.relay("").start();
                Load load = Load.start(relay, SERIES, 0)) {
            servers.awaitMore(ONE, SERIES);
            freezeAndKill(relay, first);
            servers.awaitMore(TWO, SERIES);
            freezeAndKill(relay, second);
            try (Program _ = servers.start(TWO)) {
                servers.awaitMore(TWO, SERIES);
                try (Program _ = servers.start(ONE)) {
                    servers.awaitMore(ONE, SERIES);
                    int sent = load.stop();
                    servers.awaitAll(relay, SERIES, sent);
                    add(servers, "rsyslog, two servers", "both killed and back", sent);
                }
            }
        }
    }

    /** No RST, no FIN: the kernel's retransmissions end after 20 s (TCP_USER_TIMEOUT). */
    @ParameterizedTest
    @EnumSource
    void a_server_that_falls_silent_is_noticed_and_the_next_gets_everything(Wire wire)
            throws Exception {
        ServerPair servers = ServerPair.over(wire, dir);
        try (Program silent = servers.startSilent();
                Program _ = servers.start(TWO);
                Relay relay = servers.relay("").start();
                Load load = Load.start(relay, SERIES, 0)) {
            servers.awaitMore(ONE, SERIES);
            assertThat(servers.numbers(TWO, SERIES)).isEmpty();
            ServerPair.silence(silent);

            servers.awaitMore(TWO, SERIES);
            int sent = load.stop();
            servers.awaitAll(relay, SERIES, sent);
            add(servers, "silent server", "then rsyslog, " + wire, sent);
        }
    }

    /** Nothing is under way that could be retransmitted: keepalive finds out. */
    @ParameterizedTest
    @EnumSource
    void an_idle_server_that_falls_silent_is_noticed_and_the_next_message_goes_to_the_next(
            Wire wire) throws Exception {
        int count = 2000;
        ServerPair servers = ServerPair.over(wire, dir);
        try (Program silent = servers.startSilent();
                Program _ = servers.start(TWO);
                Relay relay = servers.relay("").start()) {
            feed(relay, 0, count);
            servers.awaitAll(relay, SERIES, count);
            assertThat(servers.numbers(TWO, SERIES)).isEmpty();
            ServerPair.silence(silent);

            await("the silence is noticed")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> relay.output().contains("lost 127.0.0.1:" + servers.port(ONE)));
            assertThat(relay.metric(RECEIVED)).isEqualTo(count);

            feed(relay, count, count + 1);
            servers.awaitAll(relay, SERIES, count + 1);
            assertThat(servers.numbers(TWO, SERIES)).endsWith(count);
            add(servers, "silent server, idle", "then rsyslog, " + wire, count + 1);
        }
    }

    private static void freezeAndKill(Relay relay, Program server) throws Exception {
        long before = relay.metric(QUEUED);
        server.freeze();
        await("messages wait")
                .atMost(Duration.ofSeconds(30))
                .until(() -> relay.metric(QUEUED) > before + 2000);
        server.kill();
    }

    private static void feed(Relay relay, int from, int to) throws Exception {
        Feeder.tcp(
                relay.tcp,
                IntStream.range(from, to).mapToObj(n -> Sample.message(SERIES, n)).toList(),
                0);
        await("the relay has them")
                .atMost(Duration.ofSeconds(30))
                .until(() -> relay.metric(RECEIVED) == to);
    }

    private static void add(ServerPair servers, String peer, String how, int sent)
            throws Exception {
        Table.add(peer, how, sent, servers.union(SERIES).size(), servers.shares(SERIES));
    }
}
