package io.sealpost.protocol.relp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Replays its seeds in every build; searches for new ones with JAZZER_FUZZ=1. */
class RelpServerSessionFuzzTest {
    private static final int MAX_MESSAGE = 40;

    @FuzzTest
    void any_cut_gives_the_same_session(byte[] stream) {
        ServerDriver whole = ServerDriver.prompt(MAX_MESSAGE).read(List.of(stream));
        check(whole);
        for (List<byte[]> pieces : Pieces.cuts(stream)) {
            ServerDriver cut = ServerDriver.prompt(MAX_MESSAGE).read(pieces);
            if (!cut.toString().equals(whole.toString())) {
                throw new AssertionError("cut into " + pieces.size() + " pieces: " + cut);
            }
        }
    }

    private static void check(ServerDriver server) {
        RelpServerSession session = server.session;
        boolean good = session.ending().isEmpty();
        if (good == session.ended()
                || good == server.replies().endsWith(ServerDriver.SERVERCLOSE)
                || session.unacknowledged() != 0) {
            throw new AssertionError("no orderly end: " + server);
        }
    }
}
