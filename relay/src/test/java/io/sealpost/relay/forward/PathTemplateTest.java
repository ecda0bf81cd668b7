package io.sealpost.relay.forward;

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
        "/a/%host%.log,   %h is not known here",
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
}
