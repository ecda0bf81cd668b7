package io.sealpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Beside
class StreamMarkTest {
    private static final long SEED = Long.getLong("sealpost.seed", 1);
    private static final long SEGMENT = 16 * 1024;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void a_mark_knows_the_last_messages_that_came_and_no_others(int run) {
        long seed = SEED + run;
        System.out.println("stream mark, seed " + seed);
        Random random = new Random(seed);
        StreamMark mark = new StreamMark();
        TreeMap<Long, Integer> model = new TreeMap<>();
        long next = random.nextInt(1000);
        for (int i = 0; i < 100_000; i++) {
            int hash = 1 + random.nextInt(1 << 20);
            boolean again = random.nextInt(50) == 0 && !model.isEmpty();
            next += random.nextInt(1000) == 0 ? random.nextInt(200_000) : 0;
            long number = again ? model.lastKey() - random.nextInt(50) : next++;
            if (number >= 0) {
                mark.note(number, hash);
                model.put(number, hash);
            }
        }

        assertThat(mark.next()).isEqualTo(model.lastKey() + 1);
        for (StreamMark one : List.of(mark, mark.copy())) {
            for (long number = mark.next() - 3000; number < mark.next() + 10; number++) {
                assertThat(one.hash(number)).isEqualTo(model.getOrDefault(number, 0));
            }
        }
        assertThat(mark.hash(mark.next() - StreamMark.HISTORY - 1)).isZero();
    }

    @Test
    void history_is_complete_for_as_long_as_a_sender_may_go_back() {
        StreamMark mark = new StreamMark();
        IntStream.range(0, 3 * StreamMark.HISTORY).forEach(i -> mark.note(i, i + 1));
        for (int i = 2 * StreamMark.HISTORY; i < 3 * StreamMark.HISTORY; i++) {
            assertThat(mark.hash(i)).isEqualTo(i + 1);
        }
    }

