package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Beside
@Order(1) // takes long, so it begins first
class SpoolModelTest {
    private static final int SCHEDULES = 10_000;

    @Test
    void ten_thousand_random_schedules_keep_every_promise() throws Exception {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            new SpoolModel(seed).run();
        }
    }

    @Test
    void an_acknowledgement_before_the_sync_is_found() throws Exception {
        assertFound(Flaw.ACK_BEFORE_SYNC);
    }

    @Test
    void a_cursor_before_its_data_is_found() throws Exception {
        assertFound(Flaw.CURSOR_BEFORE_DATA);
    }

    @Test
    void a_missing_sync_of_the_folder_is_found() throws Exception {
        assertFound(Flaw.NO_FOLDER_SYNC);
    }

    @Test
    void a_segment_unlinked_before_its_cursor_is_durable_is_found() throws Exception {
        assertFound(Flaw.UNLINK_BEFORE_CURSOR);
    }

    private static void assertFound(Flaw flaw) throws Exception {
        for (long seed = 1; seed <= 1000; seed++) {
            try {
                new SpoolModel(seed, flaw).run();
            } catch (SpoolModel.Violation e) {
                assertThat(e).hasMessageContaining("seed " + seed);
                return;
            }
        }
        throw new AssertionError("nobody found " + flaw);
    }
}
