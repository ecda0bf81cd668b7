package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.spool.Source;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The worked example of {@code docs/integrity.md}, made again by the code. */
class WorkedExampleTest {
    private static final String ORIGIN = "relay1/sealpost/example";
    private static final String MESSAGE = "<13>1 2027-01-15T08:00:00Z web su - - - hello";
    private static final long RECEIVED = 1_800_000_000_000_000L;

    private static String section() throws Exception {
        String page = Files.readString(Path.of("../docs/integrity.md"));
        int begin = page.indexOf("### Worked example");
        return page.substring(begin, page.indexOf("\n## ", begin));
    }

    /** The octets in the first column of a table, which begins with this title. */
    private static String octets(String section, String title) {
        String table = section.substring(section.indexOf("| " + title + " | |"));
        return Pattern.compile("^\\| (`[^|]*`) \\|", Pattern.MULTILINE)
                .matcher(table.substring(0, table.indexOf("\n\n")))
                .results()
                .map(MatchResult::group)
                .map(cell -> cell.replaceAll("[| `]", ""))
                .collect(Collectors.joining());
    }

    @Test
    void octets_hashes_note_and_key_are_as_the_page_says() throws Exception {
        String section = section();
        byte[] message = MESSAGE.getBytes(UTF_8);
        byte[] first = Entry.ofMessage(message, 0, message.length);
        BatchEntry.Run run =
                new BatchEntry.Run(
                        new Source(
                                "tcp",
                                Source.Transport.TCP,
                                new InetSocketAddress("10.1.2.3", 40_000),
                                300,
                                Source.NO_CERTIFICATE),
                        RECEIVED,
                        1,
                        1,
                        1);
        byte[] second =
                new BatchEntry(
                                0,
                                0,
                                RECEIVED + 100,
                                List.of(run),
                                List.of(),
                                new TreeMap<>(Map.of(0, "archive")))
                        .encode();
        MerkleHash hashing = new MerkleHash();
        Hash one = hashing.leaf(first);
        Hash two = hashing.leaf(second);
        Hash root = hashing.node(one, two);
        SigningKey key = SigningKey.ofSeed(ORIGIN, SignatureType.ED25519, new byte[32]);
        String text = new Checkpoint(ORIGIN, 2, root).text();
        String note = new SignedNote(text, List.of(key.sign(text, 0))).print();

        HexFormat hex = HexFormat.of();
        String[] ends = octets(section, "entry 0").split("\\.\\.\\.", -1);
        assertThat(hex.formatHex(first)).startsWith(ends[0]).endsWith(ends[1]);
        assertThat(ends[0]).hasSizeGreaterThan(8);
        assertThat(octets(section, "entry 1")).isEqualTo(hex.formatHex(second));
        assertThat(section)
                .contains("`" + MESSAGE + "`")
                .contains("Leaf hash `" + MemoryTree.hex(one) + "`.")
                .contains("Leaf hash `" + MemoryTree.hex(two) + "`;")
                .contains("`" + MemoryTree.hex(root) + "`.")
                .contains("```\n" + note + "```")
                .contains("`" + key.verifier().print() + "`.");
    }
}
