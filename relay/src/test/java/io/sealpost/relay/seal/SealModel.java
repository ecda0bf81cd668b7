package io.sealpost.relay.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.HashReader;
import io.sealpost.relay.integrity.HashSigner;
import io.sealpost.relay.integrity.IntegrityException;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.spool.BatchReader;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.SteppedSpool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random actions on a spool and the log that seals it, over fault-injecting storage. What must hold
 * is judged from outside: by what the spool shows when something is durable, and by a tree made
 * anew. One seed is one schedule.
 */
final class SealModel {
    private static final int ACTIONS = 60;
    private static final int SEGMENT_BYTES = 8 * 1024;
    private static final LogSigner SIGNER = HashSigner.named("model/log");
    private static final SealSettings SETTINGS =
            new SealSettings(Duration.ofSeconds(1), Duration.ofDays(400), Long.MAX_VALUE);

    /** What is wrong on purpose. */
    enum Flaw {
        NONE,
        /** The spool tells of messages before they are synced. */
        SEALED_BEFORE_DURABLE,
        /** The spool does not hold what is not sealed. */
        NO_HOLD,
        /** Metadata is not synced. */
        METADATA_NOT_SYNCED
    }

    private final long seed;
    private final Flaw flaw;
    private final Random random;
    private final FaultyStorage storage;
    private final HandClock clock = new HandClock();
    private final List<String> history = new ArrayList<>();

    /** Every durable message by sequence, as the spool has shown it. */
    private final TreeMap<Long, String> messages = new TreeMap<>();

    /** All checkpoints that anybody was told of. */
    private final List<Checkpoint> promised = new ArrayList<>();

    private SteppedSpool spool;
    private Sealer sealer;
    private Told told = new Told();
    private int puts;
    private int opens;

