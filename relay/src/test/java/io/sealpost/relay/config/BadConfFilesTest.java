package io.sealpost.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file in conf/bad with exactly the problems beside it. {@code -Dsealpost.write=true} writes
 * them anew, to be read before they are committed.
 */
class BadConfFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/conf/bad");

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".conf"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_problem_of_a_bad_file_is_named_at_its_line(String name) throws IOException {
        ConfigResult result = ConfigReader.read(FOLDER.resolve(name));

        assertThat(result).isInstanceOf(ConfigResult.Rejected.class);
        String printed =
                ((ConfigResult.Rejected) result)
                        .problems().stream()
                                .map(ConfigProblem::toString)
                                .map(line -> line.replace(FOLDER + "/", "") + "\n")
                                .collect(Collectors.joining());
        Path expected = FOLDER.resolve(name.replace(".conf", ".expected"));
        if (Boolean.getBoolean("sealpost.write")) {
            Files.writeString(expected, printed);
        }
        assertThat(printed).isEqualTo(Files.readString(expected));
    }

    @Test
    void a_missing_file_is_one_problem() {
        ConfigResult result = ConfigReader.read(FOLDER.resolve("no-such.conf"));

        assertThat(((ConfigResult.Rejected) result).problems())
                .containsExactly(
                        new ConfigProblem(
                                FOLDER.resolve("no-such.conf").toString(),
                                1,
                                "no such file, name the conf file with -c FILE"));
    }

    @Test
    void a_folder_is_no_conf_file() {
        ConfigResult result = ConfigReader.read(FOLDER);

        assertThat(((ConfigResult.Rejected) result).problems())
                .extracting(ConfigProblem::message)
                .containsExactly("is a folder, name a readable conf file");
    }
}
