package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordMarksTest {
    @Test
    void a_piece_counts_only_when_its_last_record_is_covered() {
        RecordMarks marks = new RecordMarks();
        marks.mark(10_000, 9_000);
        marks.mark(30_000, 28_000);

        assertThat(marks.stream(0)).isZero();
        assertThat(marks.stream(9_999)).isZero();
        assertThat(marks.stream(10_000)).isEqualTo(9_000);
        assertThat(marks.stream(29_999)).isEqualTo(9_000);
        assertThat(marks.stream(1L << 40)).isEqualTo(28_000);
    }

    @Test
    void single_messages_do_not_make_a_mark_of_each() {
        RecordMarks marks = new RecordMarks();
        for (int i = 1; i <= 10_000; i++) {
            marks.mark(122L * i, 100L * i);
        }

        assertThat(marks.size()).isLessThan(122 * 10_000 / 4096 + 2);
        assertThat(marks.stream(122L * 10_000)).isEqualTo(100L * 10_000);
    }

    /** Against all marks, none of them left out. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void never_claims_more_than_is_covered_and_little_less(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordMarks marks = new RecordMarks();
        TreeMap<Long, Long> all = new TreeMap<>(Map.of(0L, 0L));
        long wire = 0;
        long stream = 0;
        long asked = 0;
        for (int i = 0; i < 20_000; i++) {
            int piece = random.nextInt(1, 20_000);
            stream += piece;
            wire += piece + 22;
            marks.mark(wire, stream);
            all.put(wire, stream);
            if (random.nextInt(4) == 0) {
                asked = random.nextLong(asked, wire + 1);
                long exact = all.floorEntry(asked).getValue();
                assertThat(marks.stream(asked))
                        .isLessThanOrEqualTo(exact)
                        .isGreaterThan(exact - 2 * RecordMarks.APART);
                assertThat(marks.stream(wire)).isEqualTo(stream);
                marks.forget(asked);
            }
        }
    }
}
