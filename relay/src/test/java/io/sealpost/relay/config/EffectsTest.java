package io.sealpost.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * effects.txt names for each key the test that shows its effect: {@code KEY CLASS#METHOD}. A key
 * without a line fails, and so does a name that no test has.
 */
class EffectsTest {
    private static final String PACKAGE = "io.sealpost.relay.";

    @Test
    void every_key_names_the_test_of_its_effect() throws IOException {
        assertThat(effects().keySet())
                .containsExactlyInAnyOrderElementsOf(Schema.KEYS.stream().map(Key::id).toList());
    }

    @Test
    void every_test_named_is_there() throws IOException {
        List<String> wrong = new ArrayList<>();
        effects()
                .forEach(
                        (key, test) -> {
                            if (!exists(test)) {
                                wrong.add(key + ": no test " + test);
                            }
                        });

        assertThat(wrong).isEmpty();
    }

    private static Map<String, String> effects() throws IOException {
        Map<String, String> effects = new LinkedHashMap<>();
        try (InputStream in =
                Objects.requireNonNull(
                        EffectsTest.class.getResourceAsStream("/conf/effects.txt"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(
                            line -> {
                                String[] words = line.split("\\s+", -1);
                                assertThat(words).as(line).hasSize(2);
                                assertThat(effects.put(words[0], words[1])).as(line).isNull();
                            });
        }
        return effects;
    }

    private static boolean exists(String test) {
        String[] parts = test.split("#", -1);
        try {
            Class<?> type =
                    Class.forName(PACKAGE + parts[0], false, EffectsTest.class.getClassLoader());
            return Arrays.stream(type.getDeclaredMethods())
                    .filter(EffectsTest::isTest)
                    .map(Method::getName)
                    .anyMatch(parts[parts.length - 1]::equals);
        } catch (ClassNotFoundException _) {
            return false;
        }
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(ParameterizedTest.class);
    }
}
