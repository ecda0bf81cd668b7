package io.sealpost.relay.spool;

import org.junit.jupiter.api.Test;

/** As many schedules as asked for; run by {@code src/test/scripts/spool-schedules} only. */
class SpoolSchedules {
    @Test
    void every_schedule_keeps_every_promise() throws Exception {
        long first = Long.getLong("spool.seed", 1);
        long count = Long.getLong("spool.schedules", 1000);
        for (long seed = first; seed < first + count; seed++) {
            try {
                new SpoolModel(seed).run();
            } catch (Exception e) {
                throw new AssertionError("failing seed " + seed, e);
            }
        }
    }
}
