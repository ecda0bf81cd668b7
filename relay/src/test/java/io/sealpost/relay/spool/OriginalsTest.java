package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalsTest {
    private final FaultyStorage storage = FaultyStorage.seeded(1);
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void each_message_stands_as_it_was_received_wherever_a_run_is_cut(int seed) throws Exception {
        Random random = new Random(seed);
        List<String> received = new ArrayList<>();
        try (SteppedSpool spool = SteppedSpool.open(storage, "u", clock)) {
            for (int batch = 0; batch < 20; batch++) {
                int kept = random.nextInt(3);
                for (int i = random.nextInt(30); i >= 0; i--) {
                    String message = "message " + "x".repeat(random.nextInt(40));
                    String original =
                            random.nextInt(2) < kept ? "o".repeat(1 + random.nextInt(300)) : "";
                    spool.put(message, original);
                    received.add(original.isEmpty() ? message : original);
                }
                spool.commit();
            }
            Originals originals = new Originals();
            StringBuilder read = new StringBuilder();
            FrameRun run = next(spool, random);
            while (run != null) {
                originals.read(run);
                run.close();
                read.append(new String(originals.octets(), 0, originals.length(), UTF_8));
                run = next(spool, random);
            }

            StringBuilder expected = new StringBuilder();
            received.forEach(m -> expected.append(m.length()).append(' ').append(m));
            assertThat(read).hasToString(expected.toString());
        }
    }

    private static @Nullable FrameRun next(SteppedSpool spool, Random random) throws Exception {
        return spool.queue().poll(1 + random.nextInt(200), Duration.ZERO);
    }
}
