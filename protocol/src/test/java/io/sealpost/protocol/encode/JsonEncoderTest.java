package io.sealpost.protocol.encode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.protocol.support.Encoded;
import io.sealpost.protocol.support.FormatPage;
import io.sealpost.protocol.support.Generator;
import io.sealpost.protocol.support.StrictJson;
import io.sealpost.protocol.support.StrictRfc5424;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules of docs/format/json.md; a failure names the seed. */
class JsonEncoderTest {
    private static final long SEED = Long.getLong("sealpost.seed", 1);
    private static final int RUNS = Integer.getInteger("sealpost.runs", 5_000);
    private static final Pattern ELEMENT =
            Pattern.compile(
                    "\\[([^ \\]]+)((?: [^=]+=\"(?:[^\"\\\\]|\\\\.)*\")*)\\]", Pattern.DOTALL);
    private static final Pattern PARAMETER =
            Pattern.compile(" ([^=]+)=\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.DOTALL);

    private final JsonEncoder encoder = new JsonEncoder();

    @Test
    void the_examples_of_the_page_are_true() {
        List<FormatPage.Example> examples = FormatPage.examples("json.md");

        assertThat(examples).hasSize(4);
        for (FormatPage.Example example : examples) {
            assertThat(new String(Encoded.by(encoder, example.message().toArray()), UTF_8))
                    .isEqualTo(example.becomes());
        }
    }

    @Test
    void any_octets_become_strict_json_on_one_line() {
        Generator generator = new Generator(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] message = generator.anything();
            byte[] json = Encoded.by(encoder, message);
            String seed = "seed " + SEED + " " + Arrays.toString(message);

            assertThat(json).as(seed).doesNotContain('\n', '\r', 0);
            assertThat(StrictJson.object(json))
                    .as(seed)
                    .containsKeys("facility", "severity", "message");
            assertThat(Encoded.by(new JsonEncoder(), message)).as(seed).isEqualTo(json);
        }
    }

