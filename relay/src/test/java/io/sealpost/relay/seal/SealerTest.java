package io.sealpost.relay.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.HashSigner;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.spool.BatchReader;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.SteppedSpool;
import io.sealpost.relay.watch.EventKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Beside
class SealerTest {
    private static final LogSigner SIGNER = HashSigner.named("test/log");
    private static final Duration YEAR_AND_MORE = Duration.ofDays(400);
    private static final int FILE = 1 << 20;

    private final FaultyStorage storage = FaultyStorage.seeded(1);
    private final HandClock clock = new HandClock();
    private final Told told = new Told();
    private final List<EventKind> counted = new ArrayList<>();
    private SteppedSpool spool;
    private OwnMessages own;

    @BeforeEach
    void open() throws IOException {
        spool = SteppedSpool.open(storage, "a", clock);
        own = new OwnMessages(spool.spool().smallLane(() -> {}), counted::add, clock);
        own.upstreams(1);
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    private Sealer sealer(long maxBytes) throws IOException {
        return Sealer.on(
                LogFiles.open(storage, SIGNER),
                new SealSettings(Duration.ofSeconds(1), YEAR_AND_MORE, maxBytes),
                spool.spool(),
                () -> LogFiles.open(storage, SIGNER),
                own,
                told,
                clock);
    }

    private Sealer sealer() throws IOException {
        return sealer(Long.MAX_VALUE);
    }

    /** As the thread does: a step, what it says becomes durable, and the time it wants to rest. */
    private void run(Sealer sealer, Duration time) {
        long end = clock.nanos() + time.toNanos();
        while (clock.nanos() < end) {
            long rest = sealer.step();
            spool.commit();
            clock.passNanos(Math.clamp(rest, 50_000_000, end - clock.nanos()));
        }
    }

    private List<Long> sizes() {
        return told.checkpoints.stream().map(Checkpoint::size).toList();
    }

    @Test
    void an_idle_log_grows_by_two_entries_a_minute() throws Exception {
        try (Sealer sealer = sealer()) {
            spool.put("a message");
            spool.commit();
            run(sealer, Duration.ofSeconds(2));
            assertThat(sizes()).containsExactly(2L);
            long before = sealer.figures().size();

            run(sealer, Duration.ofMinutes(60));

            assertThat(sealer.figures().size() - before).isBetween(118L, 120L);
            assertThat(told.checkpoints).hasSizeBetween(60, 61);
            assertThat(spool.spool().synced()).isEqualTo(1 + told.checkpoints.size());
            assertThat(counted).hasSameSizeAs(told.checkpoints).containsOnly(EventKind.CHECKPOINT);
        }
    }

    @Test
    void while_messages_come_there_is_one_checkpoint_a_second() throws Exception {
        try (Sealer sealer = sealer()) {
            for (int i = 0; i < 100; i++) {
                spool.put("message " + i);
                spool.commit();
                sealer.step();
                spool.commit();
                clock.pass(Duration.ofMillis(100));
            }

            assertThat(told.checkpoints).hasSizeBetween(9, 10);
            assertThat(sizes()).isSorted();
        }
    }

    @Test
    void a_message_after_a_quiet_time_is_sealed_at_once() throws Exception {
        try (Sealer sealer = sealer()) {
            run(sealer, Duration.ofSeconds(30));
            spool.put("a message");
            spool.commit();
            sealer.step();

            assertThat(sizes()).containsExactly(2L);
            assertThat(sealer.covered()).isEqualTo(1);
        }
    }

    @Test
    void the_end_seals_everything() throws Exception {
        try (Sealer sealer = sealer()) {
            spool.put("a message");
            spool.commit();
            sealer.step();
            assertThat(told.checkpoints).isEmpty();
            sealer.finish(Duration.ofSeconds(5));

            assertThat(sizes()).containsExactly(2L);
            spool.commit();
            assertThat(spool.spool().synced()).as("and tells of it").isEqualTo(2);
        }
    }

    @Test
    void checkpoints_go_to_no_upstream_where_there_is_none() throws Exception {
        own.upstreams(0);
        try (Sealer sealer = sealer()) {
            run(sealer, Duration.ofMinutes(10));

            assertThat(spool.spool().synced()).isZero();
            assertThat(sealer.figures().size()).isZero();
            assertThat(counted).isEmpty();
        }
    }

    @Test
    void after_a_failure_it_is_told_and_caught_up_and_nothing_is_released_meanwhile()
            throws Exception {
        try (Sealer sealer = sealer()) {
            spool.spool().hold(sealer::covered);
            spool.put("a message");
            spool.commit();
            storage.failSyncs(1);
            run(sealer, Duration.ofMillis(1500));
            assertThat(told.all).containsExactly("failing");
            assertThat(sealer.figures().trouble()).isNotEmpty();
            assertThat(sealer.covered()).isZero();
            assertThat(told.checkpoints).isEmpty();

            run(sealer, Duration.ofSeconds(3));

            assertThat(told.all).containsExactly("failing", "working");
            assertThat(sealer.figures().trouble()).isEmpty();
            assertThat(sizes()).containsExactly(2L);
            assertThat(sealer.covered()).isEqualTo(1);
        }
    }

    @Test
    void retries_come_ever_more_rarely() throws Exception {
        try (Sealer sealer = sealer()) {
            spool.put("a message");
            spool.commit();
            storage.failSyncs(Integer.MAX_VALUE);
            long end = clock.nanos() + Duration.ofMinutes(5).toNanos();
            while (clock.nanos() < end) {
                clock.passNanos(Math.max(1, sealer.step()));
            }

            assertThat(told.all).hasSizeBetween(10, 20).containsOnly("failing");
            storage.endFaults();
        }
    }

    @Test
    void messages_that_went_before_they_were_sealed_are_told() throws Exception {
        try (Sealer sealer = sealer()) {
            spool.put("a message");
            spool.commit();
            run(sealer, Duration.ofSeconds(2));
        }
        for (int i = 0; i < 3000; i++) { // while nobody seals
            spool.put("x".repeat(1000));
        }
        spool.commit();
        spool.deliverAll();
        long oldest = spool.spool().oldest();
        assertThat(oldest).isPositive();
        try (Sealer sealer = sealer()) {
            run(sealer, Duration.ofSeconds(2));

            assertThat(told.all).containsExactly("lost 1 " + oldest);
            assertThat(sealer.covered()).isGreaterThanOrEqualTo(3000);
        }
    }

    /** A log of more than a file of leaves, signed now. */
    private void fill() throws IOException {
        try (LogFiles files = LogFiles.open(storage, SIGNER)) {
            Sealer.begin(files, 0, Sealer.seconds(clock));
            int count = FILE + 100;
            byte[] leaves = new byte[count / 4 * Hash.OCTETS];
            for (int i = 0; i < 4; i++) {
                files.log().append(files.log().size(), leaves, count / 4);
            }
            files.log().append(files.log().size(), leaves, 1);
            BatchEntry.Run run =
                    new BatchEntry.Run(
                            new Source(
                                    "t",
                                    Source.Transport.TCP,
                                    new InetSocketAddress("127.0.0.1", 1),
                                    1,
                                    Source.NO_CERTIFICATE),
                            0,
                            0,
                            count,
                            0);
            BatchEntry entry = new BatchEntry(0, 0, 0, List.of(run), List.of(), new TreeMap<>());
            files.metadata().add(entry.encode(), entry.endLeaf());
            files.metadata().sync();
            files.checkpoints().add(files.log().sync(), 0, Sealer.seconds(clock));
        }
    }

    private List<String> said() throws IOException {
        spool.commit();
        List<String> said = new ArrayList<>();
        try (BatchReader reader = spool.spool().batches(0)) {
            while (reader.next()) {
                said.add(new String(reader.octets(), reader.framesOffset(), reader.framesLength()));
            }
        }
        return said;
    }

    @Test
    void what_is_older_than_keep_is_dropped_and_the_log_says_so() throws Exception {
        fill();
        clock.pass(YEAR_AND_MORE.minusDays(1));
        try (Sealer sealer = sealer()) {
            sealer.step();
            assertThat(told.all).isEmpty();
            clock.pass(Duration.ofDays(2));
            sealer.step();

            assertThat(told.all).containsExactly("dropped 0 " + FILE);
            assertThat(sealer.figures().firstLeaf()).isEqualTo(FILE);
            assertThat(sealer.figures().octets()).isLessThan(1 << 20);
            assertThat(said()).anyMatch(text -> text.contains("dropped 0 " + FILE));
            assertThat(counted).contains(EventKind.INTEGRITY_DROPPED);
        }
    }

    @Test
    void what_is_more_than_max_size_is_dropped_with_the_next_checkpoint() throws Exception {
        fill();
        try (Sealer sealer = sealer(20 << 20)) {
            clock.pass(Duration.ofSeconds(2));
            spool.put("a message");
            spool.commit();
            sealer.step();

            assertThat(told.all).containsExactly("dropped 0 " + FILE);
            assertThat(sealer.figures().octets()).isLessThan(1 << 20);
        }
    }

    /** Octets of stored checkpoints after each of so many days with a message. */
    private List<Long> days(int days, long maxBytes) throws IOException {
        List<Long> octets = new ArrayList<>();
        try (Sealer sealer = sealer(maxBytes)) {
            for (int day = 0; day < days; day++) {
                spool.put("message " + day);
                spool.commit();
                sealer.step();
                spool.commit();
                clock.pass(Duration.ofDays(1));
                long sum = 0;
                for (String name : storage.list("integrity/checkpoints")) {
                    sum += storage.content("integrity/checkpoints/" + name).length;
                }
                octets.add(sum);
            }
        }
        return octets;
    }

    @Test
    void checkpoints_older_than_keep_are_dropped_and_the_log_says_so() throws Exception {
        days(420, Long.MAX_VALUE);

        assertThat(told.all).hasSizeBetween(17, 20);
        assertThat(told.all).allMatch(text -> text.startsWith("dropped checkpoints below "));
        assertThat(said()).anyMatch(text -> text.contains("dropped checkpoints below "));
        assertThat(storage.list("integrity/checkpoints")).hasSizeBetween(401, 403);
    }

    @Test
    void checkpoints_take_half_of_max_size_at_most() throws Exception {
        long most = 16 << 10;

        assertThat(days(100, most)).allMatch(octets -> octets <= most / 2);

        assertThat(told.all).isNotEmpty();
        assertThat(told.all).allMatch(text -> text.startsWith("dropped checkpoints below "));
    }
}
