package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final long FNV_OF_A = 0xaf63dc4c8601ec8cL;
    private static final ArchiveState STATE =
            new ArchiveState(
                    new Layout(Format.JSON, Framing.LF),
                    0x21_22_23_24_25_26_27_28L,
                    List.of(
                            new ArchiveState.Part(
                                    0x31_32_33_34_35_36_37_38L,
                                    0x01_02_03_04_05_06_07_08L,
                                    0x11_12_13_14_15_16_17_18L)),
                    "a/ü");

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
                        "version 03",
                        "framing 00",
                        "format 02",
                        "sequence 2122232425262728",
                        "count 0001",
                        "name 3132333435363738",
                        "inode 0102030405060708",
                        "length 1112131415161718",
                        "path " + HexFormat.of().formatHex("a/ü".getBytes(UTF_8)));
        assertThat(page).contains("`relay/src/test/resources/format/file-upstream-state.hex`");
    }

    @ParameterizedTest
    @EnumSource
    void each_layout_is_read_as_written(Format format) {
        for (Framing framing : Framing.values()) {
            Layout layout = new Layout(format, framing);
            List<ArchiveState.Part> files = new ArrayList<>();
            for (int i = 0; i < ArchiveState.MAX_FILES; i++) {
                files.add(new ArchiveState.Part(-i, 1L << 40, i));
            }
            ArchiveState state =
                    new ArchiveState(layout, 7, files, "p".repeat(ArchiveState.MAX_PATH));

            assertThat(ArchiveState.decode(state.encode())).contains(state);
            assertThat(state.encode()).as("fits into the cursor").hasSizeLessThan(4096);
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
                                new Layout(Format.RFC5424, Framing.OCTET_COUNTING),
                                0x21_21_21_21_21_21_21_21L,
                                List.of(
                                        new ArchiveState.Part(
                                                FNV_OF_A,
                                                0x01_02_03_04_05_06_07_08L,
                                                0x11_11_11_11_11_11_11_11L)),
                                ""));
        assertThat(ArchiveState.decode(Arrays.copyOf(first, 25))).isEmpty();
    }

    @Test
    void a_state_of_version_2_is_one_of_one_file() {
        byte[] second =
                HexFormat.of()
                        .parseHex(
                                "020002"
                                        + "0102030405060708"
                                        + "11".repeat(8)
                                        + "21".repeat(8)
                                        + "61");

        assertThat(ArchiveState.decode(second))
                .contains(
                        new ArchiveState(
                                new Layout(Format.JSON, Framing.LF),
                                0x21_21_21_21_21_21_21_21L,
                                List.of(
                                        new ArchiveState.Part(
                                                FNV_OF_A,
                                                0x01_02_03_04_05_06_07_08L,
                                                0x11_11_11_11_11_11_11_11L)),
                                ""));
        assertThat(ArchiveState.decode(Arrays.copyOf(second, 26))).isEmpty();
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
        later[0] = 4;

        assertThat(ArchiveState.decode(later)).isEmpty();
        assertThat(ArchiveState.decode(new byte[0])).isEmpty();
        assertThat(ArchiveState.decode(Arrays.copyOf(STATE.encode(), 36))).isEmpty();
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
