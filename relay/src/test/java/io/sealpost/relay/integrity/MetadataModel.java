package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.FaultyStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Random actions on files of metadata over fault-injecting storage, beside a list of entries that
 * says what must be there. One seed is one schedule.
 */
final class MetadataModel {
    private static final int ACTIONS = 40;
    private static final int SPAN = 600;

    private final long seed;
    private final Random random;
    private final FaultyStorage storage;
    private final MetadataFolder folder;
    private final List<String> history = new ArrayList<>();
    private final List<BatchEntry> entries = new ArrayList<>();

    /** What a checkpoint may be signed over. */
    private long promised;

    private long dropped;
    private MetadataFiles files;

    MetadataModel(long seed, Flaw... flaws) throws IOException {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.storage = FaultyStorage.seeded(seed);
        this.folder = new MetadataFolder(storage, SPAN, Set.of(flaws));
        files = MetadataFiles.open(folder, 0);
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new IntegrityModel.Violation(seed, what + " after " + history);
        }
    }

    void run() throws IOException {
        for (int i = 0; i < ACTIONS; i++) {
            try {
                act();
            } catch (FaultyStorage.PowerCut e) {
                storage.crash(random);
                reopen();
            } catch (IntegrityException e) {
                throw new IntegrityModel.Violation(seed, "damage out of nothing " + history, e);
            } catch (IOException e) {
                history.add("failed");
                reopen();
            }
        }
        storage.endFaults();
        sync();
        reopen();
    }

    private void act() throws IOException {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> add();
            case 5, 6, 7 -> sync();
            case 8 -> {
                storage.crash(random);
                reopen();
            }
            case 9 -> {
                storage.kill();
                reopen();
            }
            case 10 -> drop();
            case 11 -> fail();
            case 12 -> storage.crashAt(storage.operations() + 1 + random.nextInt(10));
            case 13 -> damage();
            default -> reopen();
        }
    }

    private void add() throws IOException {
        BatchEntry entry = BatchEntries.random(random, files.endLeaf(), 6);
        history.add("add " + entry.firstIndex());
        entries.add(entry);
        files.add(entry.encode(), entry.endLeaf());
    }

    private void sync() throws IOException {
        files.sync();
        promised = files.endLeaf();
        history.add("sync " + promised);
        observe();
    }

    private void drop() throws IOException {
        long leaf = promised == 0 ? 0 : random.nextLong(promised);
        history.add("drop before " + leaf);
        dropped = Math.max(dropped, leaf);
        files.dropBefore(leaf);
    }

    private void fail() {
        history.add("fault");
        switch (random.nextInt(4)) {
            case 0 -> storage.failWrites(1);
            case 1 -> storage.failSyncs(1);
            case 2 -> storage.failFolderSyncs(1);
            default -> storage.limitSpace(random.nextInt(2000));
        }
    }

    private void reopen() {
        storage.endFaults();
        try {
            files.close();
            files = MetadataFiles.open(folder, promised);
            history.add("opened at " + promised);
            entries.removeIf(entry -> entry.firstIndex() >= promised);
            observe();
        } catch (IOException | IllegalArgumentException e) {
            throw new IntegrityModel.Violation(seed, "cannot open again after " + history, e);
        }
    }

    private void observe() throws IOException {
        require(files.firstLeaf() <= Math.max(dropped, 0), "first leaf " + files.firstLeaf());
        long octets = 0;
        for (String name : storage.list(MetadataFolder.PATH)) {
            octets += storage.content(MetadataFolder.PATH + '/' + name).length;
        }
        require(files.octets() == octets, files.octets() + " octets, not " + octets);
        List<BatchEntry> kept =
                entries.stream().filter(e -> e.firstIndex() >= files.firstLeaf()).toList();
        try (MetadataReader reader = files.reader()) {
            for (BatchEntry entry : kept) {
                require(reader.next().equals(Optional.of(entry)), "entry " + entry.firstIndex());
            }
            require(reader.next().isEmpty(), "end of entries");
            for (int i = 0; i < 5 && !kept.isEmpty(); i++) {
                BatchEntry entry = kept.get(random.nextInt(kept.size()));
                long leaf = entry.firstIndex() + random.nextInt(entry.count() + 1);
                require(reader.covering(leaf).equals(Optional.of(entry)), "leaf " + leaf);
            }
            require(reader.covering(promised).isEmpty(), "nothing covers the end");
        }
    }

    /** Turns a bit in the newest file, which must show at opening. */
    private void damage() throws IOException {
        reopen();
        List<String> names = storage.list(MetadataFolder.PATH);
        if (names.isEmpty()) {
            return;
        }
        String path = MetadataFolder.PATH + '/' + names.getLast();
        int octet = random.nextInt(storage.content(path).length);
        int bit = random.nextInt(Byte.SIZE);
        history.add("bit in octet " + octet + " of " + path);
        files.close();
        storage.flipBit(path, octet, bit);
        try (MetadataFiles _ = MetadataFiles.open(folder, promised)) {
            require(false, "damage does not show");
        } catch (IntegrityException e) {
            history.add(e.reason().toString());
        }
        storage.flipBit(path, octet, bit);
        reopen();
    }
}
