package io.sealpost.protocol.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.support.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs made to be slow or to break a parser: 64 KiB and more of one thing. */
class HostileInputTest {
    private static final int SIZE = 64 * 1024;

    /** Far above what linear work needs and far below what quadratic work would take. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final int ROUNDS = 200;

    static Stream<String> inputs() {
        String[] heads = {
            "",
            "<13>",
            "<13>1 ",
            "<13>1 - - - - - ",
            "<13>1 2026-11-24T11:59:59Z h a p m ",
            "<13>1 2026-11-24T11:59:59Z h a p m [",
            "<13>1 2026-11-24T11:59:59Z h a p m [a b=\"",
            "<13>1 2026-11-24T11:59:59.",
            "<13>Nov 24 11:59:59 ",
            "<13>Nov 24 11:59:59.",
            "<13>Nov 24 11:59:59 h ",
            "<13>Nov 24 11:59:59 h a:b ",
            "<189>1: ",
            "<189>1: r: "
        };
        String[] units = {
            "1",
            " ",
            "\t",
            "\"",
            "[",
            "]",
            "\\",
            ":",
            "a",
            "a:",
            "a: ",
            "1: ",
            "1:",
            "a b:c",
            "[a b=\"c\"]",
            "[a]",
            "\\\"",
            "UTC ",
            "2026 ",
            "- ",
            "Nov 24 11:59:59 ",
            "::",
            "a[1",
            "a.",
            "%",
            "%a:",
            "r: ",
            "=",
            "<13>",
            "é",
            "\0",
            "info ",
            "RP/0/"
        };
        return Stream.of(heads)
                .flatMap(head -> Stream.of(units).map(u -> head + u.repeat(SIZE / u.length())));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("inputs")
    void long_runs_are_parsed_in_linear_time(String input) {
        byte[] in = input.getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Parsed.of(in, false, origin(), 0, Annotate.ALL)).isNotNull();
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("costly")
    void repeated_parsing_of_long_runs_stays_quick(String input) {
        byte[] in = input.getBytes(StandardCharsets.ISO_8859_1);
        MessageParser parser = new MessageParser();
        MessageScan scan = new MessageScan();
        Origin origin = origin();

        Assertions.assertTimeoutPreemptively(
                LIMIT,
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        parser.parse(in, 0, in.length, false, origin, 0, scan);
                    }
                });
    }

    static Stream<String> costly() {
        return Stream.of(
                        "<13>Nov 24 11:59:59 h a:b ",
                        "<13>Nov 24 11:59:59 h a:b cd",
                        "<13>1 - - - - - [a b=\"",
                        "<189>1: r: ",
                        "<13>")
                .flatMap(
                        head ->
                                Stream.of("a ", "a-", "\\", "1:", "[a]", " ")
                                        .map(u -> head + u.repeat(SIZE / u.length())));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void every_cut_of_a_message_is_understood_or_kept(String input) {
        for (int length = 0; length <= input.length(); length++) {
            String cut = input.substring(0, length);
            assertThatCode(() -> Parsed.of(cut)).as(cut).doesNotThrowAnyException();
        }
    }

    static Stream<String> cuts() {
        return Stream.of(
                "<165>1 2003-10-11T22:14:15.003Z h a p m [e@1 i=\"3\" s=\"\\]\"][x] \u00ef\u00bb\u00bft",
                "<187>138076: RP/0/RP0/CPU0:Dec 11 12:43:29.227 EST: snmpd[1002]: %SNMP-3-X : text",
                "<189>29: foo: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured from console",
                "<134>1 1637748932.123456 MX84 flows src=10.0.0.1 dst=10.0.0.2",
                "<13>Tue Nov 24 11:59:59 2026 UTC : [2001:db8::9] info app[3]: x",
                "<38>Sep 22 10:11:56 Message forwarded from aix7: sshd[679960]: Accepted\r\n");
    }

    private static Origin origin() {
        return Origin.of(Parsed.PEER, ZoneId.of("Europe/Berlin"));
    }
}
