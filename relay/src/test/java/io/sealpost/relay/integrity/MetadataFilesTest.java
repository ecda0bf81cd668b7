package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.Beside;
import io.sealpost.relay.spool.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Beside
class MetadataFilesTest {
    private static final int SCHEDULES = 2000;

    @Test
    void two_thousand_random_schedules_keep_every_promise() throws Exception {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            try {
                new MetadataModel(seed).run();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void a_missing_sync_is_found() throws Exception {
        assertFound(Flaw.METADATA_NOT_SYNCED);
    }

    @Test
    void metadata_that_is_not_cut_is_found() throws Exception {
        assertFound(Flaw.METADATA_NOT_CUT);
    }

    private static void assertFound(Flaw flaw) throws Exception {
        for (long seed = 1; seed <= 1000; seed++) {
            try {
                new MetadataModel(seed, flaw).run();
            } catch (IntegrityModel.Violation e) {
                assertThat(e).hasMessageContaining("seed " + seed);
                return;
            }
        }
        throw new AssertionError("nobody found " + flaw);
    }

    @Test
    void more_than_a_block_and_more_than_fits_in_memory_is_read_in_pieces() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Random random = new Random(1);
        List<BatchEntry> added = new ArrayList<>();
        try (MetadataFiles files = MetadataFiles.open(storage, 0)) {
            for (int i = 0; i < 100; i++) {
                BatchEntry entry = BatchEntries.random(random, files.endLeaf(), 2000);
                files.add(entry.encode(), entry.endLeaf());
                added.add(entry);
            }
            files.sync();
            try (MetadataReader reader = files.reader()) {
                assertThat(reader.covering(added.get(90).firstIndex())).contains(added.get(90));
                assertThat(reader.covering(added.get(10).firstIndex())).contains(added.get(10));
                assertThat(reader.next()).contains(added.get(10));
                assertThat(reader.next()).contains(added.get(11));
            }
        }
    }

    @Test
    void a_reader_goes_on_as_the_file_grows() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        BatchEntry first = BatchEntries.plain(0, 3);
        BatchEntry second = BatchEntries.plain(4, 2);
        try (MetadataFiles files = MetadataFiles.open(storage, 0);
                MetadataReader reader = files.reader()) {
            files.add(first.encode(), first.endLeaf());
            assertThat(reader.next()).isEmpty();
            files.sync();
            assertThat(reader.next()).contains(first);
            assertThat(reader.next()).isEmpty();
            files.add(second.encode(), second.endLeaf());
            files.sync();
            assertThat(reader.next()).contains(second);
            assertThat(reader.covering(1)).contains(first);
        }
    }

    @Test
    void fewer_entries_than_the_checkpoint_covers_stop_the_start() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        BatchEntry first = BatchEntries.plain(0, 3);
        try (MetadataFiles files = MetadataFiles.open(storage, 0)) {
            files.add(first.encode(), first.endLeaf());
            files.sync();
        }

        assertThatThrownBy(() -> MetadataFiles.open(storage, 9))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("up to leaf 4")
                .hasMessageContaining("over 9");
    }
}
