package io.sealpost.protocol.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamFramerTest {
    private static final String GOOD = "<34>Oct 11 22:14:15 host su: msg";
    private static final String COUNTED = "32 " + GOOD;

    @Test
    void samples_of_both_framings_are_found() {
        assertThat(Frames.of(64, COUNTED + GOOD + "\n" + COUNTED + GOOD + "\0").messages())
                .containsExactly(GOOD, GOOD, GOOD, GOOD);
    }

    @Test
    void trailer_inside_a_counted_frame_is_left_to_the_parser() {
        assertThat(Frames.of(64, "34 " + GOOD + "\n\n").messages()).containsExactly(GOOD + "\n\n");
    }

    @Test
    void carriage_return_before_a_nul_is_content() {
        assertThat(Frames.of(64, "<1>a\r\0<1>b\r\n").messages()).containsExactly("<1>a\r", "<1>b");
    }

    @Test
    void line_of_cr_lf_only_is_no_message() {
        assertThat(Frames.of(64, "\r\n" + GOOD + "\r\n\r\n").messages()).containsExactly(GOOD);
    }

    @Test
    void maximum_with_cr_is_too_long_where_no_lf_follows() {
        Frames cut = Frames.of(8, "<1>abcde\rX\n<1>b\n");
        Frames atClose = Frames.of(8, "<1>abcde\r");
        Frames nul = Frames.of(8, "<1>abcde\r\0<1>b\n");

        assertThat(cut).hasToString("[<1>abcde, <1>b] truncated=1");
        assertThat(atClose).hasToString("[<1>abcde] truncated=1");
        assertThat(nul).hasToString("[<1>abcde, <1>b] truncated=1");
    }

    @Test
    void cut_never_ends_inside_a_character() {
        String euro = new String(new byte[] {(byte) 0xE2, (byte) 0x82, (byte) 0xAC}, ISO_8859_1);

        assertThat(Frames.of(8, "<1>" + euro + euro + "\n").messages())
                .containsExactly("<1>" + euro);
        assertThat(Frames.of(9, "<1>" + euro + euro + "\n").messages())
                .containsExactly("<1>" + euro + euro);
        assertThat(Frames.of(8, "12 <1>" + euro + euro + euro + COUNTED.substring(0, 3)).messages())
                .startsWith("<1>" + euro);
    }

    @Test
    void octets_that_are_no_utf8_are_cut_at_the_maximum() {
        String continuations = "\u0080".repeat(20);

        assertThat(Frames.of(8, "<1>" + continuations + "\n").messages())
                .containsExactly("<1>" + continuations.substring(0, 5));
    }

    @Test
    void count_too_small_loses_only_that_frame_without_any_lf() {
        assertThat(Frames.of(64, COUNTED + "20 " + GOOD + COUNTED + COUNTED).messages())
                .containsExactly(GOOD, GOOD.substring(0, 20), GOOD.substring(20), GOOD, GOOD);
    }

    @Test
    void count_too_large_loses_only_its_neighbour_without_any_lf() {
        assertThat(Frames.of(64, "34 " + GOOD + COUNTED + COUNTED + COUNTED).messages())
                .containsExactly(GOOD + "32", " " + GOOD, GOOD, GOOD);
    }

    @Test
    void remainder_above_the_maximum_is_cut_and_ends_before_a_count() {
        String noise = "x".repeat(100);

        Frames found = Frames.of(40, COUNTED + noise + COUNTED + COUNTED);

        assertThat(found)
                .hasToString(
                        "["
                                + GOOD
                                + ", "
                                + "x".repeat(40)
                                + ", "
                                + GOOD
                                + ", "
                                + GOOD
                                + "] truncated=1");
    }

    @Test
    void count_at_the_very_maximum_of_a_remainder_ends_it() {
        for (int length = 30; length <= 60; length++) {
            Frames found = Frames.of(40, COUNTED + " ".repeat(length) + COUNTED);

            assertThat(found.messages()).startsWith(GOOD).endsWith(GOOD).hasSize(3);
            assertThat(found.truncated()).isEqualTo(length > 40 ? 1 : 0);
        }
    }

    @Test
    void count_inside_a_line_is_content_also_behind_a_counted_frame() {
        String line = "<13>the line says " + COUNTED;

        assertThat(Frames.of(99, COUNTED + line + "\n" + COUNTED).messages())
                .containsExactly(GOOD, line, GOOD);
    }

    @Test
    void digits_before_a_count_make_it_text() {
        String text = "x 12345678901 <13>abc 012 <13>x";

        assertThat(Frames.of(99, COUNTED + text + "\n").messages()).containsExactly(GOOD, text);
    }

    @Test
    void huge_count_is_skipped_after_a_good_one() {
        String head = "<13>" + "a".repeat(60);
        String frame = "5000 " + head + "b".repeat(5000 - 64);

        Frames found = Frames.of(64, COUNTED + frame + COUNTED);

        assertThat(found).hasToString("[" + GOOD + ", " + head + ", " + GOOD + "] truncated=1");
    }

    @Test
    void rest_stays_bounded_whatever_is_sent() {
        byte[] endless = new byte[1 << 20];
        Arrays.fill(endless, (byte) 'x');
        byte[] counted = ("999999999 <1>" + "y".repeat(1 << 20)).getBytes(ISO_8859_1);

        for (byte[] stream : List.of(endless, counted)) {
            for (String before : List.of("", COUNTED)) {
                byte[] first = before.getBytes(ISO_8859_1);
                Frames found = Frames.of(1000, cut(join(first, stream), 7));

                assertThat(found.largestRest())
                        .isLessThanOrEqualTo(new StreamFramer(1000).maxRest());
                assertThat(found.truncated()).isEqualTo(1);
            }
        }
    }

    @Test
    void long_line_costs_linear_time_however_it_is_cut() {
        // a line of 16 MiB in pieces of 8 octets: re-reading it each time would take 16 TiB of
        // looks
        int length = 1 << 24;
        byte[] line = new byte[length];
        Arrays.fill(line, (byte) 'x');
        StreamFramer framer = new StreamFramer(length);

        int from = 0;
        for (int end = 8; end <= length; end += 8) {
            assertThat(framer.next(line, from, end) == StreamFramer.Result.NEED_MORE).isTrue();
            from = framer.consumedTo();
        }

        assertThat(framer.close(line, from, length)).isEqualTo(StreamFramer.Result.FRAME);
        assertThat(framer.frameLength()).isEqualTo(length);
    }

    static List<byte[]> cut(byte[] stream, int size) {
        return java.util.stream.IntStream.iterate(0, at -> at < stream.length, at -> at + size)
                .mapToObj(at -> Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)))
                .toList();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
