package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two relays, RELP between them, and kill -9 of either at random moments under load: what the first
 * has in its archive the second has, too, once and in order. {@code -Dsealpost.kills=N} kills in
 * all, {@code -Dsealpost.seed=S} to see a printed run again.
 */
@Tag("fault")
@Timeout(1800)
class ChainKillIT {
    private static final int KILLS = Integer.getInteger("sealpost.kills", 30);
    private static final long SEED = Long.getLong("sealpost.seed", System.nanoTime() & 0xFFFFFF);

    @TempDir Path dir;

    enum Victim {
        SENDER,
        RECEIVER,
        EITHER
    }

    @ParameterizedTest
    @EnumSource
    void every_message_is_at_the_second_relay_once(Victim victim) throws Exception {
        int kills = KILLS / Victim.values().length;
        Random random = new Random(SEED);
        String series = "chain-" + victim;
        Files.createDirectories(dir.resolve("first"));
        Files.createDirectories(dir.resolve("second"));
        System.out.printf("kill -9 in a chain: %s, %d kills, seed %d%n", victim, kills, SEED);
        try (Relay second = Relay.prepare(dir.resolve("second"), Map.of());
                Relay first =
                        Relay.prepare(
                                dir.resolve("first"),
                                Map.of(
                                        "second",
                                        "type = relp, servers = [\"127.0.0.1:%d\"]"
                                                .formatted(second.relp)))) {
            second.conf(
                    second.conf()
                            .replace(
                                    "relp { transport = relp,",
                                    "relp { transport = relp, chain-from = [\"127.0.0.0/8\"],")
                            .replace("segment-size = 16 MiB", "segment-size = 1 MiB"));
            second.start();
            first.start();
            int next = 0;
            for (int kill = 0; kill < kills; kill++) {
                try (Load load = Load.start(connect(first.tcp), series, next)) {
                    LockSupport.parkNanos(Duration.ofMillis(500 + random.nextInt(700)).toNanos());
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                    boolean sender =
                            switch (victim) {
                                case SENDER -> true;
                                case RECEIVER -> false;
                                case EITHER -> random.nextBoolean();
                            };
                    Relay killed = sender ? first : second;
                    killed.kill();
                    if (random.nextInt(4) == 0) {
                        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                    }
                    killed.start();
                    next = load.stop();
                }
            }
            first.awaitDelivered();
            second.awaitDelivered();
            first.assertBooksBalance();
            second.assertBooksBalance();
            long recognised = count(second, "sealpost_relp_repeats_total{listener=\"relp\"}");
            long kept = count(second, "sealpost_relp_repeats_kept_total{listener=\"relp\"}");
            stop(first);
            stop(second);
            List<Integer> sent = Sample.numbers(series, first.archive());
            List<Integer> got = Sample.numbers(series, second.archive());
            Table.add(
                    "kill -9",
                    "chain, " + victim,
                    sent.size(),
                    got.size(),
                    "recognised since the last start %d, kept %d, seed %d"
                            .formatted(recognised, kept, SEED));

            assertThat(sent).hasSizeGreaterThan(kills * 500).hasSize(new TreeSet<>(sent).size());
            assertThat(got).isEqualTo(sent);
            assertThat(kept).isZero();
        }
    }

    private static long count(Relay relay, String series) throws Exception {
        return relay.metrics().getOrDefault(series, 0.0).longValue();
    }

    private static void stop(Relay relay) throws InterruptedException {
        relay.terminate();
        relay.stopped();
    }

    private static Socket connect(int port) throws IOException {
        await("the relay takes connections")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> {
                            new Socket(InetAddress.getLoopbackAddress(), port).close();
                            return true;
                        });
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }
}
