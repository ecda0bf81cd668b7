package io.sealpost.protocol.relp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelpFramerTest {
    @Test
    void frames_with_and_without_data_are_found() {
        assertThat(
                        FramerDriver.of(
                                64, "1 open 3 a=b\n2 syslog 5 hello\n3 close 0\n0 serverclose 0\n"))
                .isEqualTo("1 open[a=b]2 syslog[hello]3 close[]0 serverclose[]");
    }

    @Test
    void data_is_any_octets() {
        assertThat(FramerDriver.of(64, "2 syslog 9 a\nb\0\r\n3 x\n3 rsp 6 200 OK\n"))
                .isEqualTo("2 syslog[a\nb\0\r\n3 x]3 rsp[200 OK]");
    }

    @Test
    void commands_are_told_apart() {
        List<RelpFramer.Command> commands = new ArrayList<>();
        String stream =
                "1 open 0\n1 syslog 0\n1 close 0\n1 rsp 0\n1 serverclose 0\n1 starttls 0\n1 Syslog 0\n";
        byte[] octets = Pieces.octets(stream);
        RelpFramer framer = new RelpFramer(64);

        for (int from = 0;
                framer.next(octets, from, octets.length) == RelpFramer.Result.FRAME;
                from = framer.consumedTo()) {
            commands.add(framer.command());
        }

        assertThat(commands)
                .containsExactly(
                        RelpFramer.Command.OPEN,
                        RelpFramer.Command.SYSLOG,
                        RelpFramer.Command.CLOSE,
                        RelpFramer.Command.RSP,
                        RelpFramer.Command.SERVERCLOSE,
                        RelpFramer.Command.UNKNOWN,
                        RelpFramer.Command.UNKNOWN);
    }

    @Test
    void limits_of_a_header_are_inclusive() {
        String name = "a".repeat(32);

        assertThat(FramerDriver.of(64, "999999999 " + name + " 000000001 x\n000000007 Zz 0\n"))
                .isEqualTo("999999999 " + name + "[x]7 Zz[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\" 1 open 0\"     | TXNR is not 1 to 9 digits",
                "1234567890 open 0 | TXNR is not 1 to 9 digits",
                "-1 open 0         | TXNR is not 1 to 9 digits",
                "<13>hello         | TXNR is not 1 to 9 digits",
                "1open 0           | no blank behind TXNR",
                "1                 | no blank behind TXNR",
                "1  open 0         | command is not 1 to 32 letters",
                "1 op3n 0          | command is not 1 to 32 letters",
                "1 aaaaaaaaaabbbbbbbbbbccccccccccddd 0 | command is not 1 to 32 letters",
                "1 open            | command is not 1 to 32 letters",
                "1 open  0         | DATALEN is not 1 to 9 digits",
                "1 open 1234567890 | DATALEN is not 1 to 9 digits",
                "1 open -1         | DATALEN is not 1 to 9 digits",
                "1 open 3          | no blank behind DATALEN",
                "1 open 3x         | no blank behind DATALEN",
                "\"1 open 0 \"     | no LF where the frame has to end",
                "1 open 3 abcd     | no LF where the frame has to end",
                "1 open 70 0123456789012345678901234567890123456789012345678901234567890123456789X"
                        + " | no LF where the frame has to end"
            })
    void what_is_no_frame_is_malformed(String line, String reason) {
        String stream = line + "\n2 syslog 1 x\n";

        assertThat(FramerDriver.of(64, stream)).endsWith("malformed: " + reason);
        assertThat(FramerDriver.of(64, Pieces.singly(stream)))
                .isEqualTo(FramerDriver.of(64, stream));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 close 0\r\n", "1 syslog 1 x\r\n"})
    void carriage_return_behind_a_frame_is_malformed(String stream) {
        assertThat(FramerDriver.of(64, stream))
                .isEqualTo("malformed: no LF where the frame has to end");
    }

    @Test
    void nothing_is_found_behind_what_is_malformed() {
        assertThat(
                        FramerDriver.of(
                                64, Pieces.of(Pieces.octets("x\n" + "1 close 0\n".repeat(3)), 2)))
                .isEqualTo("malformed: TXNR is not 1 to 9 digits");
    }

    @Test
    void data_at_the_maximum_is_whole_and_above_it_is_cut_and_skipped() {
        String stream =
                "1 syslog 8 12345678\n2 syslog 9 123456789\n3 syslog 20 "
                        + "y\n".repeat(10)
                        + "\n4 close 0\n";

        assertThat(FramerDriver.of(8, stream))
                .isEqualTo(
                        "1 syslog[12345678]2 syslog[12345678...]3 syslog["
                                + "y\n".repeat(4)
                                + "...]4 close[]");
        assertThat(FramerDriver.of(8, Pieces.singly(stream))).isEqualTo(FramerDriver.of(8, stream));
    }

    @Test
    void frame_above_the_maximum_is_unfinished_until_its_lf() {
        byte[] stream = Pieces.octets("1 syslog 10 0123456789\n2 close 0\n");
        RelpFramer framer = new RelpFramer(4);

        assertThat(framer.next(stream, 0, 16)).isEqualTo(RelpFramer.Result.FRAME);
        assertThat(framer.unfinished()).isTrue();
        assertThat(framer.next(stream, framer.consumedTo(), 22))
                .isEqualTo(RelpFramer.Result.NEED_MORE);
        assertThat(framer.unfinished()).isTrue();
        assertThat(framer.next(stream, framer.consumedTo(), 23))
                .isEqualTo(RelpFramer.Result.NEED_MORE);
        assertThat(framer.unfinished()).isFalse();
        assertThat(framer.next(stream, framer.consumedTo(), stream.length))
                .isEqualTo(RelpFramer.Result.FRAME);
        assertThat(framer.txnr()).isEqualTo(2);
    }

    @Test
    void rest_stays_bounded_whatever_length_is_announced() {
        FramerDriver driver = new FramerDriver(1000);
        driver.read(Pieces.octets("1 syslog 999999999 "));
        for (int i = 0; i < 10_000; i++) {
            driver.read(new byte[700]);
        }

        assertThat(driver).hasToString("1 syslog[" + "\0".repeat(1000) + "...]");
        assertThat(driver.largestRest()).isEqualTo(700);
    }

    @Test
    void frame_whole_but_for_its_lf_is_the_largest_rest() {
        FramerDriver driver = new FramerDriver(1000);
        driver.read(Pieces.octets("1 syslog 1000 " + "x".repeat(1000)));

        assertThat(driver.largestRest()).isEqualTo(1000).isEqualTo(new RelpFramer(1000).maxRest());
    }

    @Test
    void header_whole_but_for_its_blank_is_the_largest_rest_where_data_is_short() {
        FramerDriver driver = new FramerDriver(8);
        driver.read(Pieces.octets("999999999 " + "a".repeat(32) + " 000000001"));

        assertThat(driver.largestRest()).isEqualTo(new RelpFramer(8).maxRest());
        driver.read(Pieces.octets(" x\n"));
        assertThat(driver).hasToString("999999999 " + "a".repeat(32) + "[x]");
    }

    @Test
    void long_data_costs_linear_time_however_it_is_cut() {
        // 64 MiB in pieces of 8 octets: re-reading it each time would take 256 TiB of looks
        int length = 1 << 26;
        byte[] header = Pieces.octets("1 syslog " + length + " ");
        byte[] stream = new byte[header.length + length];
        System.arraycopy(header, 0, stream, 0, header.length);
        RelpFramer framer = new RelpFramer(length);

        int from = 0;
        for (int end = 8; end < stream.length; end += 8) {
            if (framer.next(stream, from, end) != RelpFramer.Result.NEED_MORE) {
                throw new AssertionError("no frame is there yet");
            }
            from = framer.consumedTo();
        }

        assertThat(from).isEqualTo(header.length);
    }

    @Test
    void number_behind_the_last_is_one() {
        assertThat(RelpFramer.following(1)).isEqualTo(2);
        assertThat(RelpFramer.following(999_999_998)).isEqualTo(999_999_999);
        assertThat(RelpFramer.following(999_999_999)).isEqualTo(1);
    }
}