    @Test
    void the_fields_are_those_of_the_message() {
        Generator generator = new Generator(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] message = generator.wellFormed();
            StrictRfc5424 fields = StrictRfc5424.parse(message);

            assertThat(normal(StrictJson.object(Encoded.by(encoder, message))))
                    .as("seed %d %s", SEED, Arrays.toString(message))
                    .isEqualTo(normal(expected(fields)));
        }
    }

    @Test
    void good_utf_8_stays_and_bad_utf_8_is_replaced() {
        Random random = new Random(SEED);
        for (int i = 0; i < RUNS; i++) {
            byte[] text = utf8(random);
            String seed = "seed " + SEED + " " + Arrays.toString(text);
            byte[] message =
                    ("<13>1 - - - - - - " + new String(text, ISO_8859_1)).getBytes(ISO_8859_1);
            String got = member(Encoded.by(encoder, message), "message");

            assertThat(normal(got)).as(seed).isEqualTo(normal(new String(text, UTF_8)));
        }
    }

    @Test
    void a_replacement_stands_for_each_maximal_part() {
        assertThat(text("f0 90 80 | 41")).isEqualTo("\uFFFD|A");
        assertThat(text("ed a0 80")).isEqualTo("\uFFFD\uFFFD\uFFFD");
        assertThat(text("f5 80")).isEqualTo("\uFFFD\uFFFD");
        assertThat(text("e0 80 80")).isEqualTo("\uFFFD\uFFFD\uFFFD");
        assertThat(text("f4 8f bf bf f4 90")).isEqualTo("\uDBFF\uDFFF\uFFFD\uFFFD");
        assertThat(text("c2")).isEqualTo("\uFFFD");
    }

    @Test
    void the_longest_growth_has_room() {
        assertThat(Encoded.by(encoder, new byte[1000])).hasSizeGreaterThan(6000);
        assertThat(Encoded.by(encoder, new byte[0])).isNotEmpty();
    }

    @Test
    void thousands_of_parameters_of_one_name_become_one_array() {
        String many = " a=\"\"".repeat(13_000);
        byte[] message = ("<13>1 - - - - - [x" + many + "][y" + many + "]").getBytes(UTF_8);

        assertThat(member(Encoded.by(encoder, message), "structured_data"))
                .hasSizeGreaterThan(2 * 13_000);
    }

    private String text(String hex) {
        StringBuilder message = new StringBuilder("<13>1 - - - - - - ");
        for (String octet : hex.split(" ", -1)) {
            message.append(octet.equals("|") ? '|' : (char) Integer.parseInt(octet, 16));
        }
        byte[] json = Encoded.by(encoder, message.toString().getBytes(ISO_8859_1));
        return member(json, "message");
    }

    private static String member(byte[] json, String name) {
        return String.valueOf(StrictJson.object(json).get(name));
    }

    private static byte[] utf8(Random random) {
        StringBuilder text = new StringBuilder("x");
        for (int n = random.nextInt(12); n > 0; n--) {
            int bound = 1 << (7 + random.nextInt(14));
            int point = random.nextInt(Math.min(bound, Character.MAX_CODE_POINT + 1));
            text.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 'x' : point);
        }
        byte[] octets = text.toString().getBytes(UTF_8);
        for (int n = random.nextInt(3); n > 0; n--) {
            octets[1 + random.nextInt(octets.length) - 1] = (byte) random.nextInt(256);
        }
        octets[0] = 'x'; // no byte order mark
        return octets;
    }

    private static Map<String, Object> expected(StrictRfc5424 fields) {
        Map<String, Object> expected = new LinkedHashMap<>();
        Facility facility = Facility.of(fields.priority() / 8);
        Severity severity = Severity.of(fields.priority() % 8);
        expected.put("facility", facility.label());
        expected.put("facility_code", (long) facility.number());
        expected.put("severity", severity.label());
        expected.put("severity_code", (long) severity.number());
        putUnlessNil(expected, "timestamp", fields.timestamp());
        putUnlessNil(expected, "hostname", fields.hostname());
        putUnlessNil(expected, "app_name", fields.appName());
        putUnlessNil(expected, "procid", fields.procId());
        putUnlessNil(expected, "msgid", fields.msgId());
        if (!fields.sd().equals("-")) {
            expected.put("structured_data", structured(fields.sd()));
        }
        String text = fields.msg().text();
        expected.put("message", text.startsWith("\uFEFF") ? text.substring(1) : text);
        return expected;
    }

    private static void putUnlessNil(Map<String, Object> to, String name, String value) {
        if (!value.equals("-")) {
            to.put(name, value);
        }
    }

    /** In Latin-1, as the judge has it; values are decoded here. */
    private static Map<String, Object> structured(String sd) {
        Map<String, Map<String, List<String>>> elements = new TreeMap<>();
        Matcher element = ELEMENT.matcher(sd);
        while (element.find()) {
            var parameters = elements.computeIfAbsent(element.group(1), _ -> new TreeMap<>());
            Matcher parameter = PARAMETER.matcher(element.group(2));
            while (parameter.find()) {
                String value = parameter.group(2).replaceAll("\\\\([\"\\\\\\]])", "$1");
                parameters
                        .computeIfAbsent(parameter.group(1), _ -> new ArrayList<>())
                        .add(new String(value.getBytes(ISO_8859_1), UTF_8));
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        elements.forEach(
                (id, parameters) -> {
                    Map<String, Object> values = new LinkedHashMap<>();
                    parameters.forEach(
                            (name, all) ->
                                    values.put(name, all.size() == 1 ? all.getFirst() : all));
                    result.put(id, values);
                });
        return result;
    }

    /** How many replacements stand for a run of bad octets differs between decoders. */
    private static String normal(Object value) {
        return value.toString().replaceAll("\uFFFD+", "\uFFFD");
    }
}
