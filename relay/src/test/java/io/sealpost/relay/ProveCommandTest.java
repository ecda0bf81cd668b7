package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.integrity.TlogProof;
import io.sealpost.relay.verify.LogBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProveCommandTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private LogBuilder log;
    private String key;
    private String place;
    private String file;
    private String proof;

    @BeforeEach
    void make() throws Exception {
        log = LogBuilder.in(dir.resolve("data")).filled(10, 60);
        key = log.printedKeys().getFirst();
        place = dir.resolve("data/integrity").toString();
        file = Files.write(dir.resolve("f"), LogBuilder.lines(log.messages())).toString();
        proof = dir.resolve("p.tlog-proof").toString();
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    private int run(String... words) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, UTF_8);
        Console console = new Console(new ByteArrayInputStream(new byte[0]), stream, stream);
        return Main.run(words, console).number();
    }

    @Test
    void a_message_is_proven_by_its_text_and_checked_offline() throws Exception {
        assertThat(run("prove", "--log", place, "--match", "GET /item/77", "-o", proof, file))
                .as(out.toString(UTF_8))
                .isZero();

        assertThat(run("verify", "--key", key, proof)).as(out.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8)).contains("GET /item/77", "entry " + log.leaf(78) + " of ");
    }

    @Test
    void a_message_is_proven_by_its_index() throws Exception {
        assertThat(run("prove", "--log", place, "--index", "5", file)).isZero();

        TlogProof printed = TlogProof.parse(out.toByteArray());
        assertThat(printed.index()).isEqualTo(5);
        assertThat(new String(printed.extraOctets(), UTF_8)).endsWith("GET /item/5");
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
        assertThat(run("prove", "--log", place, file)).isEqualTo(2);
        assertThat(run("prove", "--log", place, "--index", "x", file)).isEqualTo(2);
    }

    @Test
    void an_export_is_a_log_and_grows() throws Exception {
        String folder = dir.resolve("www").toString();
        assertThat(run("integrity", "export", "--log", place, folder)).isZero();
        assertThat(run("verify", "--key", key, folder)).as(out.toString(UTF_8)).isZero();
        log.filled(5, 60);
        assertThat(run("verify", "--key", key, "--log", folder, file)).isZero();

        assertThat(run("integrity", "export", "--log", place, folder)).isZero();

        assertThat(run("verify", "--key", key, "--log", folder, file)).isEqualTo(1);
        Files.write(Path.of(file), LogBuilder.lines(log.messages()));
        assertThat(run("verify", "--key", key, "--log", folder, file))
                .as(out.toString(UTF_8))
                .isZero();
    }
}
