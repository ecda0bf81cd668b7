package io.sealpost.protocol.relp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Replays its seeds in every build; searches for new ones with JAZZER_FUZZ=1. */
class RelpFramerFuzzTest {
    private static final int MAX_DATA = 40;

    @FuzzTest
    void any_cut_gives_the_same_frames(byte[] stream) {
        String whole = FramerDriver.of(MAX_DATA, List.of(stream));
        for (List<byte[]> pieces : Pieces.cuts(stream)) {
            if (!FramerDriver.of(MAX_DATA, pieces).equals(whole)) {
                throw new AssertionError("cut into " + pieces.size() + " pieces, other frames");
            }
        }
    }
}
