package io.sealpost.protocol.parse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.support.Parsed;
import java.time.ZoneId;

/**
 * The parser and encoder under Jazzer. Plain test runs only go through the seeds; with {@code
 * JAZZER_FUZZ=1} in the environment it searches on. Each finding becomes a seed.
 */
class ParserFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void any_octets_leave_as_strict_rfc_5424(byte[] in) {
        if (in == null) {
            return;
        }
        Origin origin = Origin.of(Parsed.PEER, ZoneId.of("Europe/Berlin"));
        long received = Parsed.micros(Parsed.RECEIVED);
        Parsed sent = Parsed.of(in, in.length % 7 == 1, origin, received, Annotate.CHANGED);
        Parsed again = Parsed.of(sent.out().toArray(), false, origin, received, Annotate.CHANGED);
        if (!again.outText().equals(sent.outTextReceived())) {
            throw new AssertionError("no fixed point: " + sent.outText());
        }
        Parsed.of(in, false, origin, Long.MAX_VALUE, Annotate.ALL);
        Parsed.of(in, false, origin, Long.MIN_VALUE, Annotate.NONE);
    }
}
