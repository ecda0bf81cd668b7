package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.interop.KillIT.Flapping;
import io.sealpost.relay.interop.KillIT.Weather;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kill -9 of the relay at random moments under load from omrelp. {@code -Dsealpost.kills=N} kills
 * in all, {@code -Dsealpost.seed=S} to see a printed run again.
 */
@Tag("fault")
@Timeout(1800)
class RelpKillIT {
    private static final int KILLS = Integer.getInteger("sealpost.kills", 30);
    private static final long SEED = Long.getLong("sealpost.seed", System.nanoTime() & 0xFFFFFF);
    private static final int NEVER_SENT = -1;

    @TempDir Path dir;

    @ParameterizedTest
    @EnumSource
    void nothing_acknowledged_is_lost_at_kill_9(Weather weather) throws Exception {
        int kills = KILLS / Weather.values().length;
        Random random = new Random(SEED);
        String series = "relp-kill-" + weather;
        System.out.printf("kill -9 under RELP: %s, %d kills, seed %d%n", weather, kills, SEED);
        Sink sink = new Sink();
        Flapping flapping = new Flapping(sink, new Random(random.nextLong()));
        int in = Ports.free();
        try (Relay relay = Relay.prepare(dir, Map.of("sink", sink.upstream()));
                RelpTap tap = RelpTap.before(relay.relp, () -> RelpTap.NEVER)) {
            if (weather != Weather.DOWN) {
                sink.up();
            }
            relay.start();
            if (weather == Weather.FLAPPING) {
                flapping.start();
            }
            int sent;
            try (Program _ =
                            RelpClient.PLAIN.start(
                                    dir.resolve("client"), "", in, tap.port(), RelpClient.WINDOW);
                    Load load = Load.start(connect(in), series, 0)) {
                for (int kill = 0; kill < kills; kill++) {
                    int before = tap.acknowledgedCount();
                    await("acknowledgements after a start")
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> tap.acknowledgedCount() > before + 100);
                    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(900)).toNanos());
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                    relay.kill();
                    relay.start();
                    relay.assertBooksBalance();
                }
                sent = load.stop();
                flapping.stop();
                if (weather != Weather.UP) {
                    sink.down();
                    sink.up();
                }
                awaitAll(tap, in, series, sent);
            }
            relay.awaitDelivered();
            relay.assertBooksBalance();
            relay.terminate();
            relay.stopped();
            judge(relay, tap, sink, weather, series, sent);
        } finally {
            flapping.stop();
            sink.down();
        }
    }

    private static Socket connect(int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** librelp sees a lost connection only when it has something to send. */
    private static void awaitAll(RelpTap tap, int in, String series, int sent) throws Exception {
        for (int nudges = 0; nudges < 240; nudges++) {
            if (new TreeSet<>(Sample.numbers(series, tap.acknowledged())).size() >= sent) {
                return;
            }
            Feeder.tcp(in, List.of(Sample.message(series + "-nudge", nudges)), 0);
            LockSupport.parkNanos(500_000_000);
        }
    }

    private static void judge(
            Relay relay, RelpTap tap, Sink sink, Weather weather, String series, int sent)
            throws Exception {
        List<Integer> atSink = Sample.numbers(series, sink.messages());
        List<Integer> inArchive = Sample.numbers(series, relay.archive());
        TreeSet<Integer> acknowledged = new TreeSet<>(Sample.numbers(series, tap.acknowledged()));
        Table.add(
                "kill -9",
                "RELP, upstream " + weather,
                acknowledged.size(),
                new TreeSet<>(inArchive).size(),
                "repeats %d, connections %d, seed %d"
                        .formatted(
                                inArchive.size() - new TreeSet<>(inArchive).size(),
                                tap.connections(),
                                SEED));

        assertThat(acknowledged).hasSizeGreaterThan(1000);
        acknowledged.add(NEVER_SENT);
        assertThat(missing(acknowledged, inArchive)).containsExactly(NEVER_SENT);
        assertThat(missing(acknowledged, atSink)).containsExactly(NEVER_SENT);
        TreeSet<Integer> all =
                IntStream.range(0, sent).boxed().collect(Collectors.toCollection(TreeSet::new));
        assertThat(missing(all, inArchive)).as("rsyslog sends again what is lost").isEmpty();
        Findings findings = Findings.of(all, inArchive);
        assertThat(findings.reordered()).isEmpty();
        assertThat(findings.foreign()).isEmpty();
    }

    private static TreeSet<Integer> missing(TreeSet<Integer> expected, List<Integer> got) {
        TreeSet<Integer> missing = new TreeSet<>(expected);
        missing.removeAll(new TreeSet<>(got));
        return missing;
    }
}
