package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Beside
@Order(1) // takes long, so it begins first
class IntegrityModelTest {
    private static final int SCHEDULES = 2000;

    @Test
    void two_thousand_random_schedules_keep_every_promise() throws Exception {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            try {
                new IntegrityModel(seed).run();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void a_checkpoint_before_the_sync_is_found() throws Exception {
        assertFound(Flaw.HEAD_BEFORE_SYNC);
    }

    @Test
    void hashes_that_are_not_cut_are_found() throws Exception {
        assertFound(Flaw.EDGE_NOT_CUT);
    }

    @Test
    void a_missing_sync_of_the_folder_is_found() throws Exception {
        assertFound(Flaw.NO_FOLDER_SYNC);
    }

    private static void assertFound(Flaw flaw) throws Exception {
        for (long seed = 1; seed <= 1000; seed++) {
            try {
                new IntegrityModel(seed, flaw).run();
            } catch (IntegrityModel.Violation e) {
                assertThat(e).hasMessageContaining("seed " + seed);
                return;
            }
        }
        throw new AssertionError("nobody found " + flaw);
    }
}
