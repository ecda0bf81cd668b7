package io.sealpost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dates and times held against those of java.time. */
class TimestampWriterTest {
    private static final int RUNS = 20_000;

    @Test
    void written_times_read_back_as_the_same_instant() {
        long seed = Long.getLong("sealpost.seed", 1);
        Random random = new Random(seed);
        TimestampWriter writer = new TimestampWriter();
        long first = OffsetDateTime.parse("0001-01-01T00:00:00Z").toEpochSecond();
        long last = OffsetDateTime.parse("9999-12-30T00:00:00Z").toEpochSecond();
        for (int i = 0; i < RUNS; i++) {
            long micros = random.nextLong(first, last) * 1_000_000 + random.nextInt(1_000_000);
            int offset = random.nextInt(-720, 720) * 60;
            byte[] text = new byte[TimestampWriter.MAX_LENGTH];
            int length = writer.write(micros, offset, 6, text, 0);
            String written = new String(text, 0, length, StandardCharsets.US_ASCII);
            OffsetDateTime read = OffsetDateTime.parse(written);

            assertThat(read.toEpochSecond() * 1_000_000 + read.getNano() / 1000)
                    .as("seed " + seed + " " + written)
                    .isEqualTo(micros);
            assertThat(read.getOffset().getTotalSeconds()).isEqualTo(offset);
            assertThat(TimestampText.micros(text, 0, length)).isEqualTo(micros);
        }
    }

    @Test
    void every_day_of_the_calendar_is_numbered_as_in_java_time() {
        long last = LocalDate.of(9999, 12, 31).toEpochDay();
        for (long day = LocalDate.of(0, 1, 1).toEpochDay(); day <= last; day += 13) {
            LocalDate date = LocalDate.ofEpochDay(day);
            long packed = Civil.dateOf(day);

            assertThat(Civil.epochDay(date.getYear(), date.getMonthValue(), date.getDayOfMonth()))
                    .isEqualTo(day);
            assertThat(Civil.year(packed)).isEqualTo(date.getYear());
            assertThat(packed & 0xffff)
                    .isEqualTo(((long) date.getMonthValue() << 8) | date.getDayOfMonth());
        }
    }

    @Test
    void fractions_keep_the_digits_they_came_with() {
        byte[] text = new byte[TimestampWriter.MAX_LENGTH];
        int length = new TimestampWriter().write(1_795_521_600_050_000L, 0, 2, text, 0);

        assertThat(new String(text, 0, length, StandardCharsets.US_ASCII))
                .isEqualTo("2026-11-24T12:00:00.05Z");
    }
}
