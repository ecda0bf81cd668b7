package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fault layer proves that it really loses what was not synced, and nothing else. */
class FaultyStorageTest {
    private static final int SEEDS = 200;

    @Test
    void synced_content_under_a_synced_name_survives_every_crash() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            write(storage, "a", filled(3000, 1), true);
            storage.syncFolder("");
            storage.crash(new Random(seed));
            assertThat(storage.content("a")).isEqualTo(filled(3000, 1));
        }
    }

    @Test
    void unsynced_name_is_sometimes_lost_and_sometimes_kept() throws IOException {
        Set<Boolean> outcomes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            write(storage, "a", filled(3000, 1), true);
            storage.crash(new Random(seed));
            outcomes.add(storage.exists("a"));
        }
        assertThat(outcomes).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void unsynced_content_is_lost_kept_or_torn_at_sectors() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            try (StorageFile file = write(storage, "a", filled(2048, 1), true)) {
                storage.syncFolder("");
                file.write(ByteBuffer.wrap(filled(2048, 2)), 0);
            }
            storage.crash(new Random(seed));
            byte[] left = storage.content("a");
            StringBuilder sectors = new StringBuilder();
            for (int at = 0; at < left.length; at++) {
                assertThat(left[at]).isEqualTo(left[at - at % FaultyStorage.SECTOR]);
                if (at % FaultyStorage.SECTOR == 0) {
                    sectors.append(left[at]);
                }
            }
            outcomes.add(sectors.toString());
        }
        assertThat(outcomes).contains("1111", "2222", "1212", "2111").hasSizeGreaterThan(8);
    }

    @Test
    void unsynced_growth_is_lost_in_part() throws IOException {
        Set<Integer> sizes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            try (StorageFile file = write(storage, "a", filled(1000, 1), true)) {
                storage.syncFolder("");
                file.write(ByteBuffer.wrap(filled(1000, 2)), 1000);
            }
            storage.crash(new Random(seed));
            byte[] left = storage.content("a");
            assertThat(left).startsWith(filled(1000, 1));
            sizes.add(left.length);
        }
        assertThat(sizes).contains(1000, 2000).hasSizeGreaterThan(5);
    }

    @Test
    void rename_is_atomic_and_lost_or_kept() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            write(storage, "a", text("old"), true);
            write(storage, "b", text("new"), true);
            storage.syncFolder("");
            storage.rename("b", "a");
            storage.crash(new Random(seed));
            outcomes.add(new String(storage.content("a"), UTF_8) + storage.exists("b"));
        }
        assertThat(outcomes).containsExactlyInAnyOrder("oldtrue", "newfalse");
    }

    @Test
    void removal_is_durable_only_after_the_folder_is_synced() throws IOException {
        Set<Boolean> outcomes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            write(storage, "a", text("one"), true);
            storage.syncFolder("");
            storage.delete("a");
            storage.crash(new Random(seed));
            outcomes.add(storage.exists("a"));
            storage.delete("a");
            storage.syncFolder("");
            storage.crash(new Random(seed));
            assertThat(storage.exists("a")).isFalse();
        }
        assertThat(outcomes).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void after_a_failed_sync_the_next_one_calls_lost_content_good() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            try (StorageFile file = write(storage, "a", filled(2048, 1), false)) {
                storage.syncFolder("");
                storage.failSyncs(1);
                assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
                file.sync();
                assertThat(storage.content("a")).isEqualTo(filled(2048, 1));
            }
            storage.crash(new Random(seed));
            if (!java.util.Arrays.equals(storage.content("a"), filled(2048, 1))) {
                lost++;
            }
        }
        assertThat(lost).isGreaterThan(SEEDS / 2);
    }

    @Test
    void full_disk_takes_what_fits_and_then_fails_until_there_is_room() throws IOException {
        FaultyStorage storage = FaultyStorage.seeded(1);
        storage.limitSpace(100);
        StorageFile file = storage.openForAppending("a");
        ByteBuffer octets = ByteBuffer.wrap(filled(150, 1));

        assertThatThrownBy(() -> file.write(octets, 0)).hasMessageContaining("No space left");
        assertThat(file.size()).isEqualTo(100);
        assertThat(octets.remaining()).isEqualTo(50);
        assertThatThrownBy(() -> file.write(octets, 100)).hasMessageContaining("No space left");

        storage.freeSpace();
        file.write(octets, 100);
        assertThat(storage.content("a")).isEqualTo(filled(150, 1));
    }

    @Test
    void removing_a_file_makes_room() throws IOException {
        FaultyStorage storage = FaultyStorage.seeded(1);
        storage.limitSpace(100);
        write(storage, "a", filled(100, 1), true);
        storage.delete("a");
        assertThat(storage.usableSpace()).isEqualTo(100);
        write(storage, "b", filled(100, 2), true);
    }

    @Test
    void failing_write_is_cut_short() throws IOException {
        Set<Long> sizes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            StorageFile file = storage.openForWriting("a");
            storage.failWrites(1);
            assertThatThrownBy(() -> file.write(ByteBuffer.wrap(filled(10, 1)), 0))
                    .isInstanceOf(IOException.class);
            sizes.add(file.size());
        }
        assertThat(sizes).contains(0L, 10L, 5L);
    }

    @Test
    void power_cut_stops_everything_until_the_restart() throws IOException {
        FaultyStorage storage = FaultyStorage.seeded(1);
        StorageFile file = write(storage, "a", text("one"), true);
        storage.syncFolder("");
        storage.crashAt(storage.operations() + 2);
        file.write(ByteBuffer.wrap(text("two")), 0);

        assertThatThrownBy(file::sync).isInstanceOf(FaultyStorage.PowerCut.class);
        assertThatThrownBy(() -> storage.exists("a")).isInstanceOf(FaultyStorage.PowerCut.class);
        storage.crash(new Random(1));
        assertThat(storage.exists("a")).isTrue();
        assertThatThrownBy(file::size).isInstanceOf(IOException.class);
    }

    @Test
    void kill_loses_nothing_but_makes_nothing_durable() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultyStorage storage = FaultyStorage.seeded(seed);
            write(storage, "a", text("one"), true);
            storage.syncFolder("");
            write(storage, "a", text("two"), false);
            storage.kill();
            assertThat(storage.content("a")).isEqualTo(text("two"));
            storage.crash(new Random(seed));
            outcomes.add(new String(storage.content("a"), UTF_8));
        }
        assertThat(outcomes).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void lock_is_exclusive_until_the_process_dies() throws Exception {
        FaultyStorage storage = FaultyStorage.seeded(1);
        AutoCloseable held = storage.lock("lock");
        assertThatThrownBy(() -> storage.lock("lock")).hasMessageContaining("another instance");
        held.close();
        storage.lock("lock");
        storage.kill();
        storage.lock("lock");
    }

    private static StorageFile write(Storage storage, String path, byte[] octets, boolean sync)
            throws IOException {
        StorageFile file = storage.openForWriting(path);
        file.write(ByteBuffer.wrap(octets), 0);
        if (sync) {
            file.sync();
        }
        return file;
    }

    private static byte[] filled(int length, int value) {
        byte[] octets = new byte[length];
        java.util.Arrays.fill(octets, (byte) value);
        return octets;
    }

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }
}
