package io.sealpost.relay.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Beside
class SealModelTest {
    private static final int SCHEDULES = Integer.getInteger("seal.schedules", 1000);

    @Test
    void what_is_durable_is_sealed_once_and_in_order_whatever_happens() throws Exception {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            try {
                new SealModel(seed, SealModel.Flaw.NONE).run();
            } catch (Exception e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_flaw_is_found(SealModel.Flaw flaw) throws Exception {
        for (long seed = 1; seed <= 1000; seed++) {
            try {
                new SealModel(seed, flaw).run();
            } catch (SealModel.Violation e) {
                assertThat(e).hasMessageContaining("seed " + seed);
                return;
            }
        }
        throw new AssertionError("nobody found " + flaw);
    }
}
