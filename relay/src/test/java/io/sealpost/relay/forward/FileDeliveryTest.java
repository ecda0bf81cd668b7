package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.MemoryStorage;
import io.sealpost.relay.spool.SteppedSpool;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real file system. */
class FileDeliveryTest {
    private static final String TODAY = "2026-11-24.log";

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock("2026-11-24T12:00:00Z");
    private final Storage spoolDisk = new MemoryStorage();
    private final AtomicLong escaped = new AtomicLong();
    private SteppedSpool spool;
    private FileDelivery delivery;
    private Framing framing = Framing.LF;
    private Format format = Format.RFC5424;
    private long maxBytes = Long.MAX_VALUE;
    private String template = "%Y-%m-%d.log";
    private int maxOpen = 3;

    @BeforeEach
    void begin() throws Exception {
        spool = SteppedSpool.open(spoolDisk, "archive", clock);
        delivery = newDelivery();
        delivery.settle();
    }

    @AfterEach
    void end() throws Exception {
        delivery.close();
    }

    private FileDelivery newDelivery() {
        FileUpstreamSettings settings =
                new FileUpstreamSettings(
                        "archive",
                        PathTemplate.parse(folder.resolve("archive/" + template).toString()),
                        ZoneId.of("Europe/Berlin"),
                        Duration.ofDays(14),
                        maxBytes,
                        new Layout(format, framing),
                        Duration.ofMillis(1),
                        Duration.ofMillis(1),
                        maxOpen);
        ForwardObserver counting =
                new ForwardObserver() {
                    @Override
                    public void escaped(String upstream, long octets) {
                        escaped.addAndGet(octets);
                    }
                };
        return new FileDelivery(
                settings, spool.queue(), FileStorage.at(settings.path().root()), clock, counting);
    }

    /** The relay starts again, with what it had made durable. */
    private void restart() throws Exception {
        delivery.close();
        spool.close();
        begin();
    }

    private void take(String... messages) throws Exception {
        for (String message : messages) {
            spool.put(message);
        }
        spool.commit();
        while (delivery.deliver(Duration.ZERO) > 0) {}
    }

    private Path path(String name) {
        return folder.resolve("archive").resolve(name);
    }

