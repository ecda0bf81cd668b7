package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looking on at the end of the log. */
class LogTailTest {
    private static final int NOBODY = 0;

    private final MemoryStorage storage = new MemoryStorage();
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private long ordinal;

    @Test
    void it_follows_over_segments_and_shows_what_is_routed_to_nobody() throws IOException {
        try (Spool spool = open()) {
            Lane lane = spool.lane(() -> {});
            put(spool, lane, "before");
            List<String> sent = new ArrayList<>();
            List<String> seen = new ArrayList<>();
            try (LogTail tail = spool.tail()) {
                for (int i = 0; i < 400; i++) {
                    String message = "message " + i + " " + "x".repeat(1000);
                    sent.add(message);
                    put(spool, lane, message);
                    if (i % 7 == 0) {
                        seen.addAll(read(tail));
                    }
                }
                seen.addAll(read(tail));
                assertThat(tail.takeSkipped()).isZero();
            }

            assertThat(seen).isEqualTo(sent);
            assertThat(storage.list(Segment.FOLDER)).hasSizeGreaterThan(3);
        }
    }

    @Test
    void it_begins_with_the_first_message_after_a_restart() throws IOException {
        try (Spool spool = open()) {
            put(spool, spool.lane(() -> {}), "before");
        }
        try (Spool spool = open();
                LogTail tail = spool.tail()) {
            Lane lane = spool.lane(() -> {});
            assertThat(read(tail)).isEmpty();
            put(spool, lane, "after");

            assertThat(read(tail)).containsExactly("after");
            assertThat(tail.takeSkipped()).isZero();
        }
    }

    private Spool open() throws IOException {
        return Spool.open(
                SpoolRig.settings(64 << 20, 64 << 10),
                storage,
                SpoolObserver.NONE,
                clock,
                SpoolRig.seams(1));
    }

    private void put(Spool spool, Lane lane, String message) {
        ordinal++;
        assertThat(SpoolRig.put(lane, message, NOBODY, clock.epochMicros(), ordinal)).isTrue();
        spool.writer().commitOnce();
    }

    /** All that has come, in pieces that cut frames anywhere. */
    private static List<String> read(LogTail tail) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        byte[] piece = new byte[37];
        for (int n = tail.read(piece, Duration.ZERO); n > 0; n = tail.read(piece, Duration.ZERO)) {
            octets.write(piece, 0, n);
        }
        List<String> messages = new ArrayList<>();
        String text = octets.toString(US_ASCII);
        int at = 0;
        while (at < text.length()) {
            int blank = text.indexOf(' ', at);
            int end = blank + 1 + Integer.parseInt(text, at, blank, 10);
            messages.add(text.substring(blank + 1, end));
            at = end;
        }
        return messages;
    }
}
