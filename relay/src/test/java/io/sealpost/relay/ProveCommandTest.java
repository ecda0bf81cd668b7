package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.integrity.TlogProof;
import io.sealpost.relay.verify.LogBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProveCommandTest {
    @TempDir Path dir;

    private LogInFolder made;
    private LogBuilder log;
    private String key;
    private String place;
    private String file;
    private String proof;

    @BeforeEach
    void make() throws Exception {
        made = LogInFolder.spooled(dir, 10, 60);
        log = made.log();
        key = made.key();
        place = made.place();
        file = made.file();
        proof = dir.resolve("p.tlog-proof").toString();
    }

    @AfterEach
    void close() throws Exception {
        made.close();
    }

    private int run(String... words) {
        return made.run(words);
    }

    @Test
    void a_message_is_proven_by_its_text_and_checked_offline() throws Exception {
        assertThat(run("prove", "--log", place, "--match", "GET /item/77", "-o", proof, file))
                .as(made.said())
                .isZero();

        assertThat(run("verify", "--key", key, proof)).as(made.said()).isZero();
        assertThat(made.said())
                .contains("GET /item/77", "entry " + log.leaf(78) + " of ")
                .endsWith("GOOD            the log has this entry, as signed\n");
    }

    @Test
    void a_message_is_proven_by_its_index() throws Exception {
        assertThat(run("prove", "--log", place, "--index", "5", file)).isZero();

        TlogProof printed = TlogProof.parse(made.commands().octets());
        assertThat(printed.index()).isEqualTo(5);
        assertThat(new String(printed.extraOctets(), UTF_8)).endsWith("GET /item/5");
    }

    @Test
    void what_the_spool_still_has_is_proven_without_a_file() throws Exception {
        assertThat(run("prove", "--log", place, "--match", "GET /item/77", "-o", proof)).isZero();
        assertThat(run("verify", "--key", key, proof)).isZero();
        assertThat(made.said()).contains("GET /item/77", "entry " + log.leaf(78) + " of ");

        assertThat(run("prove", "--log", place, "--match", "GET /item/59", "-o", proof)).isZero();
        assertThat(made.said()).contains("10 more match").as("590 to 599");

        long metadata = log.leaf(59) + 1;
        assertThat(run("prove", "--log", place, "--index", "" + metadata, "-o", proof)).isZero();
        assertThat(run("verify", "--key", key, proof)).as(made.said()).isZero();

        try (LogInFolder gone = LogInFolder.sealed(dir.resolve("gone"), 1, 5)) {
            assertThat(gone.run("prove", "--log", gone.place(), "--index", "1")).isEqualTo(1);
            assertThat(gone.said()).contains("still has");
            assertThat(gone.run("prove", "--log", gone.place(), "--index", "1", gone.file()))
                    .isZero();
        }
    }

    @Test
    void entries_that_are_still_there_are_compared_with_the_log() throws Exception {
        String all = "entries: %d of %<d are still there, as signed".formatted(log.size());
        assertThat(run("verify", "--key", key, place)).isZero();
        assertThat(made.said()).contains(all);
        String folder = dir.resolve("www").toString();
        assertThat(run("integrity", "export", "--log", place, folder)).isZero();
        assertThat(made.said()).contains("and %d of the entries".formatted(log.size()));
        assertThat(run("verify", "--key", key, folder)).isZero();
        assertThat(made.said()).contains(all);

        Path bundle = Path.of(folder, "tile/entries/001");
        byte[] octets = Files.readAllBytes(bundle);
        octets[100] ^= 1;
        Files.write(bundle, octets);
        assertThat(run("verify", "--key", key, folder)).isEqualTo(1);
        assertThat(made.said()).containsPattern("LOG DAMAGED +entry 25[67] is not what was signed");

        Files.write(bundle, Arrays.copyOf(octets, octets.length - 1));
        assertThat(run("verify", "--key", key, folder)).isEqualTo(1);
        Files.delete(bundle);
        assertThat(run("verify", "--key", key, folder)).isZero();
        assertThat(made.said()).contains("entries: " + (log.size() - 256) + " of " + log.size());
    }

    @Test
    void an_entry_that_is_not_what_was_signed_is_not_proven() throws Exception {
        String folder = dir.resolve("www").toString();
        run("integrity", "export", "--log", place, folder);
        Path bundle = Path.of(folder, "tile/entries/001");
        byte[] octets = Files.readAllBytes(bundle);
        octets[10] ^= 1;
        Files.write(bundle, octets);

        assertThat(run("prove", "--log", folder, "--index", "256")).isEqualTo(1);
        assertThat(run("prove", "--log", folder, "--index", "260")).isZero();
    }

    @Test
    void a_changed_proof_proves_nothing() throws Exception {
        run("prove", "--log", place, "--index", "5", "-o", proof, file);
        String good = Files.readString(Path.of(proof));

        Files.writeString(Path.of(proof), good.replace("index 5", "index 6"));
        assertThat(run("verify", "--key", key, proof)).isEqualTo(1);
        Files.writeString(Path.of(proof), good.replaceFirst("\nextra A", "\nextra B"));
        assertThat(run("verify", "--key", key, proof)).isEqualTo(1);
    }

    @Test
    void what_is_not_there_is_not_proven() {
        assertThat(run("prove", "--log", place, "--match", "never sent", file)).isEqualTo(1);
        assertThat(run("prove", "--log", place, "--index", "99999", file)).isEqualTo(1);
        assertThat(run("prove", "--log", place, "--match", "never sent")).isEqualTo(1);
        assertThat(run("prove", "--log", place, "--match", "archive")).as("metadata").isEqualTo(1);
        assertThat(run("prove", "--log", place, "--index", "99999")).isEqualTo(1);
        assertThat(run("prove", "--log", place, file)).isEqualTo(2);
        assertThat(run("prove", "--log", place, "--index", "x", file)).isEqualTo(2);
    }

    @Test
    void an_export_is_a_log_and_grows() throws Exception {
        String folder = dir.resolve("www").toString();
        assertThat(run("integrity", "export", "--log", place, folder)).isZero();
        assertThat(run("verify", "--key", key, folder)).as(made.said()).isZero();
        log.filled(5, 60);
        assertThat(run("verify", "--key", key, "--log", folder, file)).isZero();

        assertThat(run("integrity", "export", "--log", place, folder)).isZero();

        assertThat(run("verify", "--key", key, "--log", folder, file)).isEqualTo(1);
        Files.write(Path.of(file), LogBuilder.lines(log.messages()));
        assertThat(run("verify", "--key", key, "--log", folder, file)).as(made.said()).isZero();
    }
}