    private String content(String name) throws IOException {
        return Files.readString(path(name), UTF_8);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("archive"))) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    /** What this process has open below the archive's folder. */
    private List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    open.add(Files.readSymbolicLink(descriptor));
                }
            }
        }
        return open.stream().filter(file -> file.startsWith(folder.resolve("archive"))).toList();
    }

    private void append(String name, String text) throws IOException {
        Files.writeString(path(name), text, StandardOpenOption.APPEND);
    }

    @Test
    void messages_are_lines_of_the_file_of_the_day() throws Exception {
        take("<13>1 - - - - - - one", "<13>1 - - - - - - two\twith a TAB");

        assertThat(content(TODAY))
                .isEqualTo("<13>1 - - - - - - one\n<13>1 - - - - - - two\twith a TAB\n");
        assertThat(Files.getPosixFilePermissions(path(TODAY)))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(spool.books().delivered()).isEqualTo(2);
        assertThat(delivery.unconfirmed()).isZero();
    }

    @Test
    void control_octets_are_escaped_and_counted() throws Exception {
        take("a\nb\r\nc\0d");

        assertThat(content(TODAY)).isEqualTo("a\\nb\\r\\nc\\0d\n");
        assertThat(escaped).hasValue(4);
    }

    @Test
    void octet_counting_leaves_all_octets_as_they_are() throws Exception {
        framing = Framing.OCTET_COUNTING;
        restart();
        take("a\nb\0", "c");

        assertThat(content(TODAY)).isEqualTo("4 a\nb\0" + "1 c");
        assertThat(escaped).hasValue(0);
    }

    @Test
    void changed_framing_is_used_from_the_next_message_on() throws Exception {
        take("one");
        framing = Framing.OCTET_COUNTING;
        restart();
        take("two");
        assertThat(content(TODAY)).isEqualTo("one\n3 two");
    }

    @Test
    void new_day_is_a_new_file_in_the_zone() throws Exception {
        clock.set("2026-11-24T22:59:59Z");
        take("one");
        clock.set("2026-11-24T23:00:00Z"); // midnight in Berlin
        take("two");

        assertThat(content("2026-11-24.log")).isEqualTo("one\n");
        assertThat(content("2026-11-25.log")).isEqualTo("two\n");
    }

    @Test
    void backlog_goes_to_the_files_of_the_days_it_was_received_on() throws Exception {
        for (int day = 24; day < 27; day++) {
            clock.set("2026-11-" + day + "T12:00:00Z");
            spool.put("day " + day);
            spool.commit();
        }
        take();

        assertThat(files()).containsExactly("2026-11-24.log", "2026-11-25.log", "2026-11-26.log");
        assertThat(content("2026-11-25.log")).isEqualTo("day 25\n");
    }

    @Test
    void batches_out_of_order_around_midnight_go_to_the_files_of_their_days() throws Exception {
        clock.set("2026-11-24T23:00:01Z");
        take("one");
        clock.set("2026-11-24T22:59:59Z");
        take("two");
        clock.set("2026-11-24T23:00:02Z");
        take("three");
        assertThat(content("2026-11-24.log")).isEqualTo("two\n");
        assertThat(content("2026-11-25.log")).isEqualTo("one\nthree\n");
    }

    @Test
    void file_renamed_while_running_is_left_and_a_new_one_begun() throws Exception {
        take("one");
        Files.move(path(TODAY), path(TODAY + ".1"));
        take("two");
        restart();
        take("three");

        assertThat(content(TODAY + ".1")).isEqualTo("one\n");
        assertThat(content(TODAY)).isEqualTo("two\nthree\n");
    }

    @Test
    void file_renamed_and_made_anew_by_others_while_running_is_used() throws Exception {
        take("one");
        Files.move(path(TODAY), path(TODAY + ".1"));
        Files.createFile(path(TODAY));
        take("two");

        assertThat(content(TODAY + ".1")).isEqualTo("one\n");
        assertThat(content(TODAY)).isEqualTo("two\n");
    }

    @Test
    void file_renamed_while_idle_is_let_go_within_a_second() throws Exception {
        take("one");
        Files.move(path(TODAY), path(TODAY + ".1"));
        clock.advance(Duration.ofSeconds(2));
        delivery.deliver(Duration.ZERO);
        assertThat(openFiles()).doesNotContain(path(TODAY), path(TODAY + ".1"));
        Files.writeString(path(TODAY), "others\n");
        take("two");

        assertThat(content(TODAY + ".1")).isEqualTo("one\n");
        assertThat(content(TODAY)).isEqualTo("others\ntwo\n");
    }

    @Test
    void removed_file_begins_anew() throws Exception {
        take("one");
        Files.delete(path(TODAY));
        take("two");
        assertThat(content(TODAY)).isEqualTo("two\n");
    }

    @Test
    void copytruncate_while_running_leaves_no_hole() throws Exception {
        take("one", "two");
        Files.copy(path(TODAY), path(TODAY + ".1"), StandardCopyOption.REPLACE_EXISTING);
        Files.write(path(TODAY), new byte[0]);
        take("three");
        restart();
        take("four");

        assertThat(content(TODAY + ".1")).isEqualTo("one\ntwo\n");
        assertThat(content(TODAY)).isEqualTo("three\nfour\n");
    }

    @Test
    void copytruncate_while_down_is_seen_at_the_start() throws Exception {
        take("one", "two");
        delivery.close();
        spool.close();
        Files.write(path(TODAY), new byte[0]);
        begin();
        take("three");
        assertThat(content(TODAY)).isEqualTo("three\n");
    }

    @Test
    void rename_while_down_is_followed_by_inode() throws Exception {
        take("one");
        spool.put("two");
        spool.commit();
        delivery.close();
        // written by a process that was killed before its cursor was durable
        append(TODAY, "two\n");
        Files.move(path(TODAY), path(TODAY + "-rotated"));
        spool.close();
        begin();
        take("three");

        assertThat(content(TODAY + "-rotated")).isEqualTo("one\ntwo\n");
        assertThat(content(TODAY)).isEqualTo("three\n");
        assertThat(spool.books().delivered()).isEqualTo(3);
    }

    @Test
    void whole_messages_behind_the_cursor_are_kept_and_a_partial_one_is_cut() throws Exception {
        take("one");
        spool.put("two");
        spool.put("three");
        spool.put("four");
        spool.commit();
        append(TODAY, "two\nthree\nfo");
        restart();
        assertThat(content(TODAY)).isEqualTo("one\ntwo\nthree\n");
        assertThat(spool.books().delivered()).isEqualTo(3);

        take();
        assertThat(content(TODAY)).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void after_a_change_of_format_the_file_is_compared_in_the_format_it_was_written_in()
            throws Exception {
        String line = "{\"facility\":\"user\",\"facility_code\":1,\"severity\":\"notice\"";
        format = Format.JSON;
        restart();
        take("<13>1 - - - - - - one");
        spool.put("<13>1 - - - - - - two");
        spool.put("<13>1 - - - - - - three");
        spool.commit();
        append(TODAY, line + ",\"severity_code\":5,\"message\":\"two\"}\n" + line);
        format = Format.RFC3164;
        restart();
        take("<13>1 - - a - - - four");

        assertThat(content(TODAY))
                .isEqualTo(
                        line
                                + ",\"severity_code\":5,\"message\":\"one\"}\n"
                                + line
                                + ",\"severity_code\":5,\"message\":\"two\"}\n"
                                + "<13>- -: three\n<13>- a: four\n");
        assertThat(spool.books().delivered()).isEqualTo(4);
    }

    @Test
    void torn_write_with_lost_sectors_is_cut() throws Exception {
        take("one");
        spool.put("two");
        spool.put("three");
        spool.commit();
        append(TODAY, "two\nth\0\0\0\n");
        restart();
        take();
        assertThat(content(TODAY)).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void octets_of_others_are_left_and_messages_behind_them_count() throws Exception {
        take("one");
        spool.put("two");
        spool.put("three");
        spool.put("four");
        spool.commit();
        append(TODAY, "foreign A\ntwo\nforeign B\nthree\nfo");
        restart();
        take();

        assertThat(content(TODAY)).isEqualTo("one\nforeign A\ntwo\nforeign B\nthree\nfour\n");
        assertThat(spool.books().delivered()).isEqualTo(4);
    }

    @Test
    void unfinished_line_of_others_is_ended_before_ours() throws Exception {
        take("one");
        append(TODAY, "foreign");
        take("two");
        append(TODAY, "foreign again");
        restart();
        take("three");
        assertThat(content(TODAY)).isEqualTo("one\nforeign\ntwo\nforeign again\nthree\n");
    }

    @Test
    void reopen_lets_the_file_go_and_the_next_message_opens_it() throws Exception {
        take("one");
        assertThat(openFiles()).contains(path(TODAY));
        delivery.reopen();
        delivery.deliver(Duration.ZERO);
        assertThat(openFiles()).doesNotContain(path(TODAY));
        take("two");

        assertThat(content(TODAY)).isEqualTo("one\ntwo\n");
    }

    @Test
    void files_older_than_keep_are_removed_at_the_date_change() throws Exception {
        take("one");
        Files.writeString(path("2026-11-11.log"), "not yet 14 days\n");
        Files.writeString(path("2026-11-10.log"), "ended 14 days and a minute ago\n");
        Files.writeString(path("2026-11-10.log.gz"), "not ours\n");
        clock.set("2026-11-24T22:59:00Z");
        take("two");
        assertThat(files()).contains("2026-11-10.log");

        clock.set("2026-11-24T23:01:00Z");
        take("three");
        assertThat(files())
                .containsExactly(
                        "2026-11-10.log.gz", "2026-11-11.log", "2026-11-24.log", "2026-11-25.log");
    }

    @Test
    void oldest_files_are_removed_above_max_size_but_never_the_current() throws Exception {
        maxBytes = 1000;
        restart();
        Files.createDirectories(folder.resolve("archive"));
        Files.writeString(path("2026-11-21.log"), "x".repeat(400));
        Files.writeString(path("2026-11-22.log"), "x".repeat(400));
        Files.writeString(path("2026-11-23.log"), "x".repeat(400));
        take("one");
        assertThat(files()).containsExactly("2026-11-22.log", "2026-11-23.log", TODAY);

        take("y".repeat(900));
        take("z".repeat(900));
        assertThat(files()).containsExactly(TODAY);
        assertThat(content(TODAY)).hasSize(4 + 901 + 901);
    }

    @Test
    void folder_that_is_a_file_is_an_error_and_loses_nothing() throws Exception {
        take("one");
        Files.move(path(TODAY), folder.resolve("saved"));
        Files.delete(folder.resolve("archive"));
        Files.writeString(folder.resolve("archive"), "in the way");
        spool.put("two");
        spool.commit();
        assertThatThrownBy(() -> delivery.deliver(Duration.ZERO)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> delivery.settle())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("should be a folder");

        Files.delete(folder.resolve("archive"));
        delivery.settle();
        take();
        assertThat(content(TODAY)).isEqualTo("two\n");
    }

    @Test
    void message_larger_than_the_buffers_is_written_whole() throws Exception {
        String large = "a\n".repeat(400);
        take(large, large);
        assertThat(content(TODAY)).isEqualTo(("a\\n".repeat(400) + "\n").repeat(2));
    }

    private static String from(String host, String text) {
        return "<13>1 - " + host + " app - - - " + text;
    }

    @Test
    void each_host_has_its_file_and_only_some_are_open_at_a_time() throws Exception {
        template = "%host%.log";
        restart();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.add(from("h" + i % 10, "#" + i));
        }
        take(messages.toArray(String[]::new));

        assertThat(Set.copyOf(openFiles())).hasSize(3);
        for (int host = 0; host < 10; host++) {
            List<String> expected = new ArrayList<>();
            for (int i = host; i < 100; i += 10) {
                expected.add(messages.get(i));
            }
            assertThat(content("h" + host + ".log").lines()).isEqualTo(expected);
        }
        assertThat(spool.books().delivered()).isEqualTo(100);
    }

    @Test
    void hostile_hosts_stay_in_the_folder() throws Exception {
        template = "%host%";
        restart();
        String list = ".sealpost~archive.files";
        take(
                from("../../etc", "1"),
                from("..", "2"),
                from(".", "3"),
                from("-", "4"),
                from("x".repeat(255), "5"),
                from("x".repeat(300), "6"),
                from(list, "7"));

        assertThat(files())
                .hasSize(8)
                .contains(".._.._etc", "__", "_", "-", list, list.replace('~', '_'))
                .contains("x".repeat(255));
        try (Stream<Path> there = Files.list(folder)) {
            assertThat(there).hasSize(1);
        }
        assertThat(content(list).lines()).hasSize(7);
    }

    @Test
    void messages_that_some_files_have_already_are_not_written_again() throws Exception {
        template = "%host%.log";
        restart();
        take(from("a", "0"), from("b", "0"), from("c", "0"));
        spool.put(from("a", "1"));
        spool.put(from("b", "1"));
        spool.put(from("c", "1"));
        spool.put(from("b", "2"));
        spool.put(from("a", "2"));
        spool.put(from("c", "2"));
        spool.commit();
        // by a process that was killed in the midst of a round
        append("b.log", from("b", "1") + "\nothers\n" + from("b", "2") + "\n");
        append("c.log", from("c", "1") + "\n" + from("c", "2").substring(0, 9));
        restart();
        assertThat(spool.books().delivered()).isEqualTo(7);
        take();

        assertThat(content("a.log").lines())
                .containsExactly(from("a", "0"), from("a", "1"), from("a", "2"));
        assertThat(content("b.log").lines())
                .containsExactly(from("b", "0"), from("b", "1"), "others", from("b", "2"));
        assertThat(content("c.log").lines())
                .containsExactly(from("c", "0"), from("c", "1"), from("c", "2"));
        assertThat(spool.books().delivered()).isEqualTo(9);
    }

    @Test
    void after_a_change_of_path_files_are_looked_for_under_the_old_one() throws Exception {
        template = "%host%.log";
        restart();
        take(from("a", "0"));
        spool.put(from("a", "1"));
        spool.put(from("a", "2"));
        spool.commit();
        append("a.log", from("a", "1") + "\n");
        template = "%Y-%m-%d.log";
        restart();
        take();

        assertThat(content("a.log").lines()).containsExactly(from("a", "0"), from("a", "1"));
        assertThat(content(TODAY).lines()).containsExactly(from("a", "2"));
    }

    @Test
    void only_own_files_are_removed_and_each_counts_as_a_block() throws Exception {
        template = "%host%.log";
        maxBytes = 5 * 4096;
        restart();
        Files.writeString(path("others.log"), "x".repeat(100_000));
        for (int i = 0; i < 8; i++) {
            take(from("h" + i, "text"));
        }

        assertThat(files())
                .contains("others.log", "h7.log", "h6.log", "h5.log")
                .doesNotContain("h0.log", "h1.log", "h2.log");
        assertThat(spool.books().delivered()).isEqualTo(8);
    }
}
