package io.sealpost.relay.interop;

import static io.sealpost.relay.interop.ServerPair.ONE;
import static io.sealpost.relay.interop.ServerPair.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upstream that deals its messages to two servers, of which one dies and comes back. */
@Tag("interop")
@Timeout(300)
class BalanceIT {
    @TempDir Path dir;

    @Test
    void two_rsyslogs_share_everything_also_while_one_is_killed_and_back() throws Exception {
        shared(new ServerPair(dir, Optional.empty()), "rsyslog, two servers", true);
    }

    @Test
    void two_syslog_ngs_over_tls_share_everything_also_while_one_is_killed_and_back()
            throws Exception {
        shared(
                new ServerPair(dir, Optional.of(TlsPeer.SYSLOG_NG)),
                "syslog-ng, two servers, TLS",
                false);
    }

    /**
     * Runs it.
     *
     * @param freezes whether the one to be killed reads nothing for a while before: then its kernel
     *     has what it has not read
     */
    private static void shared(ServerPair servers, String peer, boolean freezes) throws Exception {
        try (Program first = servers.start(ONE);
                Program _ = servers.start(TWO);
                Relay relay = servers.relay(", strategy = balance").start()) {
            undisturbed(relay, servers, "before");

            String series = "killed";
            try (Load load = Load.start(relay, series, 0)) {
                servers.awaitMore(ONE, series);
                servers.awaitMore(TWO, series);
                if (freezes) {
                    first.freeze();
                    servers.awaitMore(TWO, series);
                }
                first.kill();
                servers.awaitMore(TWO, series);
                int known = Collections.max(servers.numbers(TWO, series));
                await("what the killed one had not confirmed goes to the other")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> servers.union(series).headSet(known).size() == known);
                try (Program _ = servers.start(ONE)) {
                    servers.awaitMore(ONE, series);
                    int sent = load.stop();
                    servers.awaitAll(relay, series, sent);
                    Table.add(
                            peer,
                            "balance, one killed and back",
                            sent,
                            servers.union(series).size(),
                            servers.shares(series));
                    undisturbed(relay, servers, "after");
                    relay.terminate();
                    relay.stopped();
                }
            }
        }
    }

    /** Both are there all the time: each gets its share in order, and nobody anything twice. */
    private static void undisturbed(Relay relay, ServerPair servers, String series)
            throws Exception {
        int sent;
        try (Load load = Load.start(relay, series, 0)) {
            servers.awaitMore(ONE, series);
            servers.awaitMore(TWO, series);
            sent = load.stop();
        }
        servers.awaitAll(relay, series, sent);
        List<Integer> one = servers.numbers(ONE, series);
        List<Integer> two = servers.numbers(TWO, series);
        assertThat(one).isSorted().isNotEmpty();
        assertThat(two).isSorted().isNotEmpty();
        assertThat(one.size() + two.size()).isEqualTo(sent);
    }
}
