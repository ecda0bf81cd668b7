package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchReaderTest {
    private static final int SEGMENT = 16 * 1024;

    private final MemoryStorage storage = new MemoryStorage();
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();

    private Spool open() throws Exception {
        return Spool.open(
                SpoolRig.settings(8 * SEGMENT, SEGMENT),
                storage,
                SpoolObserver.NONE,
                clock,
                SpoolRig.seams(1));
    }

    private static List<String> messages(BatchReader reader) {
        List<String> messages = new ArrayList<>();
        byte[] b = reader.octets();
        int at = reader.framesOffset();
        int end = at + reader.framesLength();
        while (at < end) {
            int length = 0;
            while (b[at] != ' ') {
                length = length * 10 + b[at++] - '0';
            }
            messages.add(new String(b, at + 1, length, UTF_8));
            at += 1 + length;
        }
        assertThat(messages).hasSize(reader.count());
        return messages;
    }

    private static List<String> readAll(BatchReader reader) throws IOException {
        List<String> all = new ArrayList<>();
        while (reader.next()) {
            assertThat(reader.lostTo()).isEqualTo(reader.lostFrom());
            assertThat(reader.sequence()).isEqualTo(reader.firstSequence() + reader.count());
            all.addAll(messages(reader));
        }
        return all;
    }

    /** Puts so many messages, each fifth batch a full segment later. */
    private static List<String> fill(Spool spool, int batches) {
        Lane lane = spool.lane(() -> {});
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            for (int m = 0; m <= i % 3; m++) {
                String text = "message " + i + "." + m + " " + "x".repeat(700);
                assertThat(SpoolRig.put(lane, text, 1, i, 10 * i + m)).isTrue();
                texts.add(text);
            }
            spool.writer().commitOnce();
        }
        return texts;
    }

    @Test
    void all_batches_come_in_order_from_all_segments_also_after_a_restart() throws Exception {
        List<String> texts;
        try (Spool spool = open();
                BatchReader reader = spool.batches(0)) {
            spool.queue("a", SpoolRig.KEEP_ALL);
            texts = fill(spool, 40);

            assertThat(storage.list(Segment.FOLDER)).hasSizeGreaterThan(2);
            assertThat(readAll(reader)).isEqualTo(texts);
        }
        try (Spool spool = open();
                BatchReader reader = spool.batches(0);
                BatchReader later = spool.batches(3)) {
            assertThat(readAll(reader)).isEqualTo(texts);
            assertThat(readAll(later)).isEqualTo(texts.subList(3, texts.size()));
            spool.queue("a", SpoolRig.KEEP_ALL);
            List<String> more = fill(spool, 2);
            assertThat(readAll(reader)).isEqualTo(more);
        }
    }

    @Test
    void what_is_not_durable_does_not_come() throws Exception {
        try (Spool spool = open();
                BatchReader reader = spool.batches(0)) {
            spool.queue("a", SpoolRig.KEEP_ALL);
            Lane lane = spool.lane(() -> {});
            SpoolRig.put(lane, "first", 1, 1, 1);
            assertThat(reader.next()).isFalse();
            spool.writer().appendOnce();
            assertThat(reader.next()).isFalse();
            spool.writer().syncOnce();

            assertThat(readAll(reader)).containsExactly("first");
        }
    }

    @Test
    void a_batch_tells_of_its_sources_runs_and_originals() throws Exception {
        try (Spool spool = open();
                BatchReader reader = spool.batches(0)) {
            spool.queue("a", SpoolRig.KEEP_ALL);
            Lane lane = spool.lane(() -> {});
            SpoolRig.put(lane, "same", 1, 5, 7);
            SpoolRig.put(lane, "new".getBytes(UTF_8), 3, 6, 8, 4, "old".getBytes(UTF_8));
            spool.writer().commitOnce();

            assertThat(reader.next()).isTrue();
            assertThat(reader.firstSequence()).isZero();
            assertThat(reader.appendMicros()).isEqualTo(clock.micros);
            assertThat(reader.runs())
                    .containsExactly(
                            new BatchReader.Run(SpoolRig.SOURCE, 5, 7, 1, 1),
                            new BatchReader.Run(SpoolRig.SOURCE, 6, 8, 1, 3));
            BatchReader.Change change = reader.changes().getFirst();
            assertThat(change.index()).isEqualTo(1);
            assertThat(change.reasons()).isEqualTo(4);
            assertThat(
                            new String(
                                    reader.octets(),
                                    change.originalOffset(),
                                    change.originalLength(),
                                    UTF_8))
                    .isEqualTo("old");
        }
    }

    @Test
    void damage_is_passed_and_told() throws Exception {
        List<String> texts;
        try (Spool spool = open()) {
            spool.queue("a", SpoolRig.KEEP_ALL);
            texts = fill(spool, 6);
            assertThat(storage.list(Segment.FOLDER)).hasSize(1);
        }
        int at = new String(storage.content(Segment.path(0)), UTF_8).indexOf("message 2.1");
        try (StorageFile file = storage.openForWriting(Segment.path(0))) {
            file.write(ByteBuffer.wrap(new byte[] {'M'}), at);
        }
        try (Spool spool = open();
                BatchReader reader = spool.batches(0)) {
            List<String> all = new ArrayList<>();
            List<Long> lost = new ArrayList<>();
            while (reader.next()) {
                all.addAll(messages(reader));
                if (reader.lostTo() > reader.lostFrom()) {
                    lost.add(reader.lostFrom());
                    lost.add(reader.lostTo());
                }
            }

            texts.subList(3, 6).clear(); // batch 2
            assertThat(all).isEqualTo(texts);
            assertThat(lost).containsExactly(3L, 6L);
        }
    }

    @Test
    void segments_that_somebody_holds_stay_and_senders_wait_in_the_end() throws Exception {
        long[] firstNeeded = {0};
        try (Spool spool = open()) {
            spool.hold(() -> firstNeeded[0]);
            UpstreamQueue queue = spool.queue("a", SpoolRig.DROP_OLDEST);
            spool.retireUnnamed();
            Lane lane = spool.lane(() -> {});
            List<String> texts = new ArrayList<>();
            while (putOne(lane, texts.size())) {
                texts.add("");
                spool.writer().commitOnce();
                SpoolRig.drain(queue, 1 << 20);
                spool.retention().round();
                assertThat(texts).hasSizeLessThan(1000);
            }

            assertThat(spool.oldest()).isZero();
            assertThat(spool.full()).isTrue();
            assertThat(spool.bytes()).isLessThanOrEqualTo(9 * SEGMENT);
            try (BatchReader reader = spool.batches(0)) {
                assertThat(readAll(reader)).hasSameSizeAs(texts);
                firstNeeded[0] = reader.sequence();
            }

            spool.retention().round();
            assertThat(spool.oldest()).isPositive();
            assertThat(putOne(lane, 0)).isTrue();
        }
    }

    private boolean putOne(Lane lane, int ordinal) {
        return SpoolRig.put(lane, "x".repeat(1000), 1, clock.micros, ordinal);
    }
}
