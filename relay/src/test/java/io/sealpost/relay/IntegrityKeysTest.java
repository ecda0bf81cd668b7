package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.CheckpointMessage;
import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.KeyFileException;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.MetadataFiles;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the keys of the block {@code integrity} do in a running relay. */
@Timeout(120)
@Beside
class IntegrityKeysTest {
    private static final int FILE = 1 << 20;

    @TempDir Path folder;

    private static String conf(String integrity) {
        return """
        sealpost {
          name = relay-7
          data-dir = "state"
          listeners.t { transport = tcp, bind = "127.0.0.1:0" }
          upstreams.f { type = file, path = "kept.log" }
          upstreams.g { type = file, path = "other.log" }
          routes = [ { to = [f] } ]
          spool.reserve = 0
          admin.bind = "127.0.0.1:0"
          log.events = off
          integrity { %s }
        }
        """
                .formatted(integrity);
    }

    private RunningRelay start(NanoClock clock, String integrity) throws IOException {
        return RunningRelay.whole(folder, clock, conf(integrity));
    }

    private RunningRelay start(String integrity) throws IOException {
        return start(NanoClock.system(), integrity);
    }

    private List<String> lines(String file) throws IOException {
        Path path = folder.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }

    private List<SignedNote> checkpoints(String file) throws IOException {
        List<SignedNote> notes = new ArrayList<>();
        for (String line : lines(file)) {
            byte[] octets = line.getBytes(UTF_8);
            CheckpointMessage.find(octets, 0, octets.length).ifPresent(notes::add);
        }
        return notes;
    }

    private Checkpoint newest(String file) throws Exception {
        return Checkpoint.parse(checkpoints(file).getLast().text());
    }

    private void awaitCheckpoints(String file, int count) {
        await().atMost(RunningRelay.PATIENCE).until(() -> checkpoints(file).size() >= count);
    }

    @Test
    void unless_it_is_off_checkpoints_of_all_messages_come_in_the_stream() throws Exception {
        try (RunningRelay relay = start("")) {
            relay.send(3, 10);
            awaitCheckpoints("kept.log", 1);
            awaitCheckpoints("other.log", 1); // whatever the routes say
            assertThat(relay.metrics())
                    .contains("\nsealpost_integrity_working 1.0\n")
                    .contains("\nsealpost_integrity_alarm 0.0\n");
        }
        LogSigner keys = KeyFile.read(folder.resolve("state/integrity/key"));
        VerifierKey ed25519 = keys.verifiers().getFirst();
        assertThat(checkpoints("other.log"))
                .allMatch(note -> note.verdict(ed25519) == SignedNote.Verdict.VALID)
                .isEqualTo(checkpoints("kept.log"));
        Checkpoint last = newest("kept.log");
        assertThat(last.size()).as("3 messages, metadata").isGreaterThanOrEqualTo(4);
        assertThat(lines("other.log")).hasSameSizeAs(checkpoints("other.log"));
        assertThat(Files.readString(folder.resolve("state/integrity/checkpoint")))
                .startsWith(last.text());

        Files.delete(folder.resolve("kept.log"));
        try (RunningRelay relay = start("enabled = false")) {
            relay.send(1, 10);
            await().atMost(RunningRelay.PATIENCE).until(() -> !lines("kept.log").isEmpty());
        }
        assertThat(lines("kept.log")).singleElement().asString().endsWith("xxxxxxxxxx");
    }

    @Test
    void checkpoints_go_to_the_upstreams_that_a_reload_brings() throws Exception {
        try (RunningRelay relay = start("")) {
            relay.send(1, 10);
            awaitCheckpoints("other.log", 1);
            String more = "upstreams.h { type = file, path = \"third.log\" }\n";
            String conf = conf("").replace("upstreams.g {", more + "upstreams.g {");
            assertThat(relay.reloadWhole(conf)).isInstanceOf(Reload.Outcome.Done.class);
            relay.send(1, 10);
            awaitCheckpoints("third.log", 1);
        }
        assertThat(checkpoints("other.log")).containsAll(checkpoints("third.log"));
    }

