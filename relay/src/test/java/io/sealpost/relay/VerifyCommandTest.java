package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.verify.LogBuilder;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
    @TempDir Path dir;

    private LogInFolder made;
    private LogBuilder log;
    private String key;
    private String place;

    @BeforeEach
    void make() throws Exception {
        made = LogInFolder.sealed(dir, 3, 20);
        log = made.log();
        key = made.key();
        place = made.place();
    }

    @AfterEach
    void close() throws Exception {
        made.close();
    }

    private int run(String... words) {
        return made.run(words);
    }

    private String file(List<byte[]> messages) throws Exception {
        return made.file(messages);
    }

    @Test
    void an_honest_log_and_file_are_good() throws Exception {
        assertThat(run("verify", "--key", key, place)).as(made.said()).isZero();
        assertThat(run("verify", "--key", key, dir.resolve("data").toString())).isZero();

        int code = run("verify", "--key", key, "--log", place, file(log.messages()));

        assertThat(code).as(made.said()).isZero();
        assertThat(made.said()).contains("GOOD");
    }

    @Test
    void what_was_not_looked_at_is_said() throws Exception {
        assertThat(run("verify", "--key", key, place)).isZero();
        assertThat(made.said())
                .contains("not checked     entries: the log has none any more")
                .containsPattern("GOOD .*; not checked: entries\n");
    }

    @Test
    void a_closed_log_is_verified_by_its_folder() throws Exception {
        String file = file(log.messages());
        Path closed = dir.resolve("data/integrity.1");
        Files.move(Path.of(place), closed);
        String proof = dir.resolve("proof").toString();

        try (LogBuilder _ = LogBuilder.in(dir.resolve("data2")).filled(1, 5)) {
            Files.move(dir.resolve("data2/integrity"), Path.of(place));
            assertThat(run("verify", "--key", key, closed.toString())).as(made.said()).isZero();
            assertThat(made.said()).contains("not checked     entries");
            assertThat(run("verify", "--key", key, "--log", closed.toString(), file)).isZero();
            String[] prove = {"prove", "--log", closed.toString(), "--index", "3", "-o", proof};
            assertThat(run(prove)).as("its messages are not the spool's").isEqualTo(1);
            assertThat(run("prove", "--log", closed.toString(), "--index", "3", "-o", proof, file))
                    .isZero();
            assertThat(run("verify", "--key", key, proof)).as(made.said()).isZero();
            assertThat(run("verify", "--key", key, place)).as("the log beside it").isEqualTo(1);
        }

        Path hashes = closed.resolve("hashes/0-00000000000000000000.hashes");
        Files.write(hashes, Arrays.copyOf(Files.readAllBytes(hashes), 320));
        assertThat(run("verify", "--key", key, closed.toString())).isEqualTo(1);
        assertThat(made.said()).contains("integrity.1/hashes/0-");
    }

    @Test
    void both_keys_can_be_given_and_a_file_of_them() throws Exception {
        Path keys = Files.write(dir.resolve("keys"), log.printedKeys());

        assertThat(run("verify", "--key", keys.toString(), place)).isZero();
        assertThat(run("verify", "--key", key, "--key", log.printedKeys().getLast(), place))
                .isZero();
    }

    @Test
    void a_changed_line_is_told_and_ends_with_1() throws Exception {
        List<byte[]> lines = new ArrayList<>(log.messages());
        lines.set(7, "<134>1 - - - - - - nothing\u001b[2J".getBytes(UTF_8));

        int code = run("verify", "--key", key, "--log", place, file(lines));

        assertThat(code).isEqualTo(1);
        assertThat(made.said())
                .contains("CHANGED         line 8 of ", "as entry 7, received 2027-01-15T")
                .contains("nothing\\x1b[2J")
                .contains("TAMPERED        1 changed");
    }

    @Test
    void a_compressed_file_is_read() throws Exception {
        Path file = dir.resolve("up.log.gz");
        try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(file))) {
            packed.write(LogBuilder.lines(log.messages()));
        }

        assertThat(run("verify", "--key", key, "--log", place, file.toString())).isZero();
    }

    @Test
    void lines_that_are_not_sealed_yet_end_with_3() throws Exception {
        log.batch(2);

        int code = run("verify", "--key", key, "--log", place, file(log.messages()));

        assertThat(code).isEqualTo(3);
        assertThat(made.said()).contains("NOT SEALED YET").contains("CANNOT TELL");
    }

    @Test
    void what_is_wrong_with_the_call_is_said() throws Exception {
        String file = file(log.messages());

        assertThat(run("verify", place)).isEqualTo(2);
        assertThat(made.said()).contains("--key is missing");
        assertThat(run("verify", "--key", "a+b+c", place)).isEqualTo(2);
        assertThat(run("verify", "--key", key, file)).isEqualTo(2);
        assertThat(made.said()).contains("files of lines take --log");
        assertThat(run("verify", "--key", key, "--log", place)).isEqualTo(2);
        assertThat(run("verify", "--key", key, "--log", place, "--upstream", "no", file))
                .isEqualTo(2);
        assertThat(made.said()).contains("the log knows [archive, half]");
    }

    @Test
    void what_cannot_be_read_ends_with_3() throws Exception {
        assertThat(run("verify", "--key", key, dir.resolve("none").toString())).isEqualTo(3);
        assertThat(made.said()).contains("no log there");
        assertThat(run("verify", "--key", key, "--log", place, dir.resolve("no.log").toString()))
                .isEqualTo(3);
        assertThat(run("verify", "--key", key, "http://127.0.0.1:1/integrity")).isEqualTo(3);
    }
}
