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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM loses nothing that was accepted, ends with 0 and prints the books. */
@Tag("fault")
@Timeout(240)
class StopIT {
    private static final int COUNT = 5_000;
    private static final int WITHHELD = 1_700;
    private static final int ROUNDS = 3;
    private static final Pattern BOOKS = Pattern.compile("books at message (\\d+): balanced");

    @TempDir Path dir;
    private final Sink sink = new Sink();

    @AfterEach
    void closeSink() throws Exception {
        sink.down();
    }

    @Test
    void what_was_accepted_while_the_upstream_was_down_arrives_after_a_stop_and_a_start()
            throws Exception {
        String series = "stop-down";
        List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
        try (Relay relay = relay()) {
            relay.start();
            Feeder.tcp(
                    relay.tcp,
                    all.stream()
                            .filter(number -> number != WITHHELD)
                            .map(number -> Sample.message(series, number))
                            .toList(),
                    0);
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    relay.metric(
                                                    "sealpost_messages_received_total{listener=\"tcp\"}")
                                            >= COUNT - 1);
            relay.terminate();
            String books = relay.stopped();

            assertThat(synced(books) - relay.own()).isEqualTo(COUNT - 1);
            sink.up();
            relay.start();
            assertThat(relay.metric("sealpost_messages_received_total{listener=\"tcp\"}"))
                    .isEqualTo(COUNT - 1);
            relay.awaitDelivered();
            relay.assertBooksBalance();
            Table.add("SIGTERM", "upstream DOWN", COUNT - 1, sink.size(), "");
            assertThat(Findings.of(all, Sample.numbers(series, sink.messages())))
                    .isEqualTo(Findings.onlyMissing(WITHHELD));
            assertThat(Findings.of(all, Sample.numbers(series, relay.archive())))
                    .isEqualTo(Findings.onlyMissing(WITHHELD));
            relay.terminate();
            relay.stopped();
        }
    }

    @Test
    void under_load_the_books_say_how_many_were_accepted_and_exactly_those_arrive()
            throws Exception {
        String series = "stop-load";
        long seed = Long.getLong("sealpost.seed", System.nanoTime() & 0xFFFFFF);
        System.out.println("SIGTERM under load, seed " + seed);
        Random random = new Random(seed);
        int next = 0;
        long accepted = 0;
        try (Relay relay = relay()) {
            sink.up();
            for (int round = 0; round < ROUNDS; round++) {
                relay.start();
                String books;
                int first = next;
                try (Load load = Load.start(relay, series, first)) {
                    LockSupport.parkNanos(Duration.ofMillis(100 + random.nextInt(900)).toNanos());
                    relay.terminate();
                    books = relay.stopped();
                    next = load.stop();
                }
                long now = synced(books) - relay.own();
                List<Integer> expected =
                        IntStream.range(first, first + (int) (now - accepted)).boxed().toList();
                List<Integer> archived =
                        Sample.numbers(series, relay.archive()).stream()
                                .filter(number -> number >= first)
                                .toList();
                Table.add("SIGTERM", "under load", expected.size(), archived.size(), "");
                assertThat(expected).isNotEmpty();
                assertThat(Findings.of(expected, archived)).isEqualTo(Findings.none());
                accepted = now;
            }
            relay.start();
            relay.awaitDelivered();
            relay.assertBooksBalance();
            assertThat(new TreeSet<>(Sample.numbers(series, sink.messages())))
                    .containsExactlyElementsOf(Sample.numbers(series, relay.archive()));
            relay.terminate();
            relay.stopped();
        }
    }

    private Relay relay() throws Exception {
        return Relay.prepare(dir, Map.of("sink", sink.upstream()));
    }

    private static long synced(String output) {
        Matcher matcher = BOOKS.matcher(output);
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