    @Test
    void the_private_keys_are_read_at_the_start_alone() throws Exception {
        Path key = folder.resolve("state/integrity/key");
        try (RunningRelay relay = start("")) {
            Files.delete(key);
            assertThat(relay.reloadWhole(conf(""))).isInstanceOf(Reload.Outcome.Done.class);
            relay.send(1, 10);
            awaitCheckpoints("kept.log", 1);
        }
        assertThatThrownBy(() -> start("")).isInstanceOf(KeyFileException.class);
    }

    @Test
    void status_tells_of_the_log_and_its_key() throws Exception {
        try (RunningRelay relay = start("")) {
            relay.send(1, 10);
            awaitCheckpoints("kept.log", 1);
            String[] status = {"status", "-c", folder.resolve("sealpost.conf").toString()};
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PrintStream print = new PrintStream(out, true, UTF_8);
            Console console = new Console(InputStream.nullInputStream(), print, print);
            await().atMost(RunningRelay.PATIENCE)
                    .untilAsserted(
                            () -> {
                                relay.send(100, 10); // until its rate is known
                                out.reset();
                                assertThat(Main.run(status, console)).isEqualTo(ExitCode.GOOD);
                                assertThat(out.toString(UTF_8)).contains("GiB, growing by ");
                            });

            String key =
                    KeyFile.read(folder.resolve("state/integrity/key"))
                            .verifiers()
                            .getFirst()
                            .print();
            assertThat(out.toString(UTF_8))
                    .containsPattern(
                            "\nintegrity [\\d,]+ entries, checkpoint \\d+ s ago, [\\d,]+ messages")
                    .contains("verifier key " + key)
                    .contains("put back from a copy: integrity.remember is not set");
            out.reset();
            assertThat(Main.run(new String[] {"status", "--json", "-c", status[2]}, console))
                    .isEqualTo(ExitCode.GOOD);
            assertThat(out.toString(UTF_8)).contains("\"integrity\":{\"enabled\":true", key);
        }
    }

    @Test
    void checkpoints_are_at_least_checkpoint_interval_apart() throws Exception {
        try (RunningRelay relay = start("checkpoint-interval = 60 s")) {
            relay.send(1, 10);
            await().atMost(RunningRelay.PATIENCE).until(() -> lines("kept.log").size() == 1);
            assertThat(relay.metrics()).contains("\nsealpost_integrity_unsealed 1.0\n");
        }
        assertThat(checkpoints("kept.log")).as("the one at the end").hasSize(1);

        try (RunningRelay relay = start("checkpoint-interval = 100 ms")) {
            for (int seen = 1; seen < 4; seen++) {
                relay.send(1, 10);
                awaitCheckpoints("kept.log", seen + 1);
            }
        }
    }

    /** A log whose oldest file of hashes can be dropped, signed so long ago. */
    private void fill(int files, Duration age) throws IOException {
        Path data = folder.resolve("state");
        FileStorage storage = FileStorage.at(data);
        storage.createFolder("integrity");
        LogSigner signer =
                KeyFile.make(data.resolve("integrity/key"), "test/log", new SecureRandom());
        long seconds = NanoClock.system().epochMicros() / 1_000_000 - age.toSeconds();
        try (CheckpointStore checkpoints = CheckpointStore.open(storage, signer);
                IntegrityLog log = IntegrityLog.open(storage, checkpoints);
                MetadataFiles metadata = MetadataFiles.open(storage, 0)) {
            checkpoints.add(log.sync(), 0, seconds);
            byte[] leaves = new byte[FILE / 4 * Hash.OCTETS];
            for (int i = 0; i < 4 * files; i++) {
                log.append(log.size(), leaves, FILE / 4);
            }
            log.append(log.size(), leaves, 2);
            BatchEntry.Run run =
                    new BatchEntry.Run(
                            new Source(
                                    "t",
                                    Source.Transport.TCP,
                                    new InetSocketAddress("127.0.0.1", 1),
                                    1,
                                    Source.NO_CERTIFICATE),
                            0,
                            0,
                            files * FILE + 1,
                            0);
            BatchEntry entry = new BatchEntry(0, 0, 0, List.of(run), List.of(), new TreeMap<>());
            metadata.add(entry.encode(), entry.endLeaf());
            metadata.sync();
            checkpoints.add(log.sync(), 0, seconds);
        }
    }

