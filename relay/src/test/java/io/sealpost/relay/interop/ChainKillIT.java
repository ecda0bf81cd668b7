package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
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

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    @TempDir Path dir;

    enum Victim {
        SENDER,
        RECEIVER,
        EITHER,
        /** The sender is known by its certificate. */
        EITHER_OVER_TLS
    }

    @ParameterizedTest
    @EnumSource
    void every_message_is_at_the_second_relay_once(Victim victim) throws Exception {
        int kills = KILLS / Victim.values().length;
        boolean tls = victim == Victim.EITHER_OVER_TLS;
        Random random = new Random(SEED);
        String series = "chain-" + victim;
        System.out.printf("kill -9 in a chain: %s, %d kills, seed %d%n", victim, kills, SEED);
        try (Relay second = tls ? receiverOverTls() : receiver();
                Relay first = tls ? senderOverTls(second) : sender(second)) {
            second.conf(second.conf().replace("segment-size = 16 MiB", "segment-size = 1 MiB"));
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
                                case EITHER, EITHER_OVER_TLS -> random.nextBoolean();
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
            long recognised = count(second, "sealpost_relp_repeats_total", tls);
            long kept = count(second, "sealpost_relp_repeats_kept_total", tls);
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

    private Relay receiver() throws IOException {
        Relay receiver = Relay.prepare(Files.createDirectories(dir.resolve("second")), Map.of());
        receiver.conf(
                receiver.conf()
                        .replace(
                                "relp { transport = relp,",
                                "relp { transport = relp, chain-from = [\"127.0.0.0/8\"],"));
        return receiver;
    }

    /** It has no {@code chain-from}. */
    private Relay receiverOverTls() throws IOException {
        return Relay.prepare(
                Files.createDirectories(dir.resolve("second")),
                "certificate = \"%s\", key = \"%s\", trust = \"%s\", client-auth = require"
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca")),
                Map.of());
    }

    private Relay sender(Relay receiver) throws IOException {
        return sender("type = relp, servers = [\"127.0.0.1:%d\"]".formatted(receiver.relp));
    }

    private Relay senderOverTls(Relay receiver) throws IOException {
        return sender(
                """
                type = relp, servers = ["127.0.0.1:%d"], tls { server-name = localhost,
                trust = "%s", certificate = "%s", key = "%s" }\
                """
                        .formatted(
                                receiver.relpTls,
                                CERTIFICATES.certificate("ca"),
                                CERTIFICATES.certificate("web1"),
                                CERTIFICATES.key("web1")));
    }

    private Relay sender(String upstream) throws IOException {
        return Relay.prepare(
                Files.createDirectories(dir.resolve("first")), Map.of("second", upstream));
    }

    private static long count(Relay relay, String series, boolean tls) throws Exception {
        String listener = tls ? "relp-tls" : "relp";
        return relay.metrics()
                .getOrDefault("%s{listener=\"%s\"}".formatted(series, listener), 0.0)
                .longValue();
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
