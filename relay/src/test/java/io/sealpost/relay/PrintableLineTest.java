package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Messages on a terminal. */
class PrintableLineTest {
    private final PrintableLine printable = new PrintableLine();

    @Test
    void text_stays_and_what_moves_the_cursor_is_shown() {
        assertThat(printable.of("Größe: 5 µm, 日本 \uD83D\uDE00".getBytes(UTF_8)))
                .isEqualTo("Größe: 5 µm, 日本 \uD83D\uDE00");
        assertThat(printable.of("a\tb\r\nc\0\u001b[2J\u007f\u0085".getBytes(UTF_8)))
                .isEqualTo("a\\tb\\r\\nc\\x00\\x1b[2J\\x7f\\x85");
    }

    @Test
    void octets_that_are_no_utf_8_are_shown_as_octets() {
        assertThat(printable.of("a\u00fcb\u00ff".getBytes(ISO_8859_1))).isEqualTo("a\\xfcb\\xff");
        assertThat(printable.of(new byte[] {'a', (byte) 0xe2, (byte) 0x82}))
                .isEqualTo("a\\xe2\\x82");
        assertThat(printable.of(new byte[0])).isEmpty();
    }
}
