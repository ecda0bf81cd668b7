package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code set} and {@code map} of random rules on random messages, against a model that knows only
 * texts. It begins with what a relay without rules makes of the message; everything but the four
 * fields must stay as it is there, byte for byte.
 */
class RewritePropertyTest {
    private static final int RULE_SETS = 50;
    private static final int MESSAGES = 50;
    private static final long RECEIVED_MICROS = 1_796_000_000_000_000L;
    private static final List<String> FACILITIES =
            Stream.of(Facility.values()).map(Facility::label).toList();
    private static final List<String> SEVERITIES =
            Stream.of(Severity.values()).map(Severity::label).toList();

    /** Few, so that rules and messages meet; some differ in upper and lower case only. */
    private static final List<String> HOSTNAMES =
            List.of("web1", "WEB1", "web11", "db.example.com", "192.0.2.9", "\"q\\]=", "-");

    private static final List<String> APP_NAMES =
            List.of("httpd", "HttpD", "http", "cron", "a]b\"c", "n".repeat(48), "-");

    private static final List<String> ELEMENTS =
            List.of("-", "[a@1 b=\"c\"]", "[x@9 k=\"\\\"\\\\\\]\" l=\"é\"][y@9]", "[z z=\"\"]");

    /** Not a blank alone: the blank before an empty MSG goes when a message is changed. */
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "  ",
                    " text",
                    " \uFEFFGröße 5 µm",
                    "  two  blanks ",
                    " web1 httpd - <13>1");

    /** What a rule can change. */
    private enum Field {
        FACILITY("facility", FACILITIES.subList(0, 6)),
        SEVERITY("severity", SEVERITIES),
        HOSTNAME("hostname", HOSTNAMES),
        APP_NAME("app-name", APP_NAMES);

        private final String key;
        private final List<String> values;

        Field(String key, List<String> values) {
            this.key = key;
            this.values = values;
        }

        /** As rules know values again. */
        static boolean like(String one, String other) {
            return one.equalsIgnoreCase(other);
        }
    }

    /** A rule as the model and the conf file see it. */
    private record Rule(
            Map<Field, String> match, Map<Field, String> set, Map<Field, Map<String, String>> map) {
        Map<Field, String> applied(Map<Field, String> message) {
            Map<Field, String> after = new EnumMap<>(message);
            if (match.entrySet().stream()
                    .allMatch(
                            e -> Field.like(e.getValue(), message.getOrDefault(e.getKey(), "")))) {
                map.forEach(
                        (field, table) ->
                                table.forEach(
                                        (from, to) -> {
                                            if (Field.like(from, message.getOrDefault(field, ""))) {
                                                after.put(field, to);
                                            }
                                        }));
                after.putAll(set);
            }
            return after;
        }

        String conf() {
            String tables =
                    map.entrySet().stream()
                            .map(e -> e.getKey().key + " = " + entries(e.getValue()))
                            .collect(Collectors.joining(", "));
            return "{ match { %s }, set { %s }, map { %s } }"
                    .formatted(block(match), block(set), tables);
        }

        private static List<String> entries(Map<String, String> table) {
            return table.entrySet().stream()
                    .map(e -> quoted(e.getKey() + " -> " + e.getValue()))
                    .toList();
        }

        private static String block(Map<Field, String> values) {
            return values.entrySet().stream()
                    .map(e -> e.getKey().key + " = " + quoted(e.getValue()))
                    .collect(Collectors.joining(", "));
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
    }

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void set_and_map_do_what_a_model_of_texts_does_and_nothing_else(long seed) throws Exception {
        Random random = new Random(seed);
        Explainer without = explainer("");
        for (int i = 0; i < RULE_SETS; i++) {
            List<Rule> rules =
                    IntStream.range(0, 1 + random.nextInt(5)).mapToObj(_ -> rule(random)).toList();
            String conf = rules.stream().map(Rule::conf).collect(Collectors.joining("\n"));
            Explainer with = explainer("rewrite = [\n" + conf + "\n]");
            for (int j = 0; j < MESSAGES; j++) {
                boolean formed = random.nextInt(4) > 0;
                String message = formed ? wellFormed(random) : other(random);
                String plain = new String(explained(without, message).sent(), UTF_8);
                Explanation explanation = explained(with, message);

                if (formed) {
                    assertThat(plain).isEqualTo(message);
                }
                Modelled expected = modelled(plain, rules);
                String sent = new String(explanation.sent(), UTF_8);
                String how = "%s\nby\n%s\nseed %d, set %d".formatted(message, conf, seed, i);
                assertThat(sent).as(how).isEqualTo(expected.text());
                assertThat(explanation.reasons().contains("rewritten"))
                        .as("rewritten: %s", how)
                        .isEqualTo(expected.changed());
            }
        }
    }

    /**
     * What the model makes of a message.
     *
     * @param changed whether any rule changed it, even if a later one changed it back
     */
    private record Modelled(String text, boolean changed) {}

    private static Modelled modelled(String plain, List<Rule> rules) {
        String[] parts = plain.split(" ", 5);
        int priority = Integer.parseInt(parts[0].substring(1, parts[0].indexOf('>')));
        Map<Field, String> fields = new EnumMap<>(Field.class);
        fields.put(Field.FACILITY, FACILITIES.get(priority / 8));
        fields.put(Field.SEVERITY, SEVERITIES.get(priority % 8));
        fields.put(Field.HOSTNAME, parts[2]);
        fields.put(Field.APP_NAME, parts[3]);
        boolean changed = false;
        for (Rule rule : rules) {
            Map<Field, String> after = rule.applied(fields);
            changed |= !after.equals(fields);
            fields = after;
        }
        int becomes =
                8 * FACILITIES.indexOf(fields.get(Field.FACILITY))
                        + SEVERITIES.indexOf(fields.get(Field.SEVERITY));
        return new Modelled(
                "<%d>1 %s %s %s %s"
                        .formatted(
                                becomes,
                                parts[1],
                                fields.get(Field.HOSTNAME),
                                fields.get(Field.APP_NAME),
                                parts[4]),
                changed);
    }

    private static Rule rule(Random random) {
        Map<Field, String> match = new EnumMap<>(Field.class);
        Map<Field, String> set = new EnumMap<>(Field.class);
        Map<Field, Map<String, String>> map = new EnumMap<>(Field.class);
        while (set.isEmpty() && map.isEmpty()) {
            for (Field field : Field.values()) {
                int kind = random.nextInt(4);
                if (kind == 0) {
                    set.put(field, one(field.values, random));
                } else if (kind == 1) {
                    map.put(field, table(field, random));
                }
                if (random.nextInt(6) == 0) {
                    // that a name is missing is nothing that a glob asks
                    match.put(field, one(field.values.subList(0, 5), random));
                }
            }
        }
        return new Rule(match, set, map);
    }

    private static Map<String, String> table(Field field, Random random) {
        Map<String, String> table = new LinkedHashMap<>();
        int entries = 1 + random.nextInt(4);
        while (table.size() < entries) {
            String from = one(field.values, random);
            if (table.keySet().stream().noneMatch(other -> Field.like(other, from))) {
                table.put(from, one(field.values, random));
            }
        }
        return table;
    }

    private static String wellFormed(Random random) {
        return "<%d>1 2026-11-27T12:00:00.%dZ %s %s %s %s %s%s"
                .formatted(
                        random.nextInt(192),
                        random.nextInt(1000),
                        one(HOSTNAMES, random),
                        one(APP_NAMES, random),
                        random.nextBoolean() ? "-" : "" + random.nextInt(10_000),
                        random.nextBoolean() ? "-" : "ID" + random.nextInt(100),
                        one(ELEMENTS, random),
                        one(TEXTS, random));
    }

    /** RFC 3164, and what is neither. */
    private static String other(Random random) {
        List<String> pieces = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            pieces.add("<" + random.nextInt(200) + ">");
        }
        if (random.nextInt(4) > 0) {
            pieces.add("Nov 27 12:00:00 ");
        }
        if (random.nextInt(4) > 0) {
            pieces.add(one(HOSTNAMES, random) + " ");
        }
        if (random.nextInt(4) > 0) {
            pieces.add(one(APP_NAMES, random) + (random.nextBoolean() ? "[7]:" : ":"));
        }
        pieces.add(one(TEXTS, random) + " end");
        return String.join("", pieces);
    }

    private static String one(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private static Explanation explained(Explainer explainer, String message) {
        return explainer.explain(
                message.getBytes(UTF_8),
                new Explainer.From("192.0.2.7", ZoneOffset.UTC, "t"),
                RECEIVED_MICROS);
    }

    private Explainer explainer(String rewrite) throws IOException {
        Path conf = folder.resolve("sealpost.conf");
        Files.writeString(
                conf,
                """
                sealpost {
                annotate = none
                listeners.t { transport = tcp, bind = "127.0.0.1:0" }
                upstreams.a { type = file, path = "a.log" }
                %s
                }
                """
                        .formatted(rewrite));
        ConfigResult result = ConfigReader.read(conf);
        assertThat(result).as(rewrite).isInstanceOf(ConfigResult.Loaded.class);
        return new Explainer(((ConfigResult.Loaded) result).config());
    }
}
