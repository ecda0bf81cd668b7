package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.spool.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "/a/%Y-%m-%d.log,          2026-01-02T03:04:05Z, /a, 2026-01-02.log",
        "/a/b/%Y/%m/%d-%H.log,     2026-01-02T03:04:05Z, /a/b, 2026/01/02-03.log",
        "/a/%Y/%Y-%m.log,          2026-11-30T23:59:59Z, /a, 2026/2026-11.log",
        "/a/100%%/all.log,         2026-01-02T03:04:05Z, /a, 100%/all.log",
        "/a/all.log,               2026-01-02T03:04:05Z, /a, all.log"
    })
    void date_is_put_in(String template, String time, String root, String name) {
        PathTemplate path = PathTemplate.parse(template);
        assertThat(path.root()).isEqualTo(Path.of(root));
        assertThat(path.at(micros(time), ZoneOffset.UTC).name()).isEqualTo(name);
        assertThat(path).hasToString(template);
    }

    @Test
    void day_begins_and_ends_in_the_zone() {
        PathTemplate path = PathTemplate.parse("/a/%Y-%m-%d.log");
        DatedName day = path.at(micros("2026-10-24T22:30:00Z"), BERLIN);
        assertThat(day.name()).isEqualTo("2026-10-25.log");
        assertThat(day.startMicros()).isEqualTo(micros("2026-10-24T22:00:00Z"));
        // 25 hours: the clocks go back
        assertThat(day.endMicros()).isEqualTo(micros("2026-10-25T23:00:00Z"));
        assertThat(day.covers(micros("2026-10-25T22:59:59Z"))).isTrue();
        assertThat(day.covers(day.endMicros())).isFalse();
        assertThat(path.read(day.name(), BERLIN)).contains(day);
    }

    @Test
    void hour_that_comes_twice_is_one_file() {
        PathTemplate path = PathTemplate.parse("/a/%Y-%m-%d-%H.log");
        DatedName first = path.at(micros("2026-10-25T00:30:00Z"), BERLIN);
        DatedName again = path.at(micros("2026-10-25T01:30:00Z"), BERLIN);
        assertThat(first).isEqualTo(again);
        assertThat(first.covers(micros("2026-10-25T01:59:59Z"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/%Y-%m-%e.log, %e is not known here",
        "/a/%hosts%.log,  %h is not known here",
        "/a/x%,           % is not known here",
        "/a/%m-%d.log,    %d needs %Y as well",
        "/a/%H.log,       %H needs %Y as well",
        "/a/%Y-%d.log,    %d needs %m as well",
        "/,               names no file"
    })
    void bad_template_is_refused_with_the_reason(String template, String reason) {
        assertThatThrownBy(() -> PathTemplate.parse(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void only_files_of_the_template_are_found_oldest_first() throws IOException {
        MemoryStorage storage = new MemoryStorage();
        for (String name :
                new String[] {
                    "2026/12-01.log",
                    "2025/12-31.log",
                    "2026/02-30.log",
                    "2026/12-01.log.1",
                    "2026/notes",
                    "lost/12-01.log",
                    "2026/01-01.log"
                }) {
            storage.createFolder(PathTemplate.folderOf(name));
            storage.openForWriting(name).close();
        }
        assertThat(PathTemplate.parse("/a/%Y/%m-%d.log").existing(storage, ZoneOffset.UTC))
                .extracting(DatedName::name)
                .containsExactly("2025/12-31.log", "2026/01-01.log", "2026/12-01.log");
    }

    private static long micros(String time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
    }

    @ParameterizedTest
    @CsvSource({
        "web1.example.com, web1.example.com",
        "../../etc,        .._.._etc",
        "..,               __",
        ".,                _",
        "-,                -",
        "'',               -",
        "a/b:c,            a_b_c",
        "h\u00e4,           h__",
        "~x,               _x"
    })
    void value_of_a_message_never_leaves_the_folder(String host, String becomes) {
        assertThat(name("/a/%host%/x.log", host)).isEqualTo(becomes + "/x.log");
    }

    @Test
    void long_values_are_cut_to_names_that_differ() {
        String first = name("/a/%host%-%Y-%m-%d.log", "h".repeat(255));
        String second = name("/a/%host%-%Y-%m-%d.log", "h".repeat(254) + "i");

        assertThat(first).hasSize(255).endsWith("-2026-01-02.log").isNotEqualTo(second);
        assertThat(name("/a/%host%-%Y-%m-%d.log", "h".repeat(240)))
                .isEqualTo("h".repeat(240) + "-2026-01-02.log");
        assertThat(name("/a/100%%-%host%.log", "h".repeat(246)))
                .isEqualTo("100%-" + "h".repeat(246) + ".log");
        assertThat(name("/a/100%%-%host%.log", "h".repeat(247))).hasSize(255);
        assertThat(name("/a/%host%%app%.log", "h".repeat(255))).hasSizeLessThan(255);
    }

    @Test
    void each_value_has_its_place() {
        MessageHeader header = header("<165>1 2026-01-02T03:04:05Z h a p m - text");

        assertThat(
                        PathTemplate.parse("/a/%facility%/%host%/%app%.log")
                                .at(micros("2026-01-02T03:04:05Z"), ZoneOffset.UTC, header)
                                .name())
                .isEqualTo("local4/h/a.log");
    }

    @Test
    void name_with_values_is_read_back_but_no_other_folder() {
        PathTemplate path = PathTemplate.parse("/a/%host%/%Y-%m-%d.log");

        assertThat(path.read("web1/2026-01-02.log", ZoneOffset.UTC)).isPresent();
        assertThat(path.read("../2026-01-02.log", ZoneOffset.UTC)).isEmpty();
        assertThat(path.read("a/b/2026-01-02.log", ZoneOffset.UTC)).isEmpty();
    }

    private static String name(String template, String host) {
        MessageHeader header = header("<13>1 - " + host + " app - - - text");
        return PathTemplate.parse(template)
                .at(micros("2026-01-02T03:04:05Z"), ZoneOffset.UTC, header)
                .name();
    }

    private static MessageHeader header(String message) {
        byte[] frame = (message.getBytes(UTF_8).length + " " + message).getBytes(UTF_8);
        MessageHeader header = new MessageHeader();
        header.read(frame, 0, frame.length);
        return header;
    }
}
