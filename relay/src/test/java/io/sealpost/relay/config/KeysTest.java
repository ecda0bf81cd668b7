package io.sealpost.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.config.KeyCases.KeyCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key of the schema: default, mapping, documentation and the test that shows its effect. */
class KeysTest {
    @TempDir Path folder;

    static Stream<String> ids() {
        return Schema.KEYS.stream().map(Key::id);
    }

    @Test
    void every_key_has_a_case_and_every_case_a_key() {
        assertThat(KeyCases.ALL.keySet()).containsExactlyInAnyOrderElementsOf(ids().toList());
    }

    @ParameterizedTest
    @MethodSource("ids")
    void a_key_that_is_not_written_has_its_default(String id) throws IOException {
        Key key = key(id);
        KeyCase keyCase = keyCase(id);

        ConfigResult result = read(KeyCases.without(key));

        if (keyCase.preset() == KeyCases.REQUIRED) {
            assertThat(result).isInstanceOf(ConfigResult.Rejected.class);
            assertThat(((ConfigResult.Rejected) result).problems())
                    .extracting(ConfigProblem::message)
                    .anyMatch(message -> message.contains(" is missing"));
        } else {
            assertThat(keyCase.read().apply(loaded(result))).isEqualTo(keyCase.preset());
        }
    }

    @ParameterizedTest
    @MethodSource("ids")
    void a_written_key_reaches_the_records(String id) throws IOException {
        Key key = key(id);
        KeyCase keyCase = keyCase(id);

        RelayConfig config = loaded(read(KeyCases.with(key, keyCase.written())));

        assertThat(keyCase.becomes()).isNotEqualTo(keyCase.preset());
        assertThat(keyCase.read().apply(config)).isEqualTo(keyCase.becomes());
    }

    @Test
    void the_example_of_the_contract_in_braces_reads_like_the_one_in_paths() throws IOException {
        RelayConfig config =
                loaded(
                        read(
                                List.of(
                                        "listeners { u { transport = udp, bind = \"0.0.0.0:5514\" }",
                                        "  t { transport = tcp, bind = \"0.0.0.0:5514\" } }",
                                        "upstreams { f { type = file, path = f.log, keep = 14 d } }",
                                        "spool { max-size = 1 GiB }")));

        assertThat(config.listeners()).hasSize(2);
        assertThat(config.upstreams().getFirst().buffer().maxBytes()).isEqualTo((1L << 30) / 5 * 4);
    }

    @Test
    void a_small_spool_has_small_segments() throws IOException {
        List<String> lines =
                Stream.concat(KeyCases.MINIMUM.stream(), Stream.of("spool.max-size = 40 MiB"))
                        .toList();

        assertThat(loaded(read(lines)).spool().segmentBytes()).isEqualTo(10L << 20);
    }

    @Test
    void listeners_and_upstreams_keep_the_order_of_the_file() throws IOException {
        RelayConfig config = loaded(read(KeyCases.MINIMUM));

        assertThat(config.upstreams())
                .extracting(UpstreamConfig::name)
                .containsExactly("f", "s", "x", "y", "r", "q", "z", "d");
        assertThat(config.listeners())
                .extracting(l -> l.door().name())
                .containsExactly("u", "t", "x", "r");
    }

    @Test
    void a_missing_enterprise_number_and_an_open_admin_port_are_warned_of() throws IOException {
        List<String> lines =
                Stream.concat(KeyCases.MINIMUM.stream(), Stream.of("admin.bind = \"0.0.0.0:9\""))
                        .toList();

        ConfigResult.Loaded loaded = (ConfigResult.Loaded) read(lines);

        assertThat(loaded.warnings())
                .extracting(ConfigProblem::message)
                .anyMatch(message -> message.startsWith("enterprise-number is not set"))
                .anyMatch(message -> message.startsWith("admin.bind: everybody"))
                .hasSize(2);
    }

    @Test
    void a_per_cent_sign_in_the_folder_of_the_conf_file_stands_for_itself() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("100%Y"));
        Path file = odd.resolve("sealpost.conf");
        Files.writeString(file, "sealpost {\n" + String.join("\n", KeyCases.MINIMUM) + "\n}\n");

        RelayConfig config = loaded(ConfigReader.read(file, KeyCases.FACTS));

        assertThat(((UpstreamConfig.FileUpstream) config.upstreams().getFirst()).path())
                .isEqualTo(odd.toString().replace("%", "%%") + "/f.log");
    }

    private ConfigResult read(List<String> lines) throws IOException {
        Path file = folder.resolve("sealpost.conf");
        Files.writeString(
                file, lines.stream().collect(Collectors.joining("\n", "sealpost {\n", "\n}\n")));
        return ConfigReader.read(file, KeyCases.FACTS);
    }

    private static RelayConfig loaded(ConfigResult result) {
        assertThat(result).as(result.toString()).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    private static Key key(String id) {
        return Schema.KEYS.stream().filter(k -> k.id().equals(id)).findFirst().orElseThrow();
    }

    private static KeyCase keyCase(String id) {
        return Optional.ofNullable(KeyCases.ALL.get(id))
                .orElseThrow(() -> new AssertionError(id + " needs a case in KeyCases"));
    }
}
