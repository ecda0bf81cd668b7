package io.sealpost.relay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.spool.FileStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Beside
class FilesCheckTest {
    private static final FilesCheck.Order ALL = new FilesCheck.Order(Set.of(), false, false);

    @TempDir Path dir;

    private CollectedFindings check(LogBuilder log, FilesCheck.Order order, byte[]... files)
            throws IOException {
        CollectedFindings findings = new CollectedFindings();
        try (SealedLog sealed = DataFolderLog.of("log", FileStorage.at(dir.resolve("data")))) {
            Checkpoint newest = new LogCheck(sealed, log.keys(), findings).run().orElseThrow();
            FilesCheck check = FilesCheck.of(sealed, log.keys(), findings, order, newest);
            List<UpstreamFile> opened = new ArrayList<>();
            for (byte[] file : files) {
                opened.add(
                        new UpstreamFile(
                                "file" + opened.size(),
                                file.length,
                                new ByteArrayInputStream(file)));
            }
            check.read(opened);
            check.finish();
        }
        return findings;
    }

    private LogBuilder log(int batches, int count) throws IOException {
        return LogBuilder.in(dir.resolve("data")).filled(batches, count);
    }

    private static List<byte[]> copy(LogBuilder log) {
        return new ArrayList<>(log.messages());
    }

    @Test
    void honest_files_have_nothing_to_be_found() throws Exception {
        try (LogBuilder log = log(20, 50)) {
            CollectedFindings lines = check(log, ALL, LogBuilder.lines(log.messages()));
            CollectedFindings counted = check(log, ALL, LogBuilder.counted(log.messages()));

            assertThat(lines.all).isEmpty();
            assertThat(counted.all).isEmpty();
            assertThat(lines.good.toString())
                    .contains("checkpoints in the files: 20", "1020 are entries");
        }
    }

