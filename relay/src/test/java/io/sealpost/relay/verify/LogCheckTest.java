package io.sealpost.relay.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import io.sealpost.relay.spool.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Beside
class LogCheckTest {
    @TempDir Path dir;

    private CollectedFindings check(LogKeys keys) throws IOException {
        CollectedFindings findings = new CollectedFindings();
        try (SealedLog log = DataFolderLog.of("log", FileStorage.at(dir.resolve("data")))) {
            new LogCheck(log, keys, findings).run();
        }
        return findings;
    }

    @Test
    void an_honest_log_is_good() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(20, 60)) {
            CollectedFindings findings = check(log.keys());

            assertThat(findings.all).isEmpty();
            assertThat(findings.good.toString())
                    .contains("over 1260 entries")
                    .contains("22 stored checkpoints")
                    .contains("40 batches");
        }
    }

    @Test
    void a_flipped_bit_in_any_file_is_found() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(10, 100)) {
            Path integrity = dir.resolve("data/integrity");
            List<Path> files;
            try (Stream<Path> all = Files.walk(integrity)) {
                files = all.filter(Files::isRegularFile).sorted().toList();
            }
            assertThat(files).hasSize(5);
            for (long seed = 1; seed <= 100; seed++) {
                Random random = new Random(seed);
                Path file = files.get(random.nextInt(files.size()));
                byte[] sound = Files.readAllBytes(file);
                byte[] damaged = sound.clone();
                damaged[random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, damaged);

                CollectedFindings findings = check(log.keys());

                assertThat(findings.has(Finding.Verdict.TAMPERED))
                        .as("seed " + seed + " " + file.getFileName())
                        .isTrue();
                Files.write(file, sound);
            }
        }
    }

    @Test
    void a_cut_file_is_found() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(10, 100)) {
            for (String name :
                    List.of(
                            "hashes/0-00000000000000000000.hashes",
                            "metadata/00000000000000000000.batches",
                            "checkpoints/00000001.notes")) {
                Path file = dir.resolve("data/integrity").resolve(name);
                byte[] sound = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(sound, sound.length - 32));

                assertThat(check(log.keys()).has(Finding.Verdict.TAMPERED)).as(name).isTrue();
                Files.write(file, sound);
            }
        }
    }

    /** Without metadata nobody can say which lines are missing. */
    @Test
    void metadata_that_is_gone_from_the_beginning_is_found() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(10, 100)) {
            long firstLeaf = FirstBlock.remove(dir.resolve("data/integrity/metadata"));

            CollectedFindings findings = check(log.keys());

            assertThat(findings.all)
                    .singleElement()
                    .extracting(Finding::text)
                    .isEqualTo("the metadata begins at entry " + firstLeaf);
        }
    }

    @Test
    void keys_of_somebody_else_have_not_signed_it() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(2, 10);
                LogBuilder other = LogBuilder.in(dir.resolve("other"))) {
            assertThat(log.messages()).isNotEmpty();

            assertThat(check(other.keys()).counts()).containsOnlyKeys(Finding.Kind.NOT_SIGNED);
        }
    }

    @Test
    void what_was_dropped_is_not_missed() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data"))) {
            for (int i = 0; i < 11; i++) {
                log.batch(100_000).checkpoint();
            }
            log.drop(1 << 20);

            CollectedFindings findings = check(log.keys());

            assertThat(findings.all).isEmpty();
            assertThat(findings.unchecked).containsExactly("hashes of entries 0 to 1048575");
        }
    }
}
