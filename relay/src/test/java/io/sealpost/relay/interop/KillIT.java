package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * kill -9 of the relay at random moments under load. {@code -Dsealpost.kills=N} kills in all,
 * {@code -Dsealpost.seed=S} to see a printed run again.
 */
@Tag("fault")
@Timeout(1800)
class KillIT {
    private static final int KILLS = Integer.getInteger("sealpost.kills", 36);
    private static final long SEED = Long.getLong("sealpost.seed", System.nanoTime() & 0xFFFFFF);
    private static final int LAST_COUNT = 101;
    private static final int WITHHELD_AT = 50;

    /** What the TCP upstream does meanwhile. */
    enum Weather {
        /** Refuses connections until the end. */
        DOWN,
        /** Reads all the time. */
        UP,
        /** Is closed, with what it had not read, and opened again all the time. */
        FLAPPING
    }

    @TempDir Path dir;
    private Sink sink = new Sink();
    private final Deliveries deliveries = new Deliveries();
    private int next;

    static Stream<Arguments> skies() {
        return Stream.of(Wire.values())
                .flatMap(wire -> Stream.of(Weather.values()).map(w -> Arguments.of(w, wire)));
    }

    @ParameterizedTest
    @MethodSource("skies")
    void nothing_synced_is_lost_at_kill_9_and_repeats_follow_only_lost_connections(
            Weather weather, Wire wire) throws Exception {
        int kills = weather == Weather.FLAPPING ? KILLS - KILLS / 6 * 5 : KILLS / 6;
        Random random = new Random(SEED);
        String series = "kill-" + weather + "-" + wire;
        System.out.printf("kill -9: %s, %s, %d kills, seed %d%n", weather, wire, kills, SEED);

        sink = new Sink(wire);
        Flapping flapping = new Flapping(sink, new Random(random.nextLong()));
        try (Relay relay = relay(wire)) {
            if (weather != Weather.DOWN) {
                sink.up();
            }
            if (weather == Weather.FLAPPING) {
                flapping.start();
            }
            for (int kill = 0; kill < kills; kill++) {
                relay.start();
                relay.assertBooksBalance();
                oneEpoch(relay, wire, series, random);
            }
            flapping.stop();
            if (weather != Weather.UP) {
                sink.down();
                sink.up();
            }
            relay.start();
            int withheld = lastEpoch(relay, wire, series);
            relay.awaitDelivered();
            relay.assertBooksBalance();
            relay.terminate();
            relay.stopped();
            judge(relay, weather, wire, series, withheld);
        } finally {
            flapping.stop();
            sink.down();
        }
    }

    private Relay relay(Wire wire) throws Exception {
        return Relay.prepare(dir, wire.listener(), Map.of("sink", sink.upstream()));
    }

    private void oneEpoch(Relay relay, Wire wire, String series, Random random) throws Exception {
        Synced since = Synced.from(relay);
        int first = next;
        try (Load load = Load.start(wire, relay, series, first)) {
            LockSupport.parkNanos(Duration.ofMillis(50 + random.nextInt(900)).toNanos());
            int synced = since.until(relay);
            LockSupport.parkNanos(random.nextInt(2_000_000));
            relay.kill();
            next = load.stop();
            deliveries.add(new Deliveries.Epoch(first, next, synced));
        }
    }

    /** Ends without a kill, and without one of its messages, which the check must miss. */
    private int lastEpoch(Relay relay, Wire wire, String series) throws Exception {
        int first = next;
        int withheld = first + WITHHELD_AT;
        deliveries.add(new Deliveries.Epoch(first, first + LAST_COUNT, LAST_COUNT));
        long before = relay.received();
        Feeder.send(
                wire.connect(relay),
                IntStream.range(first, first + LAST_COUNT)
                        .filter(number -> number != withheld)
                        .mapToObj(number -> Sample.message(series, number))
                        .toList(),
                0);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> relay.received() - before >= LAST_COUNT - 1);
        return withheld;
    }

    private void judge(Relay relay, Weather weather, Wire wire, String series, int withheld)
            throws Exception {
        List<Integer> atSink = Sample.numbers(series, sink.messages());
        List<Integer> inArchive = Sample.numbers(series, relay.archive());

        int repeats = Deliveries.assertRepeatsOnlyAfterLostConnections(sink.received(), series);
        Table.add(
                "kill -9",
                "%s, upstream %s".formatted(wire, weather),
                deliveries.synced().size() - 1,
                new TreeSet<>(atSink).size(),
                "repeats %d, connections %d, seed %d".formatted(repeats, sink.connections(), SEED));
        assertThat(deliveries.synced())
                .as("synced before kills")
                .hasSizeGreaterThan(10 * LAST_COUNT);
        assertThat(deliveries.missing(atSink)).as("missing at the sink").containsExactly(withheld);
        assertThat(deliveries.missing(inArchive))
                .as("missing in the archive")
                .containsExactly(withheld);
        deliveries.assertOnlyTailsAreLost(atSink, withheld);
        assertThat(Findings.of(new TreeSet<>(atSink), inArchive))
                .as("archive against sink: exactly once, in order")
                .isEqualTo(Findings.none());
        SealAudit.assertSealed(relay.data(), relay.archive());
    }

    /** Closes and opens the sink at random. Its thread ends with it. */
    static final class Flapping {
        private final Sink sink;
        private final Random random;
        private final Thread thread;
        private volatile boolean stopping;

        Flapping(Sink sink, Random random) {
            this.sink = sink;
            this.random = random;
            this.thread = Thread.ofPlatform().name("flapping").unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        private void run() {
            try {
                while (!stopping) {
                    LockSupport.parkNanos(Duration.ofMillis(50 + random.nextInt(500)).toNanos());
                    sink.down();
                    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(300)).toNanos());
                    sink.up();
                }
            } catch (Exception e) {
                throw new IllegalStateException("the sink could not flap", e);
            }
        }

        void stop() throws InterruptedException {
            stopping = true;
            thread.join();
        }
    }
}
