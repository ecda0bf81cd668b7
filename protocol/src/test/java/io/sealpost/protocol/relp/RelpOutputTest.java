package io.sealpost.protocol.relp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RelpOutputTest {
    @Test
    void output_grows_at_any_length_by_text_of_any_length() {
        for (int length = 0; length < 600; length++) {
            String first = "a".repeat(length);
            String second = "b".repeat(1500);

            RelpOutput output = new RelpOutput().append(first).append(second).append("c");

            assertThat(text(output)).isEqualTo(first + second + "c");
        }
    }

    @Test
    void output_grows_at_any_length_by_the_longest_number() {
        for (int length = 0; length < 600; length++) {
            RelpOutput output = new RelpOutput().append("a".repeat(length)).append(987_654_321);

            assertThat(text(output)).isEqualTo("a".repeat(length) + "987654321");
        }
    }

    @Test
    void numbers_are_decimal() {
        for (int number : new int[] {0, 9, 10, 99, 100, 101_010, 999_999_999}) {
            assertThat(text(new RelpOutput().append(number))).isEqualTo("" + number);
        }
    }

    @Test
    void what_is_taken_is_gone() {
        RelpOutput output = new RelpOutput().append("a".repeat(100_000));
        output.taken();

        assertThat(output.length()).isZero();
        assertThat(output.octets()).hasSizeLessThanOrEqualTo(16 * 1024);
        assertThat(text(output.append("b"))).isEqualTo("b");
    }

    private static String text(RelpOutput output) {
        return Pieces.text(Arrays.copyOf(output.octets(), output.length()));
    }
}
