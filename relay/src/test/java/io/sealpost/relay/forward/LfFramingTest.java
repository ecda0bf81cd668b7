package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LfFramingTest {
    private static final String OCTETS = "ab <\t\n\r\0\u0001\u001f \u007f\u0080\u008a\u008d\u00ff";

    private final LfFraming framing = new LfFraming();

    @Test
    void frames_become_lines() {
        assertThat(rewrite(List.of("<13>1 - - - - - -", "<14>1 - - - - - - hello")))
                .isEqualTo("<13>1 - - - - - -\n<14>1 - - - - - - hello\n");
        assertThat(framing.escaped()).isZero();
    }

    @Test
    void line_feed_return_and_nul_are_escaped_and_counted() {
        assertThat(rewrite(List.of("<13>1 - - - - - - a\nb\r\nc\0d\te", "x\n")))
                .isEqualTo("<13>1 - - - - - - a\\nb\\r\\nc\\0d\te\nx\\n\n");
        assertThat(framing.escaped()).isEqualTo(5);
    }

    @Test
    void every_octet_at_every_place_is_found() {
        for (int length = 1; length < 40; length++) {
            for (int place = 0; place < length; place++) {
                for (int octet = 0; octet < 256; octet++) {
                    byte[] message = new byte[length];
                    java.util.Arrays.fill(message, (byte) 'x');
                    message[place] = (byte) octet;
                    String text = new String(message, ISO_8859_1);
                    assertThat(rewrite(List.of(text))).isEqualTo(reference(text));
                }
            }
        }
    }

    @Test
    void any_octets_come_out_as_the_plain_reference_has_them() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            List<String> messages =
                    random.ints(1 + random.nextInt(5), 0, 60)
                            .mapToObj(n -> text(random, n))
                            .toList();
            StringBuilder expected = new StringBuilder();
            messages.forEach(message -> expected.append(reference(message)));

            assertThat(rewrite(messages)).as("seed %s", seed).isEqualTo(expected.toString());
        }
    }

    private String rewrite(List<String> messages) {
        StringBuilder frames = new StringBuilder("before");
        messages.forEach(m -> frames.append(m.length()).append(' ').append(m));
        byte[] from = frames.append("after").toString().getBytes(ISO_8859_1);
        int length = from.length - "beforeafter".length();
        byte[] to = new byte[7 + LfFraming.maxLength(length)];
        int written = framing.rewrite(from, "before".length(), length, to, 7);
        return new String(to, 7, written, ISO_8859_1);
    }

    private static String reference(String message) {
        return message.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0") + "\n";
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        boolean plain = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            text.append(OCTETS.charAt(random.nextInt(plain ? 4 : OCTETS.length())));
        }
        return text.toString();
    }
}
