package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The state of a file upstream as it lies on disk; a change here needs a new version number. */
class ArchiveStateTest {
    private static final Path PAGE = Path.of("..", "docs", "format", "file-upstream-state.md");
    private static final ArchiveState STATE =
            new ArchiveState(
                    "a/ü",
                    0x01_02_03_04_05_06_07_08L,
                    0x11_12_13_14_15_16_17_18L,
                    0x21_22_23_24_25_26_27_28L,
                    new Layout(Format.JSON, Framing.LF));

    @Test
    void the_state_is_the_golden_file_and_reads_back() throws IOException {
        assertThat(STATE.encode()).isEqualTo(golden());
        assertThat(ArchiveState.decode(golden())).contains(STATE);
    }

    /** Cuts the golden file as the byte table of the page says. */
    @Test
    void the_page_says_where_each_field_of_the_golden_file_lies() throws IOException {
        String page = Files.readString(PAGE);
        List<String> fields =
                Pattern.compile("^\\| (\\d+) \\| (\\d+|rest) \\| (\\w+)", Pattern.MULTILINE)
                        .matcher(page)
                        .results()
                        .map(row -> row.group(3) + " " + octets(row.group(1), row.group(2)))
                        .toList();

        assertThat(fields)
                .containsExactly(
                        "version 02",
                        "framing 00",
                        "format 02",
                        "inode 0102030405060708",
                        "length 1112131415161718",
                        "sequence 2122232425262728",
                        "path " + HexFormat.of().formatHex("a/ü".getBytes(UTF_8)));
        assertThat(page).contains("`relay/src/test/resources/format/file-upstream-state.hex`");
    }

    @ParameterizedTest
    @EnumSource
    void each_layout_is_read_as_written(Format format) {
        for (Framing framing : Framing.values()) {
            Layout layout = new Layout(format, framing);
            ArchiveState state = new ArchiveState("2026-11-24.log", 1L << 40, 1L << 41, 7, layout);

            assertThat(ArchiveState.decode(state.encode())).contains(state);
        }
    }

    @Test
    void a_state_of_version_1_is_rfc_5424() {
        byte[] first =
                HexFormat.of()
                        .parseHex(
                                "0101"
                                        + "0102030405060708"
                                        + "11".repeat(8)
                                        + "21".repeat(8)
                                        + "61");

        assertThat(ArchiveState.decode(first))
                .contains(
                        new ArchiveState(
                                "a",
                                0x01_02_03_04_05_06_07_08L,
                                0x11_11_11_11_11_11_11_11L,
                                0x21_21_21_21_21_21_21_21L,
                                new Layout(Format.RFC5424, Framing.OCTET_COUNTING)));
        assertThat(ArchiveState.decode(Arrays.copyOf(first, 25))).isEmpty();
    }

    @Test
    void an_unknown_format_is_no_state() {
        byte[] unknown = STATE.encode();
        unknown[2] = 4;

        assertThat(ArchiveState.decode(unknown)).isEmpty();
    }

    @Test
    void a_later_version_or_a_cut_state_is_none() {
        byte[] later = STATE.encode();
        later[0] = 3;

        assertThat(ArchiveState.decode(later)).isEmpty();
        assertThat(ArchiveState.decode(new byte[0])).isEmpty();
        assertThat(ArchiveState.decode(Arrays.copyOf(STATE.encode(), 26))).isEmpty();
    }

    private static String octets(String offset, String count) {
        try {
            byte[] golden = golden();
            int from = Integer.parseInt(offset);
            int to = count.equals("rest") ? golden.length : from + Integer.parseInt(count);
            return HexFormat.of().formatHex(golden, from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] golden() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        ArchiveStateTest.class.getResourceAsStream(
                                "/format/file-upstream-state.hex"))) {
            return HexFormat.of()
                    .parseHex(
                            new String(in.readAllBytes(), UTF_8)
                                    .lines()
                                    .map(line -> line.substring(6).replace(" ", ""))
                                    .collect(Collectors.joining()));
        }
    }
}
