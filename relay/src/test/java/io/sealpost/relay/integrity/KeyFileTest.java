package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.spool.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final String ORIGIN = "relay.example/sealpost/1";

    @TempDir Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("keys");
    }

    @Test
    void a_new_pair_is_for_the_owner_alone_and_comes_back() throws Exception {
        LogSigner made = KeyFile.make(file, ORIGIN, new SecureRandom());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        LogSigner read = KeyFile.read(file);
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.verifiers()).isEqualTo(made.verifiers());
        assertThat(read.verifiers().stream().map(VerifierKey::type))
                .containsExactly(SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE);
        assertThat(folder)
                .isDirectoryContaining(path -> path.equals(file))
                .isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void both_keys_sign_a_checkpoint() throws Exception {
        LogSigner signer = KeyFile.make(file, ORIGIN, new SecureRandom());
        MemoryStorage storage = new MemoryStorage();
        try (CheckpointStore checkpoints = CheckpointStore.open(storage, signer);
                IntegrityLog log = IntegrityLog.open(storage, checkpoints)) {
            SignedNote note = checkpoints.add(log.sync(), 0, 1_800_000_000).note();

            assertThat(note.signatures()).hasSize(2);
            assertThat(signer.hasSigned(note)).isTrue();
            assertThat(signer.verifiers().getLast().time(note.signatures().getLast()))
                    .hasValue(1_800_000_000);
        }
    }

    @Test
    void renewed_keys_are_the_same_under_another_name() throws Exception {
        LogSigner old = KeyFile.make(file, ORIGIN, new SecureRandom());
        LogSigner renewed = KeyFile.renew(file, folder.resolve("next"), ORIGIN + "/2");

        assertThat(renewed.origin()).isEqualTo(ORIGIN + "/2");
        assertThat(KeyFile.read(folder.resolve("next")).verifiers()).isEqualTo(renewed.verifiers());
        for (int i = 0; i < renewed.verifiers().size(); i++) {
            VerifierKey key = old.verifiers().get(i);
            assertThat(key.renamed(ORIGIN + "/2")).isEqualTo(renewed.verifiers().get(i));
        }
        assertThatThrownBy(() -> KeyFile.renew(file, folder.resolve("next"), ORIGIN + "/3"))
                .hasMessageContaining("never overwritten");
    }

    @Test
    void keys_are_never_overwritten() throws Exception {
        KeyFile.make(file, ORIGIN, new SecureRandom());
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(() -> KeyFile.make(file, ORIGIN, new SecureRandom()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("never overwritten");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void a_half_made_file_of_a_crash_is_in_nobodys_way() throws Exception {
        Files.writeString(folder.resolve("keys.tmp"), "half");

        assertThat(KeyFile.make(file, ORIGIN, new SecureRandom()).verifiers()).hasSize(2);
    }

    @Test
    void what_others_may_read_is_refused_with_the_mode() throws Exception {
        KeyFile.make(file, ORIGIN, new SecureRandom());
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rwx------")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertRefused(mode, "chmod 600 " + file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(KeyFile.read(file).verifiers()).hasSize(2);
    }

    @Test
    void a_missing_file_and_a_folder_are_refused() throws Exception {
        assertRefused("missing");
        Files.createDirectory(file);
        assertRefused("should be a file");
    }

    @Test
    void any_other_content_is_refused_and_never_shown() throws Exception {
        KeyFile.make(file, ORIGIN, new SecureRandom());
        String good = Files.readString(file);
        String[] lines = good.split("\n", -1);
        // Base64 has '+' too, so the seed is what follows the first four fields.
        String seed = lines[0].split("\\+", 5)[4];
        assertThat(seed).hasSize(44);

        refuse("", "no end");
        refuse(lines[0] + '\n', "1 keys");
        refuse(good + lines[0] + '\n', "3 keys");
        refuse(lines[1] + '\n' + lines[0] + '\n', "instead of ED25519");
        refuse(lines[0] + '\n' + lines[0] + '\n', "instead of ML_DSA_44");
        refuse(good.substring(0, good.length() - 1), "no end");
        refuse(good.substring(0, good.length() - 9) + '\n', "seed");
        refuse('\n' + good, "not a private key");
        refuse(good.replaceFirst("A", "B"), "not");
        refuse("x".repeat(5000), "longer than");
        String wrongId = lines[0].replace(ORIGIN + '+', ORIGIN + "+0");
        refuse(wrongId + '\n' + lines[1] + '\n', "id differ");
        assertThatThrownBy(() -> KeyFile.read(file)).message().doesNotContain(seed);
    }

    @Test
    void octets_that_are_no_text_are_refused() throws Exception {
        KeyFile.make(file, ORIGIN, new SecureRandom());
        Files.write(file, new byte[] {(byte) 0xff, '\n'});
        assertRefused("not UTF-8");
    }

    @Test
    void a_name_that_no_key_can_have_is_refused_before_anything_is_written() throws Exception {
        assertThatThrownBy(() -> KeyFile.make(file, "two words", new SecureRandom()))
                .isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private void refuse(String content, String reason) throws IOException {
        Files.write(file, content.getBytes(US_ASCII));
        assertRefused(reason);
    }

    private void assertRefused(String... reasons) {
        assertThatThrownBy(() -> KeyFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(reasons);
    }
}
