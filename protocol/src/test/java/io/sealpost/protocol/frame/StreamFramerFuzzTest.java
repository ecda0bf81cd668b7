package io.sealpost.protocol.frame;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;

/** Replays its seeds in every build; searches for new ones with JAZZER_FUZZ=1. */
class StreamFramerFuzzTest {
    private static final int MAX_MESSAGE = 40;

    @FuzzTest
    void any_cut_gives_the_same_frames(byte[] stream) {
        int middle = stream.length / 2;
        String whole = Frames.of(MAX_MESSAGE, stream).toString();
        List<List<byte[]>> cuts =
                List.of(
                        StreamFramerTest.cut(stream, 1),
                        StreamFramerTest.cut(stream, 3),
                        List.of(
                                Arrays.copyOf(stream, middle),
                                Arrays.copyOfRange(stream, middle, stream.length)));
        for (List<byte[]> pieces : cuts) {
            if (!Frames.of(MAX_MESSAGE, pieces).toString().equals(whole)) {
                throw new AssertionError("cut into " + pieces.size() + " pieces, other frames");
            }
        }
    }
}
