package io.sealpost.protocol.encode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.support.Encoded;
import io.sealpost.protocol.support.FormatPage;
import io.sealpost.protocol.support.Generator;
import io.sealpost.protocol.support.StrictRfc5424;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Rules of docs/format/rfc3164.md; a failure names the seed. */
class Rfc3164EncoderTest {
    private static final long SEED = Long.getLong("sealpost.seed", 1);
    private static final int RUNS = Integer.getInteger("sealpost.runs", 5_000);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss ", Locale.ENGLISH);

    private final Rfc3164Encoder encoder = new Rfc3164Encoder();

    @Test
    void the_examples_of_the_page_are_true() {
        List<FormatPage.Example> examples = FormatPage.examples("rfc3164.md");

        assertThat(examples).hasSize(3);
        for (FormatPage.Example example : examples) {
            assertThat(encode(example.message().toArray())).isEqualTo(example.becomes());
        }
    }

    @Test
    void the_parts_are_those_of_the_message() {
        Generator generator = new Generator(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] message = generator.wellFormed();

            assertThat(encode(message))
                    .as("seed %d %s", SEED, Arrays.toString(message))
                    .isEqualTo(expected(StrictRfc5424.parse(message)));
        }
    }

    @Test
    void any_octets_do_and_the_same_give_the_same() {
        Generator generator = new Generator(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] message = generator.anything();

            assertThat(Encoded.by(new Rfc3164Encoder(), message))
                    .as("seed %d %s", SEED, Arrays.toString(message))
                    .isEqualTo(Encoded.by(encoder, message));
        }
    }

    @Test
    void what_is_no_rfc_5424_is_the_text_as_it_is() {
        List<String> texts =
                List.of(
                        "",
                        "text",
                        "<13>",
                        "<13>1 2026-13-24T11:59:59Z h a - - -",
                        "<192>1 - h a - - -",
                        "<13>1 - h a - - [x",
                        "<13>1 - h a - - [x a=\"\\",
                        "<13>1 - h a - - -x");
        for (String text : texts) {
            assertThat(encode(text.getBytes(ISO_8859_1))).isEqualTo(text);
        }
    }

    private String encode(byte[] message) {
        return new String(Encoded.by(encoder, message), ISO_8859_1);
    }

    private static String expected(StrictRfc5424 fields) {
        String pid = fields.procId().equals("-") ? "" : "[" + fields.procId() + "]";
        String text = new String(fields.msg().toArray(), ISO_8859_1);
        String shown = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
        return "<%d>%s%s %s%s:%s"
                .formatted(
                        fields.priority(),
                        time(fields.timestamp()),
                        fields.hostname(),
                        fields.appName(),
                        pid,
                        shown.isEmpty() ? "" : " " + shown);
    }

    private static String time(String timestamp) {
        return timestamp.equals("-")
                ? ""
                : LocalDateTime.parse(timestamp.substring(0, 19)).format(TIME);
    }
}