    /**
     * Power cuts and kills at any operation of the disk, segments that end and are unlinked: what
     * is known of streams is exactly what the log has of them.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void after_a_crash_marks_and_messages_agree(int run) throws Exception {
        long seed = SEED + run;
        System.out.println("streams and crashes, seed " + seed);
        Random random = new Random(seed);
        FaultyStorage storage = FaultyStorage.seeded(seed);
        List<Source> sources = List.of(source("a.0"), source("b.0"), source(""));
        Map<String, TreeMap<Long, Integer>> durable = new TreeMap<>();
        int crashes = 40;
        for (int crash = 0; crash < crashes; crash++) {
            storage.crashAt(storage.operations() + 20 + random.nextInt(200));
            Map<String, TreeMap<Long, Integer>> sent = new TreeMap<>();
            durable.forEach((name, messages) -> sent.put(name, new TreeMap<>(messages)));
            try {
                fill(storage, seed + crash, random, sources, sent, durable);
            } catch (FaultyStorage.PowerCut _) {
                // as planned
            }
            if (random.nextBoolean()) {
                storage.crash(random);
            } else {
                storage.kill();
            }
            check(storage, seed, sent, durable);
        }
        assertThat(durable.values()).allMatch(messages -> messages.size() > 100);
    }

    private static void fill(
            FaultyStorage storage,
            long seed,
            Random random,
            List<Source> sources,
            Map<String, TreeMap<Long, Integer>> sent,
            Map<String, TreeMap<Long, Integer>> durable)
            throws Exception {
        Spool spool = open(storage, seed);
        Lane lane = spool.lane(() -> {});
        UpstreamQueue queue = spool.queue("all", SpoolRig.KEEP_ALL);
        for (int commits = 0; commits < 1000; commits++) {
            if (spool.writer().blocked()) {
                makeRoom(spool, queue);
            }
            for (int i = random.nextInt(20); i >= 0; i--) {
                Source source = sources.get(random.nextInt(sources.size()));
                int hash = 1 + random.nextInt(1 << 20);
                TreeMap<Long, Integer> stream =
                        sent.computeIfAbsent(source.stream(), _ -> new TreeMap<>());
                long gap = random.nextInt(20) == 0 ? random.nextInt(30) : 0;
                long number = (stream.isEmpty() ? 7 : stream.lastKey() + 1) + gap;
                put(lane, source, number, hash, 1L << queue.number());
                stream.put(number, hash);
            }
            if (spool.writer().commitOnce()) {
                sent.forEach((name, messages) -> durable.put(name, new TreeMap<>(messages)));
            }
            if (random.nextInt(5) == 0) {
                makeRoom(spool, queue);
            }
        }
    }

    private static void makeRoom(Spool spool, UpstreamQueue queue) throws Exception {
        SpoolRig.drain(queue, 1 << 20);
        spool.retention().round(); // unlinks
    }

    private static void put(Lane lane, Source source, long number, int hash, long upstreams) {
        byte[] frame = "3 abc".getBytes(StandardCharsets.US_ASCII);
        assertThat(lane.begin()).isTrue();
        try {
            Batch batch = lane.batch();
            System.arraycopy(frame, 0, batch.frames(), batch.length(), frame.length);
            batch.streamHash(hash);
            batch.commit(frame.length, source, 1, number, upstreams, 0, 0, frame, 0, 0);
        } finally {
            lane.end();
        }
    }

    /** What is known lies between what was durable and what was sent, and is a prefix of it. */
    private static void check(
            FaultyStorage storage,
            long seed,
            Map<String, TreeMap<Long, Integer>> sent,
            Map<String, TreeMap<Long, Integer>> durable)
            throws Exception {
        Spool spool = open(storage, seed);
        Map<StreamKey, StreamMark> marks = spool.streams();
        long messages = spool.synced();
        assertThat(marks.keySet()).allMatch(key -> key.principal().equals("127.0.0.1"));
        long known = 0;
        for (String name : sent.keySet()) {
            TreeMap<Long, Integer> all = sent.get(name);
            if (name.isEmpty()) {
                continue;
            }
            StreamMark mark =
                    marks.getOrDefault(new StreamKey(name, "127.0.0.1"), new StreamMark());
            TreeMap<Long, Integer> before = durable.getOrDefault(name, new TreeMap<>());
            assertThat(mark.next())
                    .isGreaterThanOrEqualTo(before.isEmpty() ? 0 : before.lastKey() + 1);
            TreeMap<Long, Integer> there = new TreeMap<>(all.headMap(mark.next()));
            there.forEach(
                    (number, hash) -> {
                        if (number >= mark.next() - 1000) {
                            assertThat(mark.hash(number)).isEqualTo(hash);
                        }
                    });
            assertThat(mark.next()).isEqualTo(there.isEmpty() ? 0 : there.lastKey() + 1);
            known += there.size();
            durable.put(name, there);
        }
        // the rest is of no stream, and cut off at the same place
        TreeMap<Long, Integer> others = sent.getOrDefault("", new TreeMap<>());
        long rest = messages - known;
        assertThat(rest).isBetween(0L, (long) others.size());
        List<Long> kept = new ArrayList<>(others.keySet()).subList(0, (int) rest);
        TreeMap<Long, Integer> left = new TreeMap<>();
        kept.forEach(number -> left.put(number, others.get(number)));
        durable.put("", left);
        spool.close();
    }

    private static Spool open(FaultyStorage storage, long seed) throws Exception {
        return Spool.open(
                SpoolRig.settings(1 << 20, SEGMENT),
                storage,
                SpoolObserver.NONE,
                new SpoolRig.TestClock(),
                SpoolRig.seams(seed));
    }

    private static Source source(String stream) {
        return new Source(
                "relp",
                Source.Transport.RELP,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                1,
                Source.NO_CERTIFICATE,
                stream);
    }
}
