package io.sealpost.relay.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.Form;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.protocol.parse.Origin;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final Origin ORIGIN = Origin.of("192.0.2.1", ZoneOffset.UTC);
    private static final List<String> PIECES =
            List.of(
                    "a", "b", "12", "34567", "\"", "\\", "]", "é", "€", "😀", " ", "key=", "[",
                    "x");

    private final MessageParser parser = new MessageParser();
    private final Rfc5424Encoder encoder = new Rfc5424Encoder(Annotate.NONE, 32473);

    /** Against Java's own replaceAll on strings. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\d{2,4}",
                "[\"\\\\\\]]",
                "é|€",
                "😀",
                "key=\\S*",
                "a.",
                "(?i)B+",
                "\\s+",
                "[ab]."
            })
    void replaces_what_strings_would_and_leaves_a_valid_message(String regex) {
        Random random = new Random(regex.hashCode());
        Pattern pattern = Pattern.compile(regex);
        for (String with : List.of("***", "", "\"]\\")) {
            Redactor redactor = new Redactor(new Redaction(pattern, with));
            for (int i = 0; i < 500; i++) {
                String value = text(random);
                String text = text(random);
                String other = text(random);
                byte[] message = message(value, other, text);
                String by = Matcher.quoteReplacement(with);
                String expected =
                        new String(
                                message(
                                        pattern.matcher(value).replaceAll(by),
                                        pattern.matcher(other).replaceAll(by),
                                        pattern.matcher(text).replaceAll(by)),
                                UTF_8);

                MessageScan scan = scan(message);
                boolean givenUp = redactor.redact(scan);
                byte[] got = encoded(scan);

                assertThat(givenUp).isFalse();
                assertThat(new String(got, UTF_8)).isEqualTo(expected);
                assertThat(scan.has(Reason.REDACTED))
                        .isEqualTo(
                                !expected.equals(new String(message, UTF_8))
                                        || finds(pattern, value, other, text));
                MessageScan again = scan(got);
                assertThat(again.form()).isEqualTo(Form.RFC5424);
                assertThat(again.reasons()).isZero();
            }
        }
    }

    private static boolean finds(Pattern pattern, String... texts) {
        return List.of(texts).stream().anyMatch(text -> pattern.matcher(text).find());
    }

    @Test
    void one_after_the_other_each_sees_what_the_one_before_left() {
        Redactor first = new Redactor(new Redaction(Pattern.compile("secret"), "word"));
        Redactor second = new Redactor(new Redaction(Pattern.compile("word\\d"), "#"));
        MessageScan scan = scan(message("secret1", "word2", "secret3 word"));

        first.redact(scan);
        second.redact(scan);

        assertThat(encoded(scan)).isEqualTo(message("#", "#", "# word"));
    }

    /**
     * Each octet becomes 64; the limit cuts MSG, never within a character, or takes all elements.
     */
    @Test
    void what_grows_too_long_is_cut_and_marked() {
        Redactor redactor = new Redactor(new Redaction(Pattern.compile("x"), "y".repeat(64)));
        MessageScan scan =
                scan(message("v", "w", "x".repeat(15) + "€".repeat(500) + "x".repeat(500)));

        redactor.redact(scan);

        assertThat(scan.has(Reason.TRUNCATED)).isTrue();
        assertThat(scan.textLength()).isLessThan(15 + 1500 + 500 + 1024 + 64);
        MessageScan again = scan(encoded(scan));
        assertThat(again.form()).isEqualTo(Form.RFC5424);
        assertThat(again.reasons()).isZero();
        assertThat(new String(encoded(scan), UTF_8)).doesNotContain("\uFFFD");

        MessageScan elements = scan(message("x".repeat(3000), "w", "fine"));
        redactor.redact(elements);

        assertThat(elements.has(Reason.TRUNCATED)).isTrue();
        assertThat(new String(encoded(elements), UTF_8)).endsWith(" - fine");
    }

    @Test
    void what_takes_too_many_steps_is_replaced_whole_and_only_that() {
        Redactor redactor = new Redactor(new Redaction(Pattern.compile("x*x*x*y"), "***"));
        MessageScan scan = scan(message("x".repeat(2000), "short", "fine"));

        assertThat(redactor.redact(scan)).isTrue();

        assertThat(encoded(scan)).isEqualTo(message("***", "short", "fine"));
    }

    /** The first message made it search its memory; the second is short and does not see it. */
    @Test
    void nothing_of_one_message_is_left_in_the_next() {
        Redactor redactor = new Redactor(new Redaction(Pattern.compile("z"), ""));
        redactor.redact(scan(message("zz", "zz", "long text before z".repeat(50))));
        MessageScan scan = scan(message("a", "b", "cz"));

        redactor.redact(scan);

        assertThat(encoded(scan)).isEqualTo(message("a", "b", "c"));
    }

    private static byte[] message(String value, String other, String text) {
        return ("<13>1 2026-11-27T12:00:00Z h a 1 m [s@1 v=\"%s\" e=\"\"][t@1 w=\"%s\"] %s"
                        .formatted(escaped(value), escaped(other), text))
                .getBytes(UTF_8);
    }

    private static String escaped(String value) {
        return value.replaceAll("([\"\\\\\\]])", "\\\\$1");
    }

    private static String text(Random random) {
        return IntStream.range(0, 1 + random.nextInt(12))
                .mapToObj(_ -> PIECES.get(random.nextInt(PIECES.size())))
                .collect(Collectors.joining("", "t", "t"));
    }

    private MessageScan scan(byte[] message) {
        MessageScan scan = new MessageScan();
        parser.parse(message, 0, message.length, false, ORIGIN, 0, scan);
        return scan;
    }

    private byte[] encoded(MessageScan scan) {
        byte[] encoded = new byte[encoder.maxEncodedLength(scan)];
        int length = encoder.encode(scan, encoded, 0);
        return Arrays.copyOf(encoded, length);
    }
}
