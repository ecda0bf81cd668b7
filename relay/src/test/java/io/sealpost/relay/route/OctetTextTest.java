package io.sealpost.relay.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OctetTextTest {
    private final OctetText text = new OctetText();

    @ParameterizedTest
    @ValueSource(strings = {"", "ascii", "dö€😀x", "\u0000\uD7FF\uE000\uFFFF", "😀😀"})
    void valid_utf_8_is_its_characters(String sample) {
        byte[] octets = ("<" + sample + ">").getBytes(UTF_8);

        text.show(octets, 1, octets.length - 1);

        text.allowSteps();
        assertThat(text.length()).isEqualTo(sample.length());
        assertThat(text.chars().mapToObj(c -> "" + (char) c).reduce("", String::concat))
                .isEqualTo(sample);
        assertThat(text.toString()).isEqualTo(sample);
    }

    /** Overlong forms, surrogates, lone and missing parts: one lone surrogate for each octet. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0080",
                "\u00c0\u0080",
                "\u00e0\u0080\u0080",
                "\u00ed\u00a0\u0080",
                "\u00f0\u0080\u0080\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00c3",
                "\u00e2\u0082",
                "\u00f0\u009f\u0098",
                "\u00ff\u00fe"
            })
    void invalid_octets_keep_their_places(String latin) {
        byte[] octets = ("a" + latin + "b").getBytes(ISO_8859_1);

        text.show(octets, 0, octets.length);

        text.allowSteps();
        assertThat(text.length()).isEqualTo(octets.length);
        for (int i = 0; i < octets.length; i++) {
            assertThat(text.octetOf(i)).isEqualTo(i);
            int octet = octets[i] & 0xFF;
            assertThat((int) text.charAt(i)).isEqualTo(octet < 0x80 ? octet : 0xDC00 + octet);
        }
    }

    @Test
    void every_character_begins_at_its_octets_whatever_these_are() {
        long seed = Long.getLong("sealpost.seed", 1);
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] octets = new byte[random.nextInt(40)];
            random.nextBytes(octets);

            text.show(octets, 0, octets.length);

            int before = 0;
            for (int i = 0; i <= text.length(); i++) {
                assertThat(text.octetOf(i)).as("seed " + seed).isBetween(before, octets.length);
                before = text.octetOf(i);
            }
            assertThat(before).isEqualTo(octets.length);
            String decoded = new String(octets, UTF_8);
            if (Arrays.equals(decoded.getBytes(UTF_8), octets)) {
                assertThat(text.toString()).as("seed " + seed).isEqualTo(decoded);
            }
        }
    }

    @Test
    void escapes_of_values_are_taken_off() {
        byte[] octets = "a\\\"b\\\\c\\]d\\e\\".getBytes(UTF_8);

        text.showEscaped(octets, 0, octets.length);

        assertThat(text.toString()).isEqualTo("a\"b\\c]d\\e\\");
        assertThat(text.octetOf(1)).isEqualTo(1);
        assertThat(text.octetOf(2)).isEqualTo(3);
    }
}
