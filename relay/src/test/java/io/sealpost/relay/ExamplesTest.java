package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.tls.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files of {@code conf/examples}, with certificates beside them as they name them, and the conf
 * files that packages bring.
 */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "conf", "examples");
    private static final int MOST_LINES = 40;
    private static final Map<String, String> CERTIFICATES =
            Map.of("ca", "ca", "server", "server", "client", "web1");

    @TempDir Path folder;

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void there_are_examples() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(5).allMatch(name -> name.endsWith(".conf"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void check_finds_nothing_to_warn_of_but_the_enterprise_number(String name) throws IOException {
        Path conf = Files.createDirectory(folder.resolve("conf"));
        for (Map.Entry<String, String> file : CERTIFICATES.entrySet()) {
            TestCertificates made = TestCertificates.shared();
            Files.copy(made.certificate(file.getValue()), conf.resolve(file.getKey() + ".pem"));
            if (!file.getKey().equals("ca")) {
                Files.copy(made.key(file.getValue()), conf.resolve(file.getKey() + ".key"));
            }
        }
        Path example = Files.copy(EXAMPLES.resolve(name), conf.resolve(name));

        Checked checked = check(example);

        assertThat(checked.err().lines())
                .allMatch(line -> line.contains("warning: enterprise-number is not set"));
        assertThat(checked.code()).isEqualTo(ExitCode.GOOD);
        assertThat(checked.out()).endsWith(example + ": good\n");
        assertThat(Files.readAllLines(example))
                .hasSizeLessThan(MOST_LINES)
                .first()
                .asString()
                .startsWith("# ");
    }

    private record Checked(ExitCode code, String out, String err) {}

    private static Checked check(Path conf) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8));
        ExitCode code = Main.run(new String[] {"check", "-c", conf.toString()}, console);
        return new Checked(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** With what the environment would give put in by hand. */
    private Path packaged(String name) throws IOException {
        String text = Files.readString(Path.of("..", "packaging").resolve(name));
        return Files.writeString(folder.resolve(Path.of(name).getFileName()), filled(text));
    }

    private static String filled(String text) {
        return text.replace("${POD_NAME}", "pod-0")
                .replace("${SEALPOST_SERVER}", "\"logs.example.com:601\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian/sealpost.conf",
                "image/sealpost.conf",
                "image/forward.conf",
                "image/forward-tls.conf"
            })
    void check_finds_what_packages_bring_good(String name) throws IOException {
        packaged("image/sealpost.conf"); // which the others include
        Files.copy(TestCertificates.shared().certificate("ca"), folder.resolve("ca.pem"));
        Checked checked = check(packaged(name));

        assertThat(checked.code()).as(checked.err()).isEqualTo(ExitCode.GOOD);
    }

    @Test
    void check_finds_the_charts_conf_file_good() throws IOException {
        String values =
                Files.readString(Path.of("..", "packaging", "kubernetes", "chart", "values.yaml"));
        String block =
                values.lines()
                        .dropWhile(line -> !line.equals("conf: |"))
                        .skip(1)
                        .takeWhile(line -> line.isEmpty() || line.startsWith("  "))
                        .collect(Collectors.joining("\n"));
        assertThat(block).contains("listeners");

        Checked checked = check(Files.writeString(folder.resolve("chart.conf"), filled(block)));

        assertThat(checked.code()).as(checked.err()).isEqualTo(ExitCode.GOOD);
    }
}
