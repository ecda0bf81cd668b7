package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class TwoSlotFileTest {
    private static final int SLOT = 600;
    private static final int SEEDS = 300;
    private static final int WRITES = 6;

    @Test
    void new_file_has_no_state() throws IOException {
        try (TwoSlotFile file = TwoSlotFile.open(new MemoryStorage(), "a", SLOT)) {
            assertThat(file.read()).isEmpty();
        }
    }

    @Test
    void last_state_is_read_after_reopening() throws IOException {
        MemoryStorage storage = new MemoryStorage();
        for (int i = 0; i < 5; i++) {
            try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
                if (i > 0) {
                    assertThat(file.read()).contains(text("state " + (i - 1)));
                }
                file.write(text("state " + i));
                assertThat(file.read()).contains(text("state " + i));
            }
        }
    }

    @Test
    void empty_and_full_states_are_states() throws IOException {
        MemoryStorage storage = new MemoryStorage();
        byte[] full = new byte[SLOT - TwoSlotFile.HEADER];
        new Random(1).nextBytes(full);
        try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
            file.write(new byte[0]);
            assertThat(file.read()).contains(new byte[0]);
            file.write(full);
            assertThatThrownBy(() -> file.write(new byte[full.length + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
            assertThat(file.read()).contains(full);
        }
    }

    @Test
    void file_is_laid_out_as_documented() throws IOException {
        MemoryStorage storage = new MemoryStorage();
        try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
            file.write(text("first"));
            file.write(text("second"));
        }

        byte[] octets = storage.content("a");
        assertThat(octets).hasSize(2 * TwoSlotFile.SLOT_ALIGNMENT);
        assertThat(dump(octets)).isEqualTo(golden());
        // the golden file once more, computed by hand from the byte table
        ByteBuffer newest = ByteBuffer.wrap(octets);
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, 20);
        crc.update(octets, 24, 6);
        assertThat(newest.getLong(0)).isEqualTo(0x535054574F534C31L);
        assertThat(newest.getLong(8)).isEqualTo(2);
        assertThat(newest.getInt(16)).isEqualTo(6);
        assertThat(newest.getInt(20)).isEqualTo((int) crc.getValue());
    }

    @Test
    void damaged_newest_slot_gives_the_state_before() throws IOException {
        for (int octet = 0; octet < TwoSlotFile.HEADER + 6; octet++) {
            FaultyStorage storage = FaultyStorage.seeded(octet);
            try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
                file.write(text("first"));
                file.write(text("second"));
            }
            storage.flipBit("a", octet, octet % 8);
            try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
                assertThat(file.read()).as("octet %s", octet).contains(text("first"));
            }
        }
    }

    @Test
    void state_survives_a_power_cut_at_every_operation() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (int operation = 1; cutAt(seed, operation, false); operation++) {}
        }
    }

    @Test
    void state_survives_a_kill_and_then_a_power_cut() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (int operation = 1; cutAt(seed, operation, true); operation++) {}
        }
    }

    /** False once the operation lies behind the end of the scenario. */
    private static boolean cutAt(int seed, int operation, boolean killFirst) throws IOException {
        FaultyStorage storage = FaultyStorage.seeded(seed);
        Random fate = new Random(seed * 1000L + operation);
        int returned = 0;
        boolean cut = false;
        storage.crashAt(operation);
        try {
            returned = writeFrom(storage, 1, WRITES);
        } catch (Interrupted e) {
            cut = true;
            returned = e.returned;
        }
        if (killFirst) {
            // the process alone is gone; the next one goes on, and then the power fails
            storage.kill();
            int next = stateOf(storage) + 1;
            returned = Math.max(returned, next - 1);
            storage.crashAt(storage.operations() + 1 + fate.nextInt(8));
            try {
                returned = writeFrom(storage, next, next + 2);
            } catch (Interrupted e) {
                returned = Math.max(returned, e.returned);
            }
        }
        storage.crash(fate);
        int left = stateOf(storage);
        assertThat(left)
                .as("seed %s operation %s", seed, operation)
                .isBetween(returned, returned + 1);
        return cut;
    }

    private static int writeFrom(FaultyStorage storage, int first, int last) throws IOException {
        int returned = first - 1;
        try {
            TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT);
            for (int i = first; i <= last; i++) {
                file.write(state(i));
                returned = i;
            }
            file.close();
            return returned;
        } catch (FaultyStorage.PowerCut e) {
            throw new Interrupted(returned, e);
        }
    }

    private static int stateOf(Storage storage) throws IOException {
        try (TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT)) {
            return file.read().map(TwoSlotFileTest::number).orElse(0);
        }
    }

    @Test
    void write_that_failed_leaves_old_or_new_and_the_next_one_counts() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            Random random = new Random(seed);
            TwoSlotFile file = TwoSlotFile.open(storage, "a", SLOT);
            int returned = 0;
            int tried = 0;
            for (int i = 1; i <= 20; i++) {
                if (random.nextInt(3) == 0) {
                    storage.failSyncs(1);
                } else if (random.nextInt(3) == 0) {
                    storage.failWrites(1);
                }
                tried = i;
                try {
                    file.write(state(i));
                    returned = i;
                } catch (IOException _) {
                    assertThat(file.read().map(TwoSlotFileTest::number).orElse(0))
                            .isEqualTo(returned);
                }
                storage.failSyncs(0);
                storage.failWrites(0);
            }
            storage.crash(random);
            int left = stateOf(storage);
            assertThat(left).as("seed %s", seed).isBetween(returned, tried);
        }
    }

    /** Long enough to be torn; begins with its number. */
    private static byte[] state(int number) {
        byte[] state = new byte[SLOT - TwoSlotFile.HEADER - number];
        new Random(number).nextBytes(state);
        ByteBuffer.wrap(state).putInt(0, number);
        return state;
    }

    private static int number(byte[] state) {
        int number = ByteBuffer.wrap(state).getInt(0);
        assertThat(state).isEqualTo(state(number));
        return number;
    }

    private static String golden() throws IOException {
        try (InputStream in =
                TwoSlotFileTest.class.getResourceAsStream("/format/two-slot-file.hex")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Offset and 16 octets a line; lines of zeros are left out. */
    private static String dump(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < octets.length; at += 16) {
            String line = HexFormat.ofDelimiter(" ").formatHex(octets, at, at + 16);
            if (!line.matches("[0 ]*")) {
                text.append(String.format(java.util.Locale.ROOT, "%04x: %s%n", at, line));
            }
        }
        return text.toString();
    }

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int returned;

        Interrupted(int returned, Throwable cause) {
            super(cause);
            this.returned = returned;
        }
    }
}
