package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of the block {@code spool}, from the conf file to the files of the spool. */
@Timeout(120)
@Beside
class SpoolKeysTest {
    private static final long MIB = 1 << 20;
    private static final int MESSAGE_OCTETS = 8 * 1024;

    /** As many as make 24 MiB: several segments of 1 MiB and a commit, whatever a batch holds. */
    private static final int MESSAGES = 3072;

    @TempDir Path folder;

    @Test
    void a_segment_that_has_reached_segment_size_is_followed_by_a_new_one() throws Exception {
        try (DeadPort dead = DeadPort.taken();
                RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                """
                                spool.segment-size = 1 MiB
                                upstreams.dead { %s }
                                """
                                        .formatted(dead.upstream()))) {
            relay.send(MESSAGES, MESSAGE_OCTETS);
            relay.awaitSynced(MESSAGES);

            List<Path> segments = segments();
            assertThat(segments).hasSizeGreaterThanOrEqualTo(3);
            for (Path full : segments.subList(0, segments.size() - 1)) {
                assertThat(Files.size(full)).isGreaterThanOrEqualTo(MIB);
            }
        }
    }

    @Test
    void syncs_are_at_least_sync_interval_apart() throws Exception {
        Duration interval = Duration.ofMillis(250);
        int syncs = 5;
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        """
                        spool.sync-interval = 250 ms
                        upstreams.f { type = file, path = "f.log" }
                        """)) {
            long begin = NanoClock.system().nanos();
            for (int i = 1; i <= syncs; i++) {
                relay.send(1, 10);
                relay.awaitSynced(i);
            }
            Duration took = Duration.ofNanos(NanoClock.system().nanos() - begin);

            // the first may be at once, each other had to wait: a slow machine cannot be too fast
            assertThat(took).isGreaterThanOrEqualTo(interval.multipliedBy(syncs - 1));
        }
    }

    /**
     * Every upstream is past the first segment: one has the messages, the other was made to drop
     * them by its max-age. Drops are counted in the same rounds of housekeeping that remove
     * segments, so a second drop shows that a whole round has left the segment there.
     */
    @Test
    void segments_that_everybody_has_stay_for_keep_and_no_longer() throws Exception {
        MovedClock clock = MovedClock.atNoon();
        try (DeadPort dead = DeadPort.taken();
                RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                clock,
                                """
                                spool.segment-size = 1 MiB
                                spool.keep = 1 h
                                upstreams.f { type = file, path = "f.log" }
                                upstreams.dead { %s, buffer.max-age = 1 s }
                                """
                                        .formatted(dead.upstream()))) {
            relay.send(MESSAGES, MESSAGE_OCTETS);
            everybodyIsPast(MESSAGES, relay, clock);
            relay.send(1, 10);
            everybodyIsPast(MESSAGES + 1, relay, clock);
            Path first = segments().getFirst();
            assertThat(first).hasFileName("0".repeat(20) + ".seg");

            clock.advance(Duration.ofHours(1));

            await().atMost(RunningRelay.PATIENCE).until(() -> !Files.exists(first));
            assertThat(segments()).isNotEmpty();
        }
    }

    private static void everybodyIsPast(int messages, RunningRelay relay, MovedClock clock) {
        relay.awaitDelivered("f", messages);
        clock.advance(Duration.ofSeconds(2));
        relay.awaitMetric(
                "sealpost_messages_dropped_total{listener=\"\",reason=\"max-age\",upstream=\"dead\"}",
                messages);
    }

    @ParameterizedTest
    @CsvSource({
        "block, senders wait",
        "drop-new, new messages are dropped",
        "drop-by-severity, the least severe of new ones are dropped and the others wait"
    })
    void where_nothing_can_be_written_the_log_says_what_becomes_of_new_messages(
            String whenFull, String said) throws Exception {
        try (LogLines logged = LogLines.of(SpoolLog.class);
                RunningRelay relay =
                        RunningRelay.whole(
                                folder,
                                NanoClock.system(),
                                """
                        sealpost {
                          data-dir = "state"
                          listeners.t { transport = tcp, bind = "127.0.0.1:0" }
                          upstreams.f { type = file, path = "f.log" }
                          spool { reserve = 1 TiB, when-full = %s }
                          integrity.enabled = false
                          admin.bind = "127.0.0.1:0"
                        }
                        """
                                        .formatted(whenFull))) {
            relay.send(1, 10);

            await().atMost(RunningRelay.PATIENCE)
                    .until(
                            () ->
                                    logged.all().stream()
                                            .anyMatch(
                                                    line ->
                                                            line.startsWith("spool: cannot write (")
                                                                    && line.endsWith(
                                                                            " tried again, "
                                                                                    + said)));
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("state/spool"))) {
            return files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
        }
    }
}
