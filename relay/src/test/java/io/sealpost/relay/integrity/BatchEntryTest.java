package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.integrity.BatchEntry.Change;
import io.sealpost.relay.integrity.BatchEntry.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BatchEntryTest {
    @Test
    void the_octets_are_those_of_the_table() {
        Run first = new Run(BatchEntries.source(300), 1_800_000_000_000_000L, 1, 2, 5);
        Run second = new Run(BatchEntries.source(300), 1_800_000_000_000_001L, 3, 1, 1);
        Hash original = new MerkleHash().leaf(new byte[0]);
        BatchEntry entry =
                BatchEntries.entry(
                        130,
                        List.of(first, second),
                        List.of(
                                new Change(1, 2, 9, Optional.of(original)),
                                new Change(2, 0, 4, Optional.empty())));

        String octets = HexFormat.of().formatHex(entry.encode());

        assertThat(octets)
                .isEqualTo(
                        "02" // metadata
                                + "01" // version
                                + "8201" // leaf 130
                                + "8402" // sequence 260
                                + "03" // messages
                                + "e480e2c4f2a29903" // append time
                                + "01" // sources
                                + "01"
                                + "04"
                                + "0a010203"
                                + "9c40" // TCP 10.1.2.3:40000
                                + "ac02"
                                + "03"
                                + "746370"
                                + "00" // connection 300, tcp
                                + "02" // runs
                                + "00"
                                + "c701"
                                + "02"
                                + "02"
                                + "05" // 100 µs before, ordinal 1
                                + "00"
                                + "02"
                                + "00"
                                + "01"
                                + "01" // 1 µs later, next ordinal
                                + "02" // changes
                                + "01"
                                + "02"
                                + "09"
                                + "01" // message 1, form, reasons, hashed
                                + "6e340b9cffb37a989ca544e6bb780a2c"
                                + "78901d3fb33738768511a30617afa01d"
                                + "01"
                                + "00"
                                + "04"
                                + "00" // message 2
                                + "02" // upstreams
                                + "00"
                                + "03"
                                + "757030"
                                + "02"
                                + "03"
                                + "757032");
    }

    @Test
    void what_is_encoded_is_decoded() {
        for (long seed = 1; seed <= 1000; seed++) {
            BatchEntry entry = BatchEntries.random(new Random(seed), seed, 20);

            assertThat(BatchEntry.decode(entry.encode())).as("seed " + seed).contains(entry);
        }
    }

    @Test
    void other_octets_are_another_entry_or_none() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            byte[] sound = BatchEntries.random(random, seed, 8).encode();
            for (int i = 0; i < 50; i++) {
                byte[] damaged = sound.clone();
                damaged[random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
                byte[] octets =
                        i % 2 == 0 ? damaged : Arrays.copyOf(sound, random.nextInt(sound.length));

                Optional<BatchEntry> decoded = BatchEntry.decode(octets);

                assertThat(decoded.map(BatchEntry::encode).orElse(octets))
                        .as("seed " + seed)
                        .isEqualTo(octets);
            }
            assertThat(BatchEntry.decode(Arrays.copyOf(sound, sound.length + 1))).isEmpty();
        }
    }

    @Test
    void a_number_with_a_needless_octet_is_refused() {
        byte[] octets = BatchEntries.plain(5, 1).encode();
        byte[] longer = new byte[octets.length + 1];
        System.arraycopy(octets, 0, longer, 0, 2);
        longer[2] = (byte) 0x85;
        System.arraycopy(octets, 3, longer, 4, octets.length - 3);

        assertThat(BatchEntry.decode(octets)).isPresent();
        assertThat(BatchEntry.decode(longer)).isEmpty();
    }

    @Test
    void runs_and_changes_are_found_by_leaf() {
        Run first = new Run(BatchEntries.source(1), 10, 1, 2, 1);
        Run second = new Run(BatchEntries.source(2), 20, 1, 3, 2);
        Change change = new Change(2, 1, 1, Optional.empty());
        BatchEntry entry = BatchEntries.entry(100, List.of(first, second), List.of(change));

        assertThat(entry.count()).isEqualTo(5);
        assertThat(entry.endLeaf()).isEqualTo(106);
        assertThat(entry.runOf(101)).isEqualTo(first);
        assertThat(entry.runOf(102)).isEqualTo(second);
        assertThat(entry.hasMessage(104)).isTrue();
        assertThat(entry.hasMessage(105)).isFalse();
        assertThat(entry.changeOf(102)).contains(change);
        assertThat(entry.changeOf(101)).isEmpty();
        assertThatThrownBy(() -> entry.runOf(105)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_long_entry_is_cut_into_parts_that_fit_and_say_the_same() {
        for (long seed = 1; seed <= 5; seed++) {
            BatchEntry entry = BatchEntries.random(new Random(seed), 1000, 20_000);

            List<BatchEntry> parts = entry.parts();

            assertThat(parts).as("seed " + seed).hasSizeGreaterThan(1);
            long leaf = 1000;
            int index = 0;
            for (BatchEntry part : parts) {
                assertThat(part.encode()).hasSizeLessThanOrEqualTo(BatchEntry.MAX_OCTETS);
                assertThat(part.firstIndex()).isEqualTo(leaf);
                assertThat(part.firstSequence()).isEqualTo(2000 + index);
                index += part.count();
                leaf = part.endLeaf();
            }
            assertThat(each(parts)).isEqualTo(each(List.of(entry)));
        }
    }

    /** What is said of each message alone. */
    private static List<String> each(List<BatchEntry> entries) {
        List<String> all = new ArrayList<>();
        for (BatchEntry entry : entries) {
            TreeMap<Integer, Change> changes = new TreeMap<>();
            entry.changes().forEach(c -> changes.put(c.index(), c));
            int index = 0;
            for (Run run : entry.runs()) {
                for (int i = 0; i < run.count(); i++) {
                    Change c = changes.get(index++);
                    all.add(
                            run.source()
                                    + " "
                                    + run.receivedMicros()
                                    + " "
                                    + (run.ordinal() + i)
                                    + " "
                                    + run.upstreams()
                                    + (c == null ? "" : " " + c.reasons() + " " + c.original()));
                }
            }
        }
        return all;
    }

    @Test
    void what_cannot_be_is_refused() {
        Run run = new Run(BatchEntries.source(1), 10, 1, 2, 1);
        Change change = new Change(2, 1, 1, Optional.empty());

        assertThatThrownBy(() -> BatchEntries.entry(0, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BatchEntries.entry(0, List.of(run), List.of(change)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BatchEntry(0, 0, 0, List.of(run), List.of(), new TreeMap<>()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
