package io.sealpost.protocol.relp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Replays its seeds in every build; searches for new ones with JAZZER_FUZZ=1. */
class RelpClientSessionFuzzTest {
    private static final int MESSAGES = 6;

    @FuzzTest
    void any_cut_gives_the_same_session(byte[] stream) {
        for (boolean close : new boolean[] {false, true}) {
            ClientDriver whole = sent(close).read(List.of(stream));
            check(whole.session);
            for (List<byte[]> pieces : Pieces.cuts(stream)) {
                ClientDriver cut = sent(close).read(pieces);
                if (!cut.toString().equals(whole.toString())) {
                    throw new AssertionError("cut into " + pieces.size() + " pieces: " + cut);
                }
            }
        }
    }

    /** A session with messages on their way; the stream begins with their answers. */
    private static ClientDriver sent(boolean close) {
        ClientDriver client = ClientDriver.ready(MESSAGES).sendAll(MESSAGES);
        if (close) {
            client.session.close();
        }
        return client;
    }

    private static void check(RelpClientSession session) {
        int settled = 0;
        for (int message = 0; message < MESSAGES; message++) {
            settled += session.isSettled(message) ? 1 : 0;
        }
        if (session.acknowledged() > settled || settled + session.unanswered() > MESSAGES) {
            throw new AssertionError("settled " + settled + " of " + MESSAGES);
        }
    }
}
