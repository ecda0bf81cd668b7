package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Random actions on a log over fault-injecting storage, beside a list of leaves in memory that says
 * what must be there. One seed is one schedule.
 */
final class IntegrityModel {
    /** The fewest that a file may have, so that files end often. */
    static final int SPAN = 256;

    private static final int ACTIONS = 30;
    private static final int MOST_LEAVES = 300;
    private static final int PROOFS = 8;
    private static final LogSigner SIGNER = HashSigner.named("model/log");

    private final long seed;
    private final Random random;
    private final FaultyStorage storage;
    private final HashFolder folder;
    private final MerkleHash hashing = new MerkleHash();
    private final List<String> history = new ArrayList<>();

    /** All leaf hashes that were appended, and for how many of them a checkpoint was returned. */
    private final List<byte[]> leaves = new ArrayList<>();

    /** Roots by size, made anew from all leaves. */
    private final TreeMap<Integer, Hash> roots = new TreeMap<>();

    private long promised = -1;
    private Hash promisedRoot = MerkleHash.emptyRoot();
    private long seconds = 1_800_000_000L;
    private long dropped;
    private CheckpointStore checkpoints;
    private IntegrityLog log;

    IntegrityModel(long seed, Flaw... flaws) throws IOException {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.storage = FaultyStorage.seeded(seed);
        this.folder = new HashFolder(storage, HashFolder.PATH, SPAN, Set.of(flaws));
        checkpoints = CheckpointStore.open(storage, SIGNER);
        log = IntegrityLog.open(folder, checkpoints);
    }

    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(long seed, String what) {
            super("seed " + seed + ": " + what);
        }

