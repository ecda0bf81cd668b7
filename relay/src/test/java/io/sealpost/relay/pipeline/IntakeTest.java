package io.sealpost.relay.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.pipeline.Intake.Verdict;
import io.sealpost.relay.route.Match;
import io.sealpost.relay.route.NameChange;
import io.sealpost.relay.route.Redaction;
import io.sealpost.relay.route.Rewrite;
import io.sealpost.relay.route.Route;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Lane;
import io.sealpost.relay.spool.MemoryStorage;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
    private static final String GOOD = "<34>1 2026-11-24T10:00:00Z host app 1 ID - text";

    /** Ends what a message is replaced by, so that frames can be told apart. */
    private static final String END = "#";

    private static final Sender SENDER =
            new Sender(
                    new Source(
                            "tcp",
                            Source.Transport.TCP,
                            InetSocketAddress.createUnresolved("192.0.2.7", 514),
                            1,
                            Source.NO_CERTIFICATE),
                    Origin.of("192.0.2.7", ZoneOffset.UTC));

    private static final QueueSettings QUEUE =
            new QueueSettings(
                    Long.MAX_VALUE,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.BLOCK,
                    QueueSettings.StartAt.NOW);

    private final AtomicInteger fill = new AtomicInteger();
    private final Counts counts = new Counts();
    private Spool spool;
    private Lane lane;

    @BeforeEach
    void open() throws IOException {
        SpoolSettings settings =
                new SpoolSettings(
                        64 << 20,
                        16 << 20,
                        Duration.ofMillis(1),
                        Duration.ZERO,
                        0,
                        SpoolSettings.WhenFull.BLOCK,
                        8192);
        // never started: what the lane takes in stays in its batch
        spool = Spool.open(settings, new MemoryStorage(), SpoolObserver.NONE, NanoClock.system());
        lane = spool.lane(() -> {});
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    @Test
    void well_formed_message_is_copied_behind_its_length() {
        Intake intake = intake(new Admission.Block());

        take(intake, GOOD, GOOD + "\n");

        assertThat(frames()).isEqualTo("47 " + GOOD + "47 " + GOOD);
        assertThat(counts).hasToString("{octets=94, received=2}");
    }

    /** Lengths around which the bound has more digits than the message. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 10, 40, 60, 80, 90, 98, 99, 100, 101, 900, 950, 998, 1000, 7990})
    void rewritten_message_stands_right_behind_its_length(int octets) {
        Intake intake = intake(new Admission.Block());
        String text = "x".repeat(octets);

        take(intake, text);

        String frames = frames();
        int blank = frames.indexOf(' ');
        assertThat(Integer.parseInt(frames.substring(0, blank)))
                .isEqualTo(frames.length() - blank - 1);
        assertThat(frames.substring(blank + 1)).startsWith("<13>1 ").endsWith(" - - - - " + text);
        assertThat(counts.get("changed unparsed")).isEqualTo(1);
    }

    @Test
    void message_without_octets_is_ignored_and_counted() {
        Intake intake = intake(new Admission.Block());

        take(intake, "", "\n", "\r\n", "\0");

        assertThat(frames()).isEmpty();
        assertThat(counts).hasToString("{ignored=4}");
    }

    @Test
    void full_batch_says_full_and_counts_only_what_was_taken() {
        Intake intake = intake(new Admission.Block());
        byte[] octets = (GOOD + "x".repeat(4000)).getBytes(ISO_8859_1);
        Verdict verdict = intake.begin();
        int taken = 0;

        while (verdict == Verdict.ACCEPTED) {
            verdict = intake.accept(octets, 0, octets.length, false, SENDER, taken);
            taken += verdict == Verdict.ACCEPTED ? 1 : 0;
        }
        intake.end(counts);

        assertThat(verdict).isEqualTo(Verdict.FULL);
        assertThat(counts.get("received")).isEqualTo(taken).isPositive();
        assertThat(lane.batch().count()).isEqualTo(taken);
        assertThat(intake.begin()).isEqualTo(Verdict.FULL);
    }

    /** Such a message comes again and is looked at again: it would count twice. */
    @Test
    void message_without_room_does_not_count_what_its_rules_gave_up() {
        Intake intake = intake(new Admission.Block());
        Match endless =
                new Match(
                        0,
                        0,
                        List.of(),
                        List.of(),
                        List.of(Pattern.compile("x*x*x*y")),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of());
        intake.rules(
                Rules.of(
                        List.of(
                                new Route("endless", endless, 1, true),
                                new Route("all", Match.EVERYTHING, 1, false))));
        byte[] octets = (GOOD + "x".repeat(2000)).getBytes(ISO_8859_1);
        Verdict verdict = intake.begin();
        int taken = 0;

        while (verdict == Verdict.ACCEPTED && taken < 100_000) {
            verdict = intake.accept(octets, 0, octets.length, false, SENDER, taken);
            taken += verdict == Verdict.ACCEPTED ? 1 : 0;
        }
        intake.end(counts);

        assertThat(verdict).isEqualTo(Verdict.FULL);
        assertThat(counts.get("given up x*x*x*y")).isEqualTo(taken).isPositive();
    }

    /**
     * It is parsed and redacted again from what was received; the redaction finds what it wrote.
     */
    @Test
    void redacted_message_without_room_is_redacted_and_counted_once_when_it_comes_again()
            throws Exception {
        String stars = "*".repeat(1000) + END;
        UpstreamQueue queue = spool.queue("all", QUEUE);
        Semaphore space = new Semaphore(0);
        lane = spool.lane(space::release);
        Intake intake = intake(new Admission.Block());
        intake.rules(
                Rules.of(
                        List.of(
                                rewrite(
                                        new Redaction(Pattern.compile("secret"), "(secret)"),
                                        new Redaction(Pattern.compile("x*x*x*y"), stars))),
                        List.of(new Route("all", Match.EVERYTHING, 1L << queue.number(), false))));
        byte[] octets =
                ("<34>1 2026-11-24T10:00:00Z host app 1 ID [a@1 b=\"secret\"] " + "x".repeat(2000))
                        .getBytes(ISO_8859_1);
        byte[] received = octets.clone();
        Verdict verdict = intake.begin();
        int taken = 0;
        while (verdict == Verdict.ACCEPTED && taken < 100_000) {
            verdict = intake.accept(octets, 0, octets.length, false, SENDER, taken);
            taken += verdict == Verdict.ACCEPTED ? 1 : 0;
        }
        intake.end(counts);
        assertThat(verdict).isEqualTo(Verdict.FULL);

        spool.start();
        while (intake.begin() == Verdict.FULL) {
            space.acquire();
        }
        assertThat(intake.accept(octets, 0, octets.length, false, SENDER, taken))
                .isEqualTo(Verdict.ACCEPTED);
        intake.end(counts);

        assertThat(octets).isEqualTo(received);
        assertThat(counts.get("received")).isEqualTo(taken + 1);
        assertThat(counts.get("changed redacted")).isEqualTo(taken + 1);
        assertThat(counts.get("given up x*x*x*y")).isEqualTo(taken + 1);
        String once =
                "<34>1 2026-11-24T10:00:00Z host app 1 ID [a@1 b=\"(secret)\"]"
                        + "[sealpost@32473 reasons=\"redacted\"] "
                        + stars;
        assertThat(frames(queue, taken + 1))
                .hasSize(taken + 1)
                .containsOnly(once.length() + " " + once);
    }

    /** So many frames of the queue. */
    private static List<String> frames(UpstreamQueue queue, int count) throws Exception {
        List<String> frames = new ArrayList<>();
        while (frames.size() < count) {
            try (FrameRun run = queue.poll(1 << 20, Duration.ofSeconds(10))) {
                assertThat(run).as("after %d frames", frames.size()).isNotNull();
                byte[] octets = new byte[run.length()];
                run.read(octets, 0);
                frames.addAll(List.of(new String(octets, ISO_8859_1).split("(?<=" + END + ")")));
            }
        }
        return frames;
    }

    private static Rewrite rewrite(Redaction... redactions) {
        return new Rewrite(
                Match.EVERYTHING,
                IntStream.range(0, 24).boxed().toList(),
                IntStream.range(0, 8).boxed().toList(),
                NameChange.NONE,
                NameChange.NONE,
                List.of(redactions));
    }

    @Test
    void limited_source_loses_what_is_more_than_its_burst_and_only_that() {
        Intake intake = intake(new Admission.Block());
        List<SourceLimit> told = new ArrayList<>();
        SourceLimit limit = SourceLimit.of(1, 3, System.nanoTime(), told::add);
        Sender limited = new Sender(SENDER.source(), SENDER.origin(), limit);
        byte[] octets = GOOD.getBytes(ISO_8859_1);

        assertThat(intake.begin()).isEqualTo(Verdict.ACCEPTED);
        for (int i = 0; i < 8; i++) {
            intake.accept(octets, 0, octets.length, false, limited, i);
            intake.accept(octets, 0, i < 2 ? 0 : octets.length, false, limited, i);
        }
        intake.accept(octets, 0, octets.length, false, SENDER, 8);
        intake.end(counts);

        assertThat(lane.batch().count()).isEqualTo(4);
        assertThat(counts.get("received")).isEqualTo(15);
        assertThat(counts.get("rate-limited")).isEqualTo(11);
        assertThat(told).containsExactly(limit);
        assertThat(limit.takeDropped()).isEqualTo(11);
    }

    @Test
    void drop_new_drops_and_counts_once_the_log_is_full() {
        Intake intake = intake(new Admission.DropNew(fill::get));

        fill.set(99);
        take(intake, GOOD);
        fill.set(100);
        take(intake, GOOD, GOOD);

        assertThat(lane.batch().count()).isEqualTo(1);
        assertThat(counts.get("received")).isEqualTo(3);
        assertThat(counts.get("dropped spool-full")).isEqualTo(2);
    }

    /** Severities from 0 (emergency) to 7 (debug) that are let in, by fill. */
    @ParameterizedTest
    @CsvSource({
        "80, 01234567",
        "81, 012345",
        "90, 012345",
        "91, 01234",
        "95, 01234",
        "96, 012",
        "99, 012",
        "100, 01"
    })
    void drop_by_severity_lets_less_in_as_the_log_fills(int percent, String letIn) {
        Intake intake = intake(new Admission.DropBySeverity(fill::get));
        fill.set(percent);

        for (int severity = 0; severity < 8; severity++) {
            take(intake, "<%d>1 - - - - - - s%d;".formatted(16 * 8 + severity, severity));
        }

        assertThat(Pattern.compile("s(\\d);").matcher(frames()).results().map(m -> m.group(1)))
                .containsExactly(letIn.split(""));
        assertThat(counts.get("dropped spool-full")).isEqualTo(8 - letIn.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10})
    void drop_by_severity_never_drops_auth_and_authpriv_above_99_percent(int facility) {
        Intake intake = intake(new Admission.DropBySeverity(fill::get));
        fill.set(100);

        take(intake, "<%d>1 - - - - - - debug".formatted(facility * 8 + 7));

        assertThat(lane.batch().count()).isEqualTo(1);
    }

    @Test
    void replaced_routing_holds_from_the_next_chunk_on() {
        Intake intake = intake(new Admission.Block());

        intake.rules(Rules.everywhere(0b110));
        take(intake, GOOD);

        assertThat(lane.batch().count()).isEqualTo(1);
    }

    @Test
    void closed_intake_takes_nothing() {
        Intake intake = intake(new Admission.Block());

        intake.close();

        assertThat(intake.begin()).isEqualTo(Verdict.CLOSED);
    }

    private Intake intake(Admission admission) {
        return new Intake(
                lane,
                new Rfc5424Encoder(Annotate.CHANGED, 32473),
                admission,
                Rules.everywhere(1),
                NanoClock.system());
    }

    private void take(Intake intake, String... messages) {
        assertThat(intake.begin()).isEqualTo(Verdict.ACCEPTED);
        for (String message : messages) {
            byte[] octets = ("framing" + message).getBytes(ISO_8859_1);
            assertThat(intake.accept(octets, 7, octets.length - 7, false, SENDER, 0))
                    .isEqualTo(Verdict.ACCEPTED);
        }
        intake.end(counts);
    }

    private String frames() {
        return new String(lane.batch().frames(), 0, lane.batch().length(), ISO_8859_1);
    }

    private static final class Counts implements IntakeCounters {
        private final TreeMap<String, Long> all = new TreeMap<>();

        long get(String name) {
            return all.getOrDefault(name, 0L);
        }

        @Override
        public void received(int messages, long octets) {
            all.merge("received", (long) messages, Long::sum);
            all.merge("octets", octets, Long::sum);
        }

        @Override
        public void changed(int reasonBit, int messages) {
            all.merge("changed " + Intake.reasonLabel(reasonBit), (long) messages, Long::sum);
        }

        @Override
        public void dropped(String reason, int messages) {
            all.merge("dropped " + reason, (long) messages, Long::sum);
        }

        @Override
        public void rateLimited(int messages) {
            all.merge("rate-limited", (long) messages, Long::sum);
        }

        @Override
        public void droppedByRoute(String route, int messages) {
            all.merge("dropped " + route, (long) messages, Long::sum);
        }

        @Override
        public void givenUp(String pattern, int searches) {
            all.merge("given up " + pattern, (long) searches, Long::sum);
        }

        @Override
        public void ignored(int datagrams) {
            all.merge("ignored", (long) datagrams, Long::sum);
        }

        @Override
        public String toString() {
            return all.toString();
        }
    }
}
