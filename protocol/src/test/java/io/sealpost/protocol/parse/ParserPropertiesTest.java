package io.sealpost.protocol.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.Form;
import io.sealpost.protocol.support.Expectations;
import io.sealpost.protocol.support.Generator;
import io.sealpost.protocol.support.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What holds for every input, tried with generated ones. A failure names the seed. */
class ParserPropertiesTest {
    private static final long SEED = Long.getLong("sealpost.seed", 1);
    private static final int RUNS = Integer.getInteger("sealpost.runs", 20_000);
    private static final String[] ZONES = {"UTC", "Europe/Berlin", "America/New_York"};

    @Test
    void any_input_leaves_as_strict_rfc_5424() {
        forAll(Generator::anything, (in, parsed) -> assertThat(parsed.strict()).isNotNull());
    }

    @Test
    void well_formed_rfc_5424_leaves_byte_for_byte() {
        forAll(
                Generator::wellFormed,
                (in, parsed) -> {
                    assertThat(parsed.message().form()).isEqualTo(Form.RFC5424);
                    assertThat(parsed.message().unchanged()).isTrue();
                    assertThat(parsed.reasons()).isEmpty();
                    assertThat(parsed.out().toArray()).isEqualTo(Expectations.withoutTrailer(in));
                });
    }

    @Test
    void no_octet_behind_the_understood_header_is_lost() {
        forAll(
                Generator::anything,
                (in, parsed) -> {
                    String text = latin(Expectations.withoutTrailer(in));
                    String msg = latin(parsed.strict().msg().toArray());
                    assertThat(text).endsWith(msg);
                    assertThat(msg).isEqualTo(latin(parsed.message().text().toArray()));
                });
    }

    @Test
    void text_without_a_header_is_msg_whole() {
        forAll(
                Generator::anything,
                (in, parsed) -> {
                    if (parsed.message().form() == Form.UNPARSED) {
                        String text = latin(Expectations.withoutTrailer(in));
                        String msg = latin(parsed.strict().msg().toArray());
                        String dropped = text.substring(0, text.length() - msg.length());
                        assertThat(dropped).matches("|<\\d{1,3}>");
                    }
                });
    }

    @Test
    void what_was_sent_stays_as_it_is_at_the_next_relay() {
        forAll(
                Generator::anything,
                (in, parsed) -> {
                    Parsed again = parse(parsed.out().toArray(), 0, Annotate.CHANGED);
                    assertThat(again.outText()).isEqualTo(parsed.outTextReceived());
                });
    }

    @Test
    void annotating_all_keeps_the_message_well_formed_and_its_text_whole() {
        Generator random = new Generator(SEED);
        for (int i = 0; i < RUNS / 4; i++) {
            byte[] in = random.anything();
            Parsed all = parse(in, i, Annotate.ALL);
            Parsed none = parse(in, i, Annotate.NONE);
            assertThat(all.strict().msg()).as(seed(in)).isEqualTo(none.strict().msg());
            assertThat(none.outText()).as(seed(in)).doesNotContain("[sealpost@32473 peer");
            if (none.message().unchanged()) {
                assertThat(all.out()).as(seed(in)).isEqualTo(none.out());
            } else {
                assertThat(all.strict().sd()).as(seed(in)).contains("[sealpost@32473");
            }
        }
    }

    private static void forAll(
            Function<Generator, byte[]> form, BiConsumer<byte[], Parsed> property) {
        Generator random = new Generator(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] in = form.apply(random);
            try {
                property.accept(in, parse(in, i, Annotate.CHANGED));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(seed(in), e);
            }
        }
    }

    private static Parsed parse(byte[] in, int run, Annotate annotate) {
        Origin origin = Origin.of(Parsed.PEER, ZoneId.of(ZONES[run % ZONES.length]));
        return Parsed.of(in, false, origin, Parsed.micros(Parsed.RECEIVED), annotate);
    }

    private static String seed(byte[] in) {
        return "-Dsealpost.seed=" + SEED + " input " + latin(in) + " " + Arrays.toString(in);
    }

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
