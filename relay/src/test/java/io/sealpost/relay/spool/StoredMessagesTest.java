package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredMessagesTest {
    private static final int SEGMENT = 1 << 20;
    private static final long SEED = 20261128;

    private final FaultyStorage storage = FaultyStorage.seeded(1);
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final List<String> texts = new ArrayList<>();

    private SteppedSpool spool() throws IOException {
        return SteppedSpool.open(storage, "a", clock, SEGMENT, 1);
    }

    /** Batches of one message and of many, over some segments of four windows each. */
    private void fill(SteppedSpool spool, Random random, int batches) {
        for (int i = 0; i < batches; i++) {
            int count = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 1;
            for (int m = 0; m < count; m++) {
                String text = "message " + texts.size() + " " + "x".repeat(random.nextInt(900));
                spool.put(text);
                texts.add(text);
            }
            spool.commit();
        }
    }

    private static Optional<List<String>> read(StoredMessages messages, long first, int count)
            throws IOException {
        List<String> read = new ArrayList<>();
        boolean all =
                messages.read(
                        first,
                        count,
                        (b, at, length) -> read.add(new String(b, at, length, UTF_8)));
        return all ? Optional.of(read) : Optional.empty();
    }

    private Optional<List<String>> wanted(int first, int count) {
        return Optional.of(texts.subList(first, first + count));
    }

    @Test
    void any_messages_are_found_whatever_was_read_before() throws Exception {
        Random random = new Random(SEED);
        try (SteppedSpool spool = spool()) {
            fill(spool, random, 3000);
            assertThat(storage.list(Segment.FOLDER)).hasSizeGreaterThan(3);
            StoredMessages messages = new StoredMessages(storage);
            for (int i = 0; i < 300; i++) {
                int first = random.nextInt(texts.size() - 300);
                int count = random.nextInt(300);
                assertThat(read(messages, first, count)).isEqualTo(wanted(first, count));
            }
            for (int first = 0; first + 256 <= texts.size(); first += 256) {
                assertThat(read(messages, first, 256)).isEqualTo(wanted(first, 256));
            }
            assertThat(read(messages, texts.size() - 1, 2)).as("one too many").isEmpty();
        }
    }

    @Test
    void what_was_released_is_not_there_and_the_rest_is() throws Exception {
        try (SteppedSpool spool = spool()) {
            fill(spool, new Random(SEED), 1500);
            StoredMessages messages = new StoredMessages(storage);
            assertThat(read(messages, 0, 10)).isPresent();

            spool.deliverAll();

            int oldest = (int) spool.spool().oldest();
            assertThat(oldest).isPositive();
            assertThat(read(messages, 0, 10)).isEmpty();
            assertThat(read(messages, oldest - 1, 2)).isEmpty();
            assertThat(read(messages, oldest, 2)).isEqualTo(wanted(oldest, 2));
        }
    }

    @Test
    void a_damaged_batch_is_not_handed_out_and_its_neighbours_are() throws Exception {
        try (SteppedSpool spool = spool()) {
            for (int i = 0; i < 9; i++) {
                spool.put("message " + i);
                texts.add("message " + i);
                spool.commit();
            }
        }
        String path = Segment.path(0);
        String content = new String(storage.content(path), ISO_8859_1);
        storage.flipBit(path, content.indexOf("message 4"), 1);

        StoredMessages messages = new StoredMessages(storage);

        assertThat(read(messages, 3, 1)).isEqualTo(wanted(3, 1));
        assertThat(read(messages, 4, 1)).isEmpty();
        assertThat(read(messages, 3, 3)).isEmpty();
        assertThat(read(messages, 5, 3)).isEqualTo(wanted(5, 3));
    }

    @Test
    void nothing_is_there_without_a_spool() throws Exception {
        assertThat(read(new StoredMessages(storage), 0, 1)).isEmpty();
    }
}
