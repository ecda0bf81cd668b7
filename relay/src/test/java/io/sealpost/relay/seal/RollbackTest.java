package io.sealpost.relay.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.Beside;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.spool.BatchReader;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.SteppedSpool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder that is put back from a copy, as its next start sees it. */
@Beside
class RollbackTest {
    private static final SealSettings SETTINGS =
            new SealSettings(Duration.ofSeconds(1), Duration.ofDays(400), Long.MAX_VALUE);

    @TempDir Path dir;
    private final HandClock clock = new HandClock();
    private Told told = new Told();
    private boolean remembers = true;

    private Path data() {
        return dir.resolve("data");
    }

    private Path remembered() {
        return dir.resolve("other").resolve("remembered");
    }

    /** One life of the relay: these messages come; returns the newest checkpoint. */
    private Checkpoint live(String... messages) throws Exception {
        told = new Told();
        FileStorage storage = FileStorage.at(data());
        Path other = Files.createDirectories(dir.resolve("other"));
        RememberFile file = new RememberFile(FileStorage.at(other), "remembered");
        List<SignedNote> notes = new ArrayList<>();
        Told telling =
                new Told() {
                    @Override
                    public Announcement checkpoint(SignedNote note) {
                        notes.add(note);
                        return super.checkpoint(note);
                    }
                };
        try (SteppedSpool spool = SteppedSpool.open(storage, "a", clock)) {
            OwnMessages own = new OwnMessages(spool.spool().smallLane(() -> {}), _ -> {}, clock);
            own.upstreams(1);
            SealOpening.Opened opened =
                    new SealOpening(
                                    new LogFolder(data(), storage),
                                    remembers ? Optional.of(file) : Optional.empty(),
                                    "relay1")
                            .open(SETTINGS, spool.spool(), own, telling, clock);
            told = telling;
            Sealer sealer = opened.sealing().sealer();
            spool.commit();
            for (String message : messages) {
                spool.put(message);
            }
            spool.commit();
            clock.pass(Duration.ofSeconds(5));
            sealer.finish(Duration.ofSeconds(5));
            spool.commit();
            opened.sealing().close();
        }
        if (remembers) {
            file.write(notes.getLast());
        }
        return Checkpoint.parse(notes.getLast().text());
    }

