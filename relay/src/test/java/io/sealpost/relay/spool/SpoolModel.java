package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Random actions on a spool over fault-injecting storage, beside a list in memory that says what
 * must be there. One seed is one schedule. Run by hand: {@code src/test/scripts/spool-schedules}.
 */
final class SpoolModel {
    private static final int SEGMENT_BYTES = 6 * 1024;
    private static final int ACTIONS = 60;

    /** A message as the model knows it; its sequence is the key in the log. */
    record Message(String text, long upstreams) {}

    private final long seed;
    private final Flaw[] flaws;
    private final Random random;
    private final FaultyStorage storage;
    private final SpoolRig.TestClock clock = new SpoolRig.TestClock();
    private final boolean rots;
    private final boolean tight;

    /** All messages that have a sequence now; those at or above `durable` may go in a crash. */
    final TreeMap<Long, Message> log = new TreeMap<>();

    private final TreeSet<Long> quarantined = new TreeSet<>();
    private final List<ModelReader> readers = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<List<Message>> filling = new ArrayList<>();
    private Spool spool;
    private long durable;
    private int puts;
    private long ordinal;
    private boolean rotted;
    private int opens;
    private final List<String> history = new ArrayList<>();

    SpoolModel(long seed, Flaw... flaws) throws IOException {
        this.seed = seed;
        this.flaws = flaws.clone();
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.storage = FaultyStorage.seeded(seed);
        this.rots = random.nextInt(3) == 0;
        this.tight = random.nextInt(4) == 0;
        this.spool = open();
    }

    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(long seed, String what) {
            super("seed " + seed + ": " + what);
        }
    }

    void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(seed, what + " after " + history);
        }
    }

    void note(String action) {
        history.add(action);
    }

    /** Runs the schedule; throws where the spool breaks a promise. */
    void run() throws Exception {
        for (int i = 0; i < ACTIONS; i++) {
            try {
                act();
                observe();
                note("synced " + durable + " written " + spool.written() + "\n");
            } catch (FaultyStorage.PowerCut e) {
                crash();
            }
        }
        finish();
    }

    private void act() throws Exception {
        clock.micros += random.nextInt(200);
        switch (random.nextInt(30)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> put();
            case 8, 9, 10, 11, 12 -> commit();
            case 13, 14 -> append();
            case 15, 16, 17, 18, 19, 20 -> reader().act(random, durable);
            case 21, 22 -> round();
            case 23 -> storage.failWrites(1);
            case 24 -> storage.failSyncs(1);
            case 25 -> fault();
            case 26 -> storage.crashAt(storage.operations() + 1 + random.nextInt(20));
            case 27 -> crash();
            case 28 -> kill();
            default -> restart();
        }
    }

    private ModelReader reader() {
        return readers.get(random.nextInt(readers.size()));
    }

    private void fault() {
        note("fault");
        if (random.nextBoolean()) {
            storage.failFolderSyncs(1);
        } else if (random.nextBoolean()) {
            storage.limitSpace(random.nextInt(4000));
        } else {
            storage.freeSpace();
        }
    }

    private void put() {
        note("put");
        int lane = random.nextInt(lanes.size());
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            String text = "m" + puts + " " + "x".repeat(random.nextInt(300));
            long upstreams = random.nextInt(1 << readers.size());
            if (SpoolRig.put(lanes.get(lane), text, upstreams, clock.micros, ordinal)) {
                filling.get(lane).add(new Message(text, upstreams));
                puts++;
                ordinal++;
            }
        }
    }

    private void append() {
        note("append");
        number();
        spool.writer().appendOnce();
    }

    private void commit() {
        note("commit");
        number();
        spool.writer().commitOnce();
    }

    /** The writer collects lanes in order, when nothing is pending. */
    private void number() {
        if (!spool.writer().failing()) {
            long next = spool.written();
            for (List<Message> lane : filling) {
                for (Message message : lane) {
                    log.put(next++, message);
                }
                lane.clear();
            }
        }
    }

    private void round() {
        note("round");
        spool.retention().round();
        for (ModelReader reader : readers) {
            reader.persistedIfClean();
        }
    }

    /** What must hold at every moment. */
    private void observe() {
        require(spool.synced() >= durable, "synced went back");
        durable = spool.synced();
        for (ModelReader reader : readers) {
            Books books = reader.queue().books();
            require(books.balance(), reader + " books do not balance: " + books);
            require(
                    rotted || !books.dropped().containsKey(DropReason.QUARANTINED),
                    reader + " lost messages without damage: " + books);
        }
        require(rotted || quarantined.isEmpty(), "quarantined without damage: " + quarantined);
    }

    private void crash() throws IOException {
        note("crash");
        storage.crash(random);
        reopen();
    }

    private void kill() throws IOException {
        note("kill");
        storage.kill();
        reopen();
    }

    private void restart() throws IOException {
        note("restart");
        storage.endFaults();
        commit();
        commit();
        spool.close();
        observe();
        require(durable == spool.written(), "close left messages behind");
        for (ModelReader reader : readers) {
            reader.persistedIfClean();
        }
        reopen();
    }

    private void reopen() throws IOException {
        for (List<Message> lane : filling) {
            lane.clear();
        }
        if (rots && random.nextBoolean()) {
            rot();
        }
        if (random.nextInt(4) == 0) {
            storage.crashAt(storage.operations() + 1 + random.nextInt(12));
        }
        spool = open();
        storage.crashAt(Long.MAX_VALUE);
        long next = spool.recovery().next();
        if (!rotted) {
            require(next >= durable, "acknowledged messages lost: " + next + " < " + durable);
            require(spool.recovery().damages().isEmpty(), "damage: " + spool.recovery());
        }
        for (ModelReader reader : readers) {
            require(next >= reader.queue().confirmed().sequence(), reader + " is ahead of the log");
        }
        note("open at " + spool.recovery());
        log.tailMap(next, true).clear();
        durable = next;
    }

    private void rot() throws IOException {
        List<String> names = storage.list(Segment.FOLDER);
        if (names.isEmpty()) {
            return;
        }
        String path = Segment.FOLDER + "/" + names.get(random.nextInt(names.size()));
        int size = storage.content(path).length;
        if (size > SegmentHeader.LENGTH && path.endsWith(Segment.SUFFIX)) {
            int at = random.nextInt(8) == 0 ? 0 : SegmentHeader.LENGTH;
            storage.flipBit(path, at + random.nextInt(size - at), random.nextInt(8));
            rotted = true;
            note("rot " + path + " of " + size);
        }
    }

    private Spool open() throws IOException {
        opens++;
        Spool opened;
        while (true) {
            try {
                opened = openOnce();
                break;
            } catch (FaultyStorage.PowerCut e) {
                storage.crash(random);
            }
        }
        return opened;
    }

    private Spool openOnce() throws IOException {
        long max = tight ? 5 * SEGMENT_BYTES : 1 << 20;
        Spool opened =
                Spool.open(
                        SpoolRig.settings(max, SEGMENT_BYTES),
                        storage,
                        new SpoolObserver() {
                            @Override
                            public void quarantined(
                                    long first, long end, long octets, String file) {
                                for (long s = first; s < end; s++) {
                                    quarantined.add(s);
                                }
                            }
                        },
                        clock,
                        SpoolRig.seams(seed * 1000 + opens, flaws));
        lanes.clear();
        filling.clear();
        for (int i = 0; i < 2; i++) {
            lanes.add(opened.lane(() -> {}));
            filling.add(new ArrayList<>());
        }
        if (readers.isEmpty()) {
            readers.add(new ModelReader(this, "a"));
            readers.add(new ModelReader(this, "b"));
        }
        for (ModelReader reader : readers) {
            boolean drops = tight && reader.toString().equals("b");
            reader.open(
                    opened.queue(
                            reader.toString(), drops ? SpoolRig.DROP_OLDEST : SpoolRig.KEEP_ALL));
        }
        opened.retireUnnamed();
        return opened;
    }

    /** Everything is made durable and read; then nothing may be missing. */
    private void finish() throws Exception {
        storage.endFaults();
        while (true) {
            try {
                for (int i = 0; i < 3; i++) {
                    commit();
                }
                observe();
                for (ModelReader reader : readers) {
                    reader.drain(durable);
                }
                round();
                observe();
                break;
            } catch (FaultyStorage.PowerCut e) {
                crash();
            }
        }
        require(durable == spool.written(), "not all durable at the end");
        for (ModelReader reader : readers) {
            reader.settle(rotted);
        }
        spool.close();
    }

    boolean lost(long sequence) {
        return quarantined.contains(sequence);
    }

    boolean rotted() {
        return rotted;
    }

    static byte[] state(long sequence) {
        return ByteBuffer.allocate(8).putLong(sequence).array();
    }

    /** Messages routed to a number from here to before there. */
    Map<Long, Message> routed(long from, long to, int number) {
        TreeMap<Long, Message> routed = new TreeMap<>();
        if (from < to) {
            log.subMap(from, to)
                    .forEach(
                            (sequence, message) -> {
                                if ((message.upstreams() & 1L << number) != 0) {
                                    routed.put(sequence, message);
                                }
                            });
        }
        return routed;
    }
}
