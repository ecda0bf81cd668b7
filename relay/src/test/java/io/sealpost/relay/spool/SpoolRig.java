package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A spool stepped by hand: no threads, no real time, seeded salts. */
final class SpoolRig {
    static final QueueSettings KEEP_ALL =
            new QueueSettings(
                    Long.MAX_VALUE,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.BLOCK,
                    QueueSettings.StartAt.NOW);
    static final QueueSettings DROP_OLDEST =
            new QueueSettings(
                    Long.MAX_VALUE,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.DROP_OLDEST,
                    QueueSettings.StartAt.NOW);
    static final Source SOURCE =
            new Source(
                    "tcp",
                    Source.Transport.TCP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                    1,
                    Source.NO_CERTIFICATE);

    /** A clock that tests move. */
    static final class TestClock implements NanoClock {
        long micros = 1_700_000_000_000_000L;

        @Override
        public long nanos() {
            return micros * 1000;
        }

        @Override
        public long epochMicros() {
            return micros;
        }
    }

    private SpoolRig() {}

    static SpoolSettings settings(long maxBytes, long segmentBytes) {
        return new SpoolSettings(
                maxBytes,
                segmentBytes,
                Duration.ofMillis(1),
                Duration.ZERO,
                0,
                SpoolSettings.WhenFull.BLOCK,
                1024);
    }

    static SpoolSeams seams(long seed, Flaw... flaws) {
        Random random = new Random(seed);
        EnumSet<Flaw> planted = EnumSet.noneOf(Flaw.class);
        planted.addAll(List.of(flaws));
        return new SpoolSeams(
                planted,
                () -> {
                    byte[] salt = new byte[SegmentHeader.SALT_LENGTH];
                    random.nextBytes(salt);
                    return salt;
                },
                8 * 1024);
    }

    static boolean put(Lane lane, String text, long upstreams, long micros, long ordinal) {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        return put(lane, message, upstreams, micros, ordinal, 0, new byte[0]);
    }

    static boolean put(
            Lane lane,
            byte[] message,
            long upstreams,
            long micros,
            long ordinal,
            int reasons,
            byte[] original) {
        if (!lane.begin()) {
            return false;
        }
        try {
            Batch batch = lane.batch();
            byte[] prefix = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
            int length = prefix.length + message.length;
            if (!batch.hasRoom(length, original.length)) {
                return false;
            }
            System.arraycopy(prefix, 0, batch.frames(), batch.length(), prefix.length);
            System.arraycopy(
                    message, 0, batch.frames(), batch.length() + prefix.length, message.length);
            batch.commit(
                    length,
                    SOURCE,
                    micros,
                    ordinal,
                    upstreams,
                    reasons,
                    0,
                    original,
                    0,
                    original.length);
            return true;
        } finally {
            lane.end();
        }
    }

    /** A run that must be there. */
    static FrameRun take(UpstreamQueue queue, int maxBytes, Duration timeout) throws Exception {
        return Objects.requireNonNull(queue.poll(maxBytes, timeout));
    }

    /** The messages of a run. */
    static List<String> messages(FrameRun run) throws IOException {
        byte[] octets = new byte[run.length()];
        run.read(octets, 0);
        List<String> messages = new ArrayList<>();
        int at = 0;
        while (at < octets.length) {
            int length = 0;
            while (octets[at] != ' ') {
                length = length * 10 + octets[at++] - '0';
            }
            at++;
            messages.add(new String(octets, at, length, StandardCharsets.UTF_8));
            at += length;
        }
        if (messages.size() != run.count()) {
            throw new AssertionError(messages.size() + " messages, not " + run.count());
        }
        return messages;
    }

    /** Reads and confirms everything readable. */
    static List<String> drain(UpstreamQueue queue, int maxBytes) throws Exception {
        List<String> all = new ArrayList<>();
        while (true) {
            try (FrameRun run = queue.poll(maxBytes, Duration.ZERO)) {
                if (run == null) {
                    return all;
                }
                all.addAll(messages(run));
                queue.confirm(run.end(), new byte[0]);
            }
        }
    }
}