    private void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Files.copy(one, to.resolve(from.relativize(one).toString()));
            }
        }
    }

    private void replace(Path with) throws IOException {
        try (Stream<Path> all = Files.walk(data())) {
            for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(one);
            }
        }
        Files.move(with, data());
    }

    private String stream() throws IOException {
        StringBuilder all = new StringBuilder();
        try (SteppedSpool spool = SteppedSpool.open(FileStorage.at(data()), "a", clock);
                BatchReader reader = spool.spool().batches(0)) {
            while (reader.next()) {
                all.append(
                        new String(
                                reader.octets(),
                                reader.framesOffset(),
                                reader.framesLength(),
                                UTF_8));
            }
        }
        return all.toString();
    }

    @Test
    void a_log_goes_on_under_its_origin_and_nothing_is_told() throws Exception {
        Checkpoint first = live("one");
        Checkpoint second = live("two");

        assertThat(first.origin())
                .matches("relay1/sealpost/[0-9a-f]{16}")
                .isEqualTo(second.origin());
        assertThat(second.size()).isGreaterThan(first.size());
        assertThat(told.all).isEmpty();
        assertThat(Files.exists(LogFolder.keyFile(data()))).isTrue();
    }

    @Test
    void a_copy_put_back_closes_the_log_and_opens_the_next_which_says_why() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        Checkpoint newest = live("two", "three");
        replace(dir.resolve("copy"));
        Checkpoint next = live("four");

        assertThat(next.origin()).isEqualTo(newest.origin() + "/2");
        assertThat(told.all)
                .singleElement()
                .asString()
                .contains("reopened", newest.origin(), "over " + newest.size() + " entries")
                .contains(newest.root().base64());
        assertThat(stream()).contains("reopened");
        assertThat(Files.exists(data().resolve("integrity.1").resolve("checkpoint"))).isTrue();
        LogSigner signer = KeyFile.read(LogFolder.keyFile(data()));
        assertThat(signer.origin()).isEqualTo(next.origin());
        assertThat(KeyFile.read(data().resolve("integrity.1").resolve("key")).verifiers())
                .as("the same keys under another name")
                .extracting(key -> key.renamed(next.origin()))
                .isEqualTo(signer.verifiers());

        Checkpoint later = live("five");
        assertThat(later.origin()).isEqualTo(next.origin());
        assertThat(told.all).isEmpty();
    }

    @Test
    void what_the_copy_had_not_sealed_is_sealed_by_the_next_log() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        live("two");
        replace(dir.resolve("copy"));
        try (SteppedSpool spool = SteppedSpool.open(FileStorage.at(data()), "a", clock)) {
            spool.put("in the copy, not sealed");
            spool.commit();
        }
        Checkpoint next = live();

        // the last checkpoint message, the one not sealed, what the log says; three batches
        assertThat(next.size()).isEqualTo(6);
    }

    @Test
    void a_copy_of_the_second_log_put_back_gives_the_third() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        live("two");
        replace(dir.resolve("copy"));
        String second = live("three").origin();
        copy(data(), dir.resolve("copy"));
        live("four");
        replace(dir.resolve("copy"));
        String third = live("five").origin();

        assertThat(second).endsWith("/2");
        assertThat(third).endsWith("/3");
        assertThat(data().resolve("integrity.1")).isDirectory();
        assertThat(data().resolve("integrity.2")).isDirectory();
    }

    @Test
    void a_copy_from_before_a_closed_log_skips_its_successors_name() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        copy(data(), dir.resolve("copy2"));
        live("two");
        replace(dir.resolve("copy"));
        live("three");
        replace(dir.resolve("copy2"));

        assertThat(live("four").origin()).endsWith("/3");
        assertThat(told.all.getFirst()).contains("there was already a log");
    }

    @Test
    void a_log_that_went_on_from_a_copy_shows_by_its_root() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        live("two");
        Path evidence = dir.resolve("evidence");
        Files.copy(remembered(), evidence);
        replace(dir.resolve("copy"));
        remembers = false;
        live("another two", "three", "four"); // unseen
        assertThat(told.all).isEmpty();
        remembers = true;
        assertThat(remembered()).hasSameBinaryContentAs(evidence);

        assertThat(live("five").origin()).endsWith("/2");
        assertThat(told.all.getFirst()).contains("went on from a copy");
    }

    @Test
    void a_spool_without_what_was_sealed_closes_the_log() throws Exception {
        live("one", "two");
        for (String folder : List.of("spool", "cursors")) {
            try (Stream<Path> files = Files.list(data().resolve(folder))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }

        assertThat(live("three").origin()).endsWith("/2");
        assertThat(told.all.getFirst()).contains("the spool ends before message 0");
    }

    @Test
    void a_remember_file_that_others_wrote_is_an_alarm_and_kept() throws Exception {
        live("one");
        Files.writeString(remembered(), "nonsense");
        live("two");
        assertThat(told.all).singleElement().asString().startsWith("alarm the file is damaged");
        assertThat(remembered().resolveSibling("remembered.old")).hasContent("nonsense");

        LogSigner forger =
                KeyFile.make(dir.resolve("forged"), live("x").origin(), new SecureRandom());
        assertThat(told.all).isEmpty();
        Files.writeString(remembered(), forged(forger));
        live("three");
        assertThat(told.all).singleElement().asString().contains("not signed by the key");
    }

    private String forged(LogSigner forger) throws Exception {
        FileStorage elsewhere = FileStorage.at(dir.resolve("elsewhere"));
        elsewhere.createFolder("");
        try (LogFiles files = LogFiles.open(elsewhere, forger)) {
            Sealer.begin(files, 0, 1);
            return files.newest().orElseThrow().note().print();
        }
    }

    @Test
    void a_remember_file_of_another_log_is_an_alarm() throws Exception {
        live("one");
        replace(Files.createDirectory(dir.resolve("empty")));
        live("two");

        assertThat(told.all).singleElement().asString().contains("of another log");
    }

    @Test
    void without_a_remembered_checkpoint_it_is_said_that_nobody_can_tell() throws Exception {
        remembers = false;
        live("one");
        remembers = true;
        live("two");

        assertThat(told.all).containsExactly("unchecked the file has no checkpoint yet");
    }

    @Test
    void a_log_without_its_keys_does_not_go_on() throws Exception {
        live("one");
        Files.delete(LogFolder.keyFile(data()));

        assertThatThrownBy(() -> live("two"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("keys of the log is missing");
        assertThat(LogFolder.keyFile(data())).doesNotExist();
    }

    @Test
    void a_crash_between_the_steps_of_closing_is_gone_on_from() throws Exception {
        Checkpoint old = live("one");
        Path folder = data().resolve("integrity");
        String closed = old.origin() + "\n" + old.origin() + "/2\n3\nroot\nwhy\n";
        Files.writeString(folder.resolve("closed"), closed);
        Files.delete(remembered());
        assertThat(live("two").origin()).isEqualTo(old.origin() + "/2");
        assertThat(told.all).anyMatch(what -> what.contains("reopened"));
        assertThat(data().resolve("integrity.1").resolve("closed")).hasContent(closed);
    }

    @Test
    void a_crash_before_the_next_log_has_its_keys_is_gone_on_from() throws Exception {
        live("one");
        copy(data(), dir.resolve("copy"));
        live("two");
        replace(dir.resolve("copy"));
        String next = live("three").origin();
        FileStorage storage = FileStorage.at(data());
        for (String folder : List.of("checkpoints", "hashes", "metadata", "")) {
            for (String name : storage.list("integrity/" + folder)) {
                storage.delete("integrity/" + folder + "/" + name);
            }
        }
        Files.delete(remembered());

        assertThat(live("four").origin()).isEqualTo(next);
        assertThat(told.all).anyMatch(what -> what.contains("reopened"));
    }
}