    @Test
    void each_kind_of_change_is_named_with_its_entry_and_time() throws Exception {
        try (LogBuilder log = log(3, 20)) {
            List<byte[]> lines = copy(log);
            lines.set(5, "<134>1 - - - - - - GET /other".getBytes(UTF_8));
            lines.remove(30);
            lines.add(40, "<134>1 - - - - - - slipped in".getBytes(UTF_8));
            Collections.swap(lines, 50, 51);
            lines.add(56, lines.get(55));

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.brief())
                    .containsExactlyInAnyOrder(
                            "CHANGED " + log.leaf(5),
                            "MISSING " + log.leaf(30),
                            "INSERTED -1",
                            "REORDERED " + log.leaf(51),
                            "REPEATED " + log.leaf(55));
            assertThat(findings.all.toString())
                    .contains(
                            "line 6 of file0 is not what was sealed as entry 5, received 2027-01-15T08:00:00.005000Z from 10.1.2.3 over tcp; it reads: <134>1 - - - - - - GET /other")
                    .contains("line 41 of file0, behind entry");
        }
    }

    @Test
    void a_deletion_larger_than_every_window_is_one_gap() throws Exception {
        int batch = 50_000;
        try (LogBuilder log = log(8, batch)) {
            List<byte[]> lines = copy(log);
            lines.subList(1000, 7 * batch).clear();

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.brief())
                    .containsExactly("MISSING " + log.leaf(1000) + " x" + (7 * batch - 1000));
        }
    }

    @Test
    void a_line_moved_far_is_one_line_and_those_around_it_are_none() throws Exception {
        int batch = 60_000;
        try (LogBuilder log = log(5, batch)) {
            List<byte[]> lines = copy(log);
            lines.add(10, lines.remove(4 * batch));
            lines.add(200_000, lines.remove(500));

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.brief())
                    .containsExactlyInAnyOrder(
                            "REORDERED " + log.leaf(4 * batch), "REORDERED " + log.leaf(499));
        }
    }

    @Test
    void equal_messages_are_told_apart_by_their_place() throws Exception {
        byte[] same = "<13>1 - - - - - - same".getBytes(UTF_8);
        try (LogBuilder log = LogBuilder.in(dir.resolve("data"))) {
            for (int i = 0; i < 5; i++) {
                log.batch(Collections.nCopies(20_000, same)).batch(3);
            }
            log.checkpoint();
            List<byte[]> lines = copy(log);
            assertThat(check(log, ALL, LogBuilder.lines(lines)).all).isEmpty();
            lines.remove(20_001 + 3);

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.all).hasSize(1);
            Finding missing = findings.all.getFirst();
            assertThat(missing.kind()).isEqualTo(Finding.Kind.MISSING);
            assertThat(missing.index()).isBetween(log.leaf(20_003), log.leaf(40_002));
        }
    }

    @Test
    void an_upstream_misses_what_was_routed_to_it_alone() throws Exception {
        try (LogBuilder log = log(4, 50)) {
            byte[] half = LogBuilder.lines(log.only(i -> i % 2 == 0));
            byte[] less = LogBuilder.lines(log.only(i -> i % 2 == 0 && i != 60));
            FilesCheck.Order order = new FilesCheck.Order(Set.of("half"), false, false);

            assertThat(check(log, order, half).all).isEmpty();
            assertThat(check(log, order, less).brief()).containsExactly("MISSING " + log.leaf(60));
            assertThat(check(log, ALL, half).all).isNotEmpty();
        }
    }

    @Test
    void a_sealed_line_that_was_routed_elsewhere_is_inserted() throws Exception {
        try (LogBuilder log = log(4, 50)) {
            List<byte[]> more = new ArrayList<>(log.only(i -> i % 2 == 0));
            more.add(26, log.messages().get(51));
            FilesCheck.Order half = new FilesCheck.Order(Set.of("half"), false, false);
            FilesCheck.Order both = new FilesCheck.Order(Set.of("half", "archive"), false, false);

            assertThat(check(log, half, LogBuilder.lines(more)).brief())
                    .containsExactly("INSERTED -1");
            assertThat(check(log, both, LogBuilder.lines(log.messages())).all).isEmpty();
        }
    }

    @Test
    void files_of_balance_are_judged_together() throws Exception {
        try (LogBuilder log = log(10, 300)) {
            byte[] one = LogBuilder.lines(log.only(i -> i / 40 % 2 == 0));
            byte[] other = LogBuilder.counted(log.only(i -> i / 40 % 2 == 1));
            byte[] less = LogBuilder.counted(log.only(i -> i / 40 % 2 == 1 && i != 1000));

            assertThat(check(log, ALL, one, other).all).isEmpty();
            assertThat(check(log, ALL, one, less).brief())
                    .containsExactly("MISSING " + log.leaf(1000));
        }
    }

    @Test
    void lines_sent_again_are_repeated_unless_that_is_allowed() throws Exception {
        try (LogBuilder log = log(4, 100)) {
            List<byte[]> lines = copy(log);
            lines.addAll(200, lines.subList(150, 200));
            byte[] file = LogBuilder.lines(lines);

            assertThat(check(log, ALL, file).counts()).containsOnlyKeys(Finding.Kind.REPEATED);
            assertThat(check(log, ALL, file).counts()).containsValue(50L);
            FilesCheck.Order allowed = new FilesCheck.Order(Set.of(), true, false);
            assertThat(check(log, allowed, file).all).isEmpty();
        }
    }

    @Test
    void a_part_of_the_log_misses_only_what_lies_between() throws Exception {
        try (LogBuilder log = log(10, 100)) {
            byte[] part = LogBuilder.lines(log.only(i -> i >= 300 && i < 700 && i != 500));

            FilesCheck.Order order = new FilesCheck.Order(Set.of(), false, true);
            assertThat(check(log, order, part).brief()).containsExactly("MISSING " + log.leaf(500));
            assertThat(check(log, ALL, part).brief())
                    .containsExactly(
                            "MISSING 0 x300",
                            "MISSING " + log.leaf(500),
                            "MISSING " + log.leaf(700) + " x" + (log.messages().size() - 700));
        }
    }

    @Test
    void what_is_not_sealed_yet_is_no_tampering() throws Exception {
        try (LogBuilder log = log(4, 100)) {
            List<byte[]> lines = copy(log);
            log.batch(3);
            lines.addAll(log.messages().subList(lines.size(), log.messages().size()));

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.counts())
                    .isEqualTo(java.util.Map.of(Finding.Kind.NOT_SEALED_YET, 3L));
            assertThat(findings.has(Finding.Verdict.TAMPERED)).isFalse();
            assertThat(findings.all.toString()).contains("line 405 of file0");
        }
    }

    @Test
    void the_message_of_the_newest_checkpoint_is_good_before_it_is_sealed() throws Exception {
        try (LogBuilder log = log(4, 100)) {
            List<byte[]> lines = copy(log);
            log.announce();
            lines.add(log.messages().getLast());
            byte[] whole = LogBuilder.lines(lines);
            lines.add(3, lines.getLast());
            byte[] moved = LogBuilder.lines(lines.subList(0, lines.size() - 1));

            assertThat(check(log, ALL, whole).all).isEmpty();
            assertThat(check(log, ALL, moved).counts()).containsOnlyKeys(Finding.Kind.INSERTED);
        }
    }

    @Test
    void a_cut_last_line_is_changed() throws Exception {
        try (LogBuilder log = log(4, 100)) {
            byte[] lines = LogBuilder.lines(log.messages());
            byte[] counted = LogBuilder.counted(log.messages());
            String changed = "CHANGED " + log.leaf(log.messages().size() - 1);

            assertThat(check(log, ALL, Arrays.copyOf(lines, lines.length - 9)).brief())
                    .containsExactly(changed);
            assertThat(check(log, ALL, Arrays.copyOf(counted, counted.length - 9)).brief())
                    .containsExactly(changed);
        }
    }

    @Test
    void a_count_that_was_changed_costs_no_other_line() throws Exception {
        try (LogBuilder log = log(4, 100)) {
            for (int digit = 0; digit <= 9; digit++) {
                byte[] counted = LogBuilder.counted(log.messages());
                int length = log.messages().getFirst().length;
                counted[(length + 3) * 3 + 0] = (byte) ('0' + digit);

                CollectedFindings findings = check(log, ALL, counted);

                assertThat(findings.brief()).as("digit " + digit).hasSizeLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void escapes_of_daemons_and_of_our_own_lines_are_undone() throws Exception {
        try (LogBuilder log = LogBuilder.in(dir.resolve("data"))) {
            log.batch(
                    List.of(
                            "<13>1 - - - - - - a\tb #011".getBytes(UTF_8),
                            "<13>1 - - - - - - a\tb\n\\0".getBytes(UTF_8),
                            "<13>1 - - - - - - two\nlines".getBytes(UTF_8)));
            log.checkpoint();
            String rsyslog =
                    "<13>1 - - - - - - a\tb #011\n<13>1 - - - - - - a#011b#012\\0\n<13>1 - - - - - - two#012lines\n";
            String ours =
                    "<13>1 - - - - - - a\tb #011\n<13>1 - - - - - - a#011b#012\\0\n<13>1 - - - - - - two\\nlines\n";

            assertThat(check(log, ALL, rsyslog.getBytes(UTF_8)).all).isEmpty();
            assertThat(check(log, ALL, ours.getBytes(UTF_8)).all).isEmpty();
        }
    }

    /** Nobody who may send can make a file that is as it was look changed. */
    @ParameterizedTest
    @ValueSource(strings = {"32 <13>1 - - - - - - within another", "\n<13>1 - - - - - - a line"})
    void what_senders_write_into_messages_does_not_decide_how_a_file_is_read(String within)
            throws Exception {
        String message = "<13>1 - - - - - - a " + within.repeat(50);
        try (LogBuilder log = LogBuilder.in(dir.resolve("data"))) {
            log.batch(List.of(message.getBytes(UTF_8))).batch(5).checkpoint();
            List<byte[]> escaped =
                    log.messages().stream()
                            .map(octets -> new String(octets, UTF_8).replace("\n", "\\n"))
                            .map(line -> line.getBytes(UTF_8))
                            .toList();

            assertThat(check(log, ALL, LogBuilder.lines(escaped)).all).isEmpty();
            assertThat(check(log, ALL, LogBuilder.counted(log.messages())).all).isEmpty();
        }
        String line = "Jan 15 08:00:00 web nginx[1]: " + within.strip().repeat(50) + "\n";
        assertThat(LineFormat.of(line.getBytes(UTF_8), true)).isEqualTo(LineFormat.TRADITIONAL);
    }

    @Test
    void default_formats_of_daemons_are_named_and_their_checkpoints_read() throws Exception {
        try (LogBuilder log = log(4, 20)) {
            StringBuilder file = new StringBuilder();
            for (byte[] message : log.messages()) {
                String text = new String(message, UTF_8);
                int at = text.indexOf("checkpoint [ckpt");
                file.append("Jan 15 08:00:00 web nginx[1]: ")
                        .append(at < 0 ? text : text.substring(at))
                        .append('\n');
            }

            CollectedFindings findings = check(log, ALL, file.toString().getBytes(UTF_8));

            assertThat(findings.counts()).containsOnlyKeys(Finding.Kind.OTHER_FORMAT);
            assertThat(findings.good).as("no line").noneMatch(text -> text.contains(" lines "));
            assertThat(findings.all.toString())
                    .contains("RSYSLOG_TraditionalFileFormat", "%rawmsg%", "MSGID");
            assertThat(findings.good.toString()).contains("checkpoints in the files: 4");
        }
    }

    @Test
    void a_log_put_back_from_a_copy_shows_in_the_checkpoints_of_a_file() throws Exception {
        Path old = dir.resolve("old");
        try (LogBuilder log = log(4, 100)) {
            Trees.copy(dir.resolve("data"), old);
            log.filled(2, 100);
            byte[] file = LogBuilder.lines(log.messages());
            Trees.replace(old, dir.resolve("data"));

            CollectedFindings findings = check(log, ALL, file);

            assertThat(findings.counts()).containsKey(Finding.Kind.OTHER_TREE);
            assertThat(findings.all.toString()).contains("was put back");
        }
    }

    @Test
    void random_deletions_are_found_exactly() throws Exception {
        try (LogBuilder log = log(40, 500)) {
            for (long seed = 1; seed <= 20; seed++) {
                Random random = new Random(seed);
                List<byte[]> lines = new ArrayList<>();
                long missing = 0;
                for (byte[] message : log.messages()) {
                    if (random.nextInt(50) == 0) {
                        missing++;
                    } else {
                        lines.add(message);
                    }
                }

                CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

                assertThat(findings.counts())
                        .as("seed " + seed)
                        .isEqualTo(java.util.Map.of(Finding.Kind.MISSING, missing));
            }
        }
    }

    @Test
    void a_file_of_another_log_has_no_line_of_this_one() throws Exception {
        try (LogBuilder log = log(10, 1000)) {
            List<byte[]> lines = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                lines.add(("<13>1 - - - - - - other " + i).getBytes(UTF_8));
            }

            CollectedFindings findings = check(log, ALL, LogBuilder.lines(lines));

            assertThat(findings.counts().get(Finding.Kind.CHANGED)).isEqualTo(10_010L);
            assertThat(findings.has(Finding.Verdict.TAMPERED)).isTrue();
        }
    }
}