    private String awaitDropped() {
        await().atMost(RunningRelay.PATIENCE)
                .until(() -> lines("other.log").stream().anyMatch(l -> l.contains(" integrity-d")));
        return folder.resolve("state/integrity/hashes/0-00000000000000000000.hashes").toString();
    }

    @Test
    void hashes_older_than_keep_are_dropped() throws Exception {
        fill(1, Duration.ofDays(3));
        try (RunningRelay _ = start("keep = 4 d")) {
            awaitCheckpoints("kept.log", 0);
        }
        assertThat(lines("other.log")).noneMatch(line -> line.contains(" integrity-dropped "));
        try (RunningRelay _ = start("keep = 2 d")) {
            assertThat(Path.of(awaitDropped())).doesNotExist();
        }
        assertThat(lines("other.log"))
                .anyMatch(
                        line ->
                                line.contains(
                                        " relay-7 sealpost "
                                                + ProcessHandle.current().pid()
                                                + " integrity-dropped [sealpost@32473 first=\"0\""
                                                + " end=\"1048576\"] "));
    }

    @Test
    void hashes_beyond_max_size_are_dropped() throws Exception {
        fill(2, Duration.ZERO);
        try (RunningRelay relay = start("max-size = 64 MiB")) {
            relay.send(1, 10);
            assertThat(Path.of(awaitDropped())).doesNotExist();
            assertThat(folder.resolve("state/integrity/hashes/0-00000000000001048576.hashes"))
                    .exists();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Files.copy(one, to.resolve(from.relativize(one).toString()));
            }
        }
    }

    @Test
    void what_remember_knows_shows_that_a_copy_was_put_back() throws Exception {
        String remember = "remember = \"other/remembered\"";
        Files.createDirectory(folder.resolve("other"));
        try (RunningRelay relay = start(remember)) {
            relay.send(1, 10);
        }
        copy(folder.resolve("state"), folder.resolve("copy"));
        Checkpoint before = newest("kept.log");
        assertThat(Files.readString(folder.resolve("other/remembered"))).startsWith(before.text());
        try (RunningRelay relay = start(remember)) {
            relay.send(1, 10);
            assertThat(relay.metrics())
                    .contains("\nsealpost_integrity_alarm 0.0\n")
                    .contains("\nsealpost_integrity_rollback_unchecked 0.0\n");
        }
        Files.move(folder.resolve("state"), folder.resolve("newer"));
        Files.move(folder.resolve("copy"), folder.resolve("state"));
        Files.delete(folder.resolve("other.log"));
        try (RunningRelay relay = start(remember)) {
            relay.send(1, 10);
            assertThat(relay.metrics()).contains("\nsealpost_integrity_alarm 1.0\n");
        }

        Checkpoint after = newest("other.log");
        assertThat(after.origin()).isEqualTo(before.origin() + "/2");
        Optional<String> statement =
                lines("other.log").stream()
                        .filter(l -> l.contains(" integrity-reopened "))
                        .findFirst();
        assertThat(statement.orElseThrow())
                .startsWith("<41>1 ")
                .contains("closed=\"" + before.origin() + "\"")
                .contains("size=\"" + before.size() + "\"");
        assertThat(Files.readString(folder.resolve("other/remembered"))).startsWith(after.text());
    }
}