        Violation(long seed, String what, Exception cause) {
            super("seed " + seed + ": " + what, cause);
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(seed, what + " after " + history);
        }
    }

    /** Runs the schedule; throws where the log breaks a promise. */
    void run() throws IOException {
        for (int i = 0; i < ACTIONS; i++) {
            try {
                act();
            } catch (FaultyStorage.PowerCut e) {
                crash();
            } catch (IntegrityException e) {
                throw new Violation(seed, "damage out of nothing after " + history, e);
            } catch (IOException e) {
                history.add("failed");
                reopen();
            }
        }
        storage.endFaults();
        checkpoint();
        reopen();
        if (seed % 50 == 0) {
            prove((int) log.firstLeaf(), (int) log.size());
        }
    }

    private void act() throws IOException {
        seconds += random.nextInt(4) == 0 ? random.nextInt(50_000) : random.nextInt(3);
        switch (random.nextInt(21)) {
            case 0, 1, 2, 3, 4, 5, 6 -> append();
            case 7 -> log.sync();
            case 8, 9, 10, 11 -> checkpoint();
            case 12 -> crash();
            case 13 -> kill();
            case 14 -> damage();
            case 15 -> drop();
            case 16 -> fail();
            case 17 -> storage.crashAt(storage.operations() + 1 + random.nextInt(20));
            case 18 -> checkpoints.thin(seconds);
            case 19 -> dropCheckpoints();
            default -> reopen();
        }
    }

    private void append() throws IOException {
        if (promised < 0) {
            checkpoint();
        }
        int count = 1 + random.nextInt(MOST_LEAVES);
        int again = random.nextInt(4) == 0 ? (int) Math.min(promised, random.nextInt(20)) : 0;
        history.add("append " + count + " and " + again + " again");
        byte[] batch = new byte[(again + count) * Hash.OCTETS];
        long first = log.size();
        if (first == promised) {
            first -= again;
        } else {
            again = 0;
        }
        for (int i = 0; i < again; i++) {
            System.arraycopy(leaves.get((int) first + i), 0, batch, i * Hash.OCTETS, Hash.OCTETS);
        }
        for (int i = again; i < again + count; i++) {
            byte[] leaf = new byte[Hash.OCTETS];
            random.nextBytes(leaf);
            leaves.add(leaf);
            System.arraycopy(leaf, 0, batch, i * Hash.OCTETS, Hash.OCTETS);
        }
        log.append(first, batch, again + count);
        require(log.size() == leaves.size(), "size " + log.size());
    }

    private void checkpoint() throws IOException {
        IntegrityLog.DurableHead head = log.sync();
        require(head.root().equals(root((int) head.size())), "root at " + head.size());
        StoredCheckpoint stored = checkpoints.add(head, 2 * head.size(), seconds);
        promise(stored);
        history.add("checkpoint " + promised);
    }

    private void promise(StoredCheckpoint stored) {
        promised = stored.checkpoint().size();
        promisedRoot = stored.checkpoint().root();
    }

    private void drop() throws IOException {
        int leaf = random.nextBoolean() ? leaves.size() : random.nextInt(leaves.size() + 1);
        long first = log.firstLeafWithin(leaf, Long.MAX_VALUE);
        history.add("drop before " + first);
        dropped = Math.max(dropped, first);
        log.dropBefore(leaf);
        require(log.firstLeaf() == first, "first leaf " + log.firstLeaf());
    }

    private void dropCheckpoints() throws IOException {
        long before = random.nextBoolean() ? seconds - random.nextInt(200_000) : 0;
        long most = random.nextBoolean() ? random.nextInt(20_000) : Long.MAX_VALUE;
        history.add("drop checkpoints before " + before + " and above " + most);
        checkpoints.drop(before, most);
        long octets = 0;
        for (String name : storage.list(CheckpointRow.PATH)) {
            octets += storage.content(CheckpointRow.PATH + '/' + name).length;
        }
        require(octets == checkpoints.octets(), octets + " octets, not " + checkpoints.octets());
        require(
                octets <= most || storage.list(CheckpointRow.PATH).size() == 1,
                octets + " octets of checkpoints, not " + most);
    }

    private void fail() {
        history.add("fault");
        switch (random.nextInt(4)) {
            case 0 -> storage.failWrites(1);
            case 1 -> storage.failSyncs(1);
            case 2 -> storage.failFolderSyncs(1);
            default -> storage.limitSpace(random.nextInt(20_000));
        }
    }

    private void crash() {
        history.add("crash");
        storage.crash(random);
        reopen();
    }

    private void kill() {
        history.add("kill");
        storage.kill();
        reopen();
    }

    private void reopen() {
        storage.endFaults();
        try {
            close();
            checkpoints = CheckpointStore.open(storage, SIGNER);
            log = IntegrityLog.open(folder, checkpoints);
            observe();
        } catch (IOException | IllegalArgumentException e) {
            throw new Violation(seed, "cannot open again after " + history, e);
        }
    }

    private void close() throws IOException {
        log.close();
        checkpoints.close();
    }

    private void observe() throws IOException {
        int size = (int) log.size();
        history.add("opened at " + size);
        require(size >= promised, size + " after a checkpoint over " + promised);
        require(size <= leaves.size(), size + " of " + leaves.size());
        require(promised < 0 || root((int) promised).equals(promisedRoot), "the model's own root");
        require(log.root().equals(root(size)), "root at " + size);
        leaves.subList(size, leaves.size()).clear();
        roots.tailMap(size, false).clear();
        checkpoints.newest().ifPresent(this::promise);
        require(promised < 0 || promised == size, "newest " + promised);
        require(log.firstLeaf() <= dropped, "leaves before " + log.firstLeaf() + " are gone");
        int first = (int) log.firstLeaf();
        for (int i = 0; i < PROOFS && size > first; i++) {
            int index = first + random.nextInt(size - first);
            prove(index, index + 1);
        }
        walk(false);
    }

    private void prove(int from, int to) throws IOException {
        int size = (int) log.size();
        try (HashReader reader = log.reader()) {
            TiledNodes nodes = new TiledNodes(reader);
            for (int i = from; i < to; i++) {
                List<Hash> proof = Proofs.inclusion(i, size, nodes).orElseThrow();
                Hash leaf = Hash.at(leaves.get(i), 0);
                require(Proofs.includes(leaf, i, size, proof, log.root()), "proof of " + i);
            }
        }
    }

    /** Each checkpoint that is kept is one that was signed, and they only grow. */
    private boolean walk(boolean mayBeDamaged) throws IOException {
        long[] last = {-1};
        boolean[] damaged = {false};
        checkpoints.walk(
                new CheckpointReader.Visitor() {
                    @Override
                    public void checkpoint(StoredCheckpoint stored) {
                        Checkpoint says = stored.checkpoint();
                        require(says.size() > last[0], "order of checkpoints");
                        require(says.root().equals(root((int) says.size())), "checkpoint's root");
                        require(stored.nextSequence() == 2 * says.size(), "next sequence");
                        last[0] = says.size();
                    }

                    @Override
                    public void damaged(String path) {
                        damaged[0] = true;
                    }
                });
        require(mayBeDamaged || !damaged[0], "damaged checkpoints");
        require(damaged[0] || last[0] == promised, "last checkpoint " + last[0]);
        return damaged[0];
    }

    /** Turns a bit in some file or cuts it, which must show, and puts it back. */
    private void damage() throws IOException {
        reopen();
        List<String> paths = new ArrayList<>(List.of(CheckpointStore.NEWEST));
        storage.list(HashFolder.PATH).forEach(name -> paths.add(HashFolder.PATH + '/' + name));
        storage.list(CheckpointRow.PATH)
                .forEach(name -> paths.add(CheckpointRow.PATH + '/' + name));
        String path = paths.get(random.nextInt(paths.size()));
        if (!storage.exists(path) || storage.content(path).length == 0) {
            return;
        }
        byte[] sound = storage.content(path);
        int octet = random.nextInt(sound.length);
        close();
        boolean cut = random.nextInt(3) == 0;
        if (cut) {
            history.add("cut to " + octet + " " + path);
            put(path, Arrays.copyOf(sound, octet));
        } else {
            history.add("bit in octet " + octet + " of " + path);
            storage.flipBit(path, octet, random.nextInt(Byte.SIZE));
        }
        // Of old checkpoints, those cut off whole at the end of a day are not missed.
        boolean mayHide = cut && path.startsWith(CheckpointRow.PATH);
        require(showsDamage() || mayHide, "damage does not show");
        close();
        put(path, sound);
        reopen();
    }

    private void put(String path, byte[] content) throws IOException {
        try (StorageFile file = storage.openForWriting(path)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(content), 0);
            file.sync();
        }
    }

    private boolean showsDamage() throws IOException {
        try {
            checkpoints = CheckpointStore.open(storage, SIGNER);
            log = IntegrityLog.open(folder, checkpoints);
        } catch (IntegrityException e) {
            history.add(e.reason().toString());
            return true;
        }
        require(log.size() == promised, "size " + log.size());
        require(log.root().equals(promisedRoot), "root after damage");
        return walk(true) || audit().isPresent();
    }

    /** The first tile that is not what the hash above it says, as {@code verify} will look. */
    private Optional<Tile.Hashes> audit() throws IOException {
        byte[] tile = new byte[Tiles.WIDTH * Hash.OCTETS];
        byte[] above = new byte[Hash.OCTETS];
        try (HashReader reader = log.reader()) {
            for (int level = 0; level < Tiles.levels(log.size()); level++) {
                long first = level == 0 ? log.firstLeaf() / Tiles.WIDTH : 0;
                for (long i = first; i < Tiles.full(level, log.size()); i++) {
                    reader.read(level, i * Tiles.WIDTH, Tiles.WIDTH, tile, 0);
                    reader.read(level + 1, i, 1, above, 0);
                    if (!hashing.root(tile, Tiles.WIDTH).equals(Hash.at(above, 0))) {
                        return Optional.of(new Tile.Hashes(level, i, Tiles.WIDTH));
                    }
                }
            }
        } catch (IntegrityException e) {
            return Optional.of(new Tile.Hashes(0, 0, 1));
        }
        return Optional.empty();
    }

    private Hash root(int size) {
        return roots.computeIfAbsent(size, this::computeRoot);
    }

    private Hash computeRoot(int size) {
        byte[] hashes = new byte[size * Hash.OCTETS];
        for (int i = 0; i < size; i++) {
            System.arraycopy(leaves.get(i), 0, hashes, i * Hash.OCTETS, Hash.OCTETS);
        }
        return hashing.root(hashes, size);
    }
}