    SealModel(long seed, Flaw flaw) throws IOException {
        this.seed = seed;
        this.flaw = flaw;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.storage = FaultyStorage.seeded(seed);
        open();
    }

    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String what) {
            super(what);
        }

        Violation(String what, Throwable cause) {
            super(what, cause);
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw violation(what);
        }
    }

    private Violation violation(String what) {
        return new Violation("seed " + seed + ": " + what + " after " + history);
    }

    private void open() throws IOException {
        opens++;
        long salts = seed * 1000 + opens;
        spool =
                flaw == Flaw.SEALED_BEFORE_DURABLE
                        ? SteppedSpool.openFlawed(storage, "a", clock, SEGMENT_BYTES, salts)
                        : SteppedSpool.open(storage, "a", clock, SEGMENT_BYTES, salts);
        told = new Told();
        OwnMessages own = new OwnMessages(spool.spool().smallLane(() -> {}), _ -> {}, clock);
        own.upstreams(1);
        LogFiles.Opener opener =
                () ->
                        LogFiles.open(
                                flaw == Flaw.METADATA_NOT_SYNCED
                                        ? new ForgetfulStorage(storage)
                                        : storage,
                                SIGNER);
        sealer = Sealer.on(opener.open(), SETTINGS, spool.spool(), opener, own, told, clock);
        if (flaw != Flaw.NO_HOLD) {
            spool.spool().hold(sealer::covered);
        }
    }

    /** Runs the schedule; throws where a promise is broken. */
    void run() throws Exception {
        for (int i = 0; i < ACTIONS; i++) {
            try {
                act();
                observe();
            } catch (FaultyStorage.PowerCut e) {
                restart(() -> storage.crash(random));
            }
        }
        restart(storage::kill);
        spool.commit();
        observe();
        sealer.finish(Duration.ofDays(1));
        note();
        audit();
    }

    private void act() throws Exception {
        clock.passNanos(random.nextInt(500_000_000));
        int action = random.nextInt(25);
        history.add("" + action);
        switch (action) {
            case 0, 1, 2, 3, 4, 5 -> put();
            case 6, 7, 8, 9 -> spool.commit();
            case 10, 11, 12, 13, 14 -> step();
            case 15 -> {
                spool.append();
                step();
            }
            case 16, 17 -> spool.deliverAll();
            case 18 -> storage.failWrites(1);
            case 19 -> storage.failSyncs(1);
            case 20 -> storage.failFolderSyncs(1);
            case 21 -> storage.crashAt(storage.operations() + 1 + random.nextInt(30));
            case 22 -> restart(() -> storage.crash(random));
            case 23 -> restart(storage::kill);
            default -> {
                storage.endFaults();
                clock.pass(Duration.ofSeconds(40));
            }
        }
    }

    private void put() {
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            if (spool.offer("m" + puts + " " + "x".repeat(random.nextInt(300)), original())) {
                puts++;
            }
        }
    }

    private String original() {
        return random.nextInt(3) == 0 ? "o" + puts : "";
    }

    private void step() {
        sealer.step();
        note();
    }

    private void note() {
        promised.addAll(told.checkpoints);
        told.checkpoints.clear();
        require(told.all.stream().noneMatch(what -> what.startsWith("lost")), "" + told.all);
    }

    /** Copies what has become durable; what was so must stay the same. */
    private void observe() throws IOException {
        if (flaw == Flaw.SEALED_BEFORE_DURABLE) {
            return;
        }
        long from = messages.isEmpty() ? 0 : messages.lastKey() + 1;
        try (BatchReader reader = spool.spool().batches(from)) {
            while (reader.next()) {
                read(reader);
            }
        }
    }

    private void read(BatchReader reader) {
        byte[] b = reader.octets();
        int at = reader.framesOffset();
        for (int i = 0; i < reader.count(); i++) {
            int length = 0;
            for (; b[at] != ' '; at++) {
                length = length * 10 + b[at] - '0';
            }
            String text = new String(b, at + 1, length, UTF_8);
            String known = messages.putIfAbsent(reader.firstSequence() + i, text);
            require(known == null || known.equals(text), "another " + text);
            at += 1 + length;
        }
    }

    private void restart(Runnable end) throws IOException {
        history.add("restart");
        promised.addAll(told.checkpoints); // told before the end
        storage.endFaults();
        end.run();
        try {
            open();
            observe();
            audit();
        } catch (IntegrityException e) {
            throw new Violation("seed " + seed + ": cannot open after " + history, e);
        }
    }

    /** The whole log against the spool's messages and everything promised. */
    private void audit() throws IOException {
        try (LogFiles files = LogFiles.open(storage, SIGNER);
                MetadataReader metadata = files.metadata().reader();
                HashReader hashes = files.log().reader()) {
            StoredCheckpoint newest = files.newest().orElseThrow();
            int size = (int) newest.checkpoint().size();
            byte[] leaves = new byte[size * Hash.OCTETS];
            long nextLeaf = 0;
            long nextSequence = 0;
            for (Optional<BatchEntry> e = metadata.next(); e.isPresent(); e = metadata.next()) {
                BatchEntry entry = e.get();
                require(entry.firstIndex() == nextLeaf, "leaf " + nextLeaf);
                require(entry.firstSequence() == nextSequence, "sequence " + nextSequence);
                put(entry, leaves);
                nextLeaf = entry.endLeaf();
                nextSequence += entry.count();
            }
            require(nextLeaf == size, "metadata up to " + nextLeaf + " of " + size);
            require(nextSequence == newest.nextSequence(), "next " + newest.nextSequence());
            byte[] stored = new byte[size * Hash.OCTETS];
            if (size > 0) {
                hashes.read(0, 0, size, stored, 0);
            }
            require(Arrays.equals(stored, leaves), "leaf hashes");
            for (Checkpoint checkpoint : promised) {
                require(checkpoint.size() <= size, "promised " + checkpoint.size());
                int count = (int) checkpoint.size();
                Hash root = new MerkleHash().root(leaves.clone(), count);
                require(root.equals(checkpoint.root()), "root at " + count);
            }
            require(newest.nextSequence() <= spool.spool().synced(), "more than is durable");
        }
    }

    private void put(BatchEntry entry, byte[] leaves) {
        MerkleHash hashing = new MerkleHash();
        int at = (int) entry.firstIndex() * Hash.OCTETS;
        for (int i = 0; i < entry.count(); i++) {
            String text = messages.get(entry.firstSequence() + i);
            if (text == null) {
                throw violation("message " + (entry.firstSequence() + i) + " is not known");
            }
            byte[] message = text.getBytes(UTF_8);
            hashing.leaf(Entry.ofMessage(message, 0, message.length)).copyTo(leaves, at);
            at += Hash.OCTETS;
        }
        hashing.leaf(entry.encode()).copyTo(leaves, at);
    }
}
