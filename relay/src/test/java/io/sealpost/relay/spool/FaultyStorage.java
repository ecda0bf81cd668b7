package io.sealpost.relay.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that knows what a power cut would leave, and fails on command.
 * Thread-safe.
 *
 * <p>Faults: {@link #limitSpace} (ENOSPC after so many octets, the part that fits is written),
 * {@link #failWrites} (a random part is written, then EIO), {@link #failSyncs} (EIO; what was not
 * synced may be lost for good although it still reads well, and the next sync calls itself good),
 * {@link #flipBit}, {@link #crashAt} (a {@link PowerCut} at the n-th operation that changes
 * something) and {@link #crash}.
 */
/*
 * What reads see is a MemoryStorage. Beside it stands what is durable: per file a second content,
 * which sectors of the first are newer (dirty), and per folder the entries plus the journal of
 * changes since. A crash takes each dirty sector and each journal entry or leaves it, at random, and
 * makes a new MemoryStorage of what is left. Files opened before a crash, and locks, are dead then.
 */
public final class FaultyStorage implements Storage {
    /** Writes are torn at multiples of this. */
    public static final int SECTOR = 512;

    private final Random random;
    private MemoryStorage volume = new MemoryStorage();
    private final Map<Long, Durable> durables = new HashMap<>();
    private Map<String, MemoryStorage.Node> entries = new TreeMap<>();
    private List<Change> journal = new ArrayList<>();
    private int epoch;
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private boolean down;
    private long space = Long.MAX_VALUE;
    private int failingWrites;
    private int failingSyncs;
    private int failingFolderSyncs;
    private long syncs;

    private FaultyStorage(Random random) {
        this.random = random;
    }

    /** A volume without faults yet; the seed decides how much of a failing write gets through. */
    public static FaultyStorage seeded(long seed) {
        return new FaultyStorage(new Random(seed));
    }

    /** The machine loses power here. An Error, so that nobody retries it. */
    public static final class PowerCut extends Error {
        private static final long serialVersionUID = 1;

        PowerCut(long operation) {
            super("power cut at operation " + operation);
        }
    }

    /** A change of a folder that is not durable yet. A null node: nothing. */
    private record Change(
            @Nullable String removed, @Nullable String added, MemoryStorage.Node node) {
        boolean in(String folder) {
            String path = added != null ? added : String.valueOf(removed);
            return MemoryStorage.folderOf(path).equals(folder);
        }

        void apply(Map<String, MemoryStorage.Node> entries) {
            if (removed != null && entries.get(removed) == node) {
                entries.remove(removed);
            }
            if (added != null) {
                entries.put(added, node);
            }
        }
    }

    /** What the disk holds of one file. */
    private static final class Durable {
        final MemoryStorage.Node disk;
        final BitSet dirty = new BitSet();

        Durable(long identity) {
            disk = new MemoryStorage.Node(identity);
        }

        void touch(long from, long to) {
            if (to > from) {
                dirty.set((int) (from / SECTOR), Math.ceilDiv(Math.toIntExact(to), SECTOR));
            }
        }

        void copySector(MemoryStorage.Node cache, int sector, int size) {
            int start = sector * SECTOR;
            if (start < size) {
                ByteBuffer octets = ByteBuffer.allocate(Math.min(SECTOR, size - start));
                cache.read(octets, start);
                disk.write(octets.clear(), start);
            }
        }

        void sync(MemoryStorage.Node cache) {
            int size = cache.size();
            dirty.stream().forEach(sector -> copySector(cache, sector, size));
            dirty.clear();
            setSize(size);
        }

        void setSize(int size) {
            disk.truncate(size);
            if (disk.size() < size) {
                disk.write(ByteBuffer.allocate(size - disk.size()), disk.size());
            }
        }

        void crash(MemoryStorage.Node cache, Random random) {
            int before = disk.size();
            int after = cache.size();
            int size =
                    switch (random.nextInt(3)) {
                        case 0 -> before;
                        case 1 -> after;
                        default -> after > before ? before + random.nextInt(after - before) : after;
                    };
            int mood = random.nextInt(4);
            dirty.stream()
                    .filter(_ -> mood == 0 || (mood != 1 && random.nextBoolean()))
                    .forEach(sector -> copySector(cache, sector, Math.min(after, size)));
            dirty.clear();
            setSize(size);
        }
    }

    // ---- faults ----

    /** From now on files may grow by so many octets in all. */
    public synchronized void limitSpace(long octets) {
        space = octets;
    }

    /** There is room again. */
    public synchronized void freeSpace() {
        space = Long.MAX_VALUE;
    }

    /** The next writes are cut short at random and fail. */
    public synchronized void failWrites(int count) {
        failingWrites = count;
    }

    /** The next syncs of files fail. */
    public synchronized void failSyncs(int count) {
        failingSyncs = count;
    }

    /** The next syncs of folders fail. */
    public synchronized void failFolderSyncs(int count) {
        failingFolderSyncs = count;
    }

    /** Turns one bit of a file over, on disk and in the cache. */
    public synchronized void flipBit(String path, long octet, int bit) throws IOException {
        MemoryStorage.Node node = node(path);
        flip(node, octet, bit);
        Durable durable = durables.get(node.identity);
        if (durable != null && octet < durable.disk.size()) {
            flip(durable.disk, octet, bit);
        }
    }

    private static void flip(MemoryStorage.Node node, long octet, int bit) {
        ByteBuffer one = ByteBuffer.allocate(1);
        node.read(one, octet);
        one.put(0, (byte) (one.get(0) ^ (1 << bit)));
        node.write(one.clear(), octet);
    }

    /** Operations so far that changed, or synced, something. */
    public synchronized long operations() {
        return operations;
    }

    /** Syncs of files and folders so far. */
    public synchronized long syncs() {
        return syncs;
    }

    /**
     * The power goes at this operation, counted like {@link #operations()}: a write or a folder
     * change is done but not durable, a sync is not done. Then every call fails until {@link
     * #crash}.
     */
    public synchronized void crashAt(long operation) {
        crashAt = operation;
    }

    /**
     * The power goes, now or as {@link #crashAt} had it, and comes back: of everything not synced,
     * a random part is there. All open files and locks are dead; the faults are over.
     */
    public synchronized void crash(Random fate) {
        Map<String, MemoryStorage.Node> left = new TreeMap<>(entries);
        int mood = fate.nextInt(4);
        for (Change change : journal) {
            if (mood == 0 || (mood != 1 && fate.nextBoolean())) {
                change.apply(left);
            }
        }
        restart(left, fate);
    }

    private void restart(Map<String, MemoryStorage.Node> left, Random fate) {
        Map<String, MemoryStorage.Node> disks = new TreeMap<>();
        Map<Long, Durable> kept = new HashMap<>();
        left.forEach(
                (path, cache) -> {
                    Durable durable = durable(cache);
                    if (!kept.containsKey(cache.identity)) {
                        durable.crash(cache, fate);
                    }
                    kept.put(cache.identity, durable);
                    MemoryStorage.Node copy = new MemoryStorage.Node(cache.identity);
                    copy.write(ByteBuffer.wrap(durable.disk.content()), 0);
                    disks.put(path, copy);
                });
        durables.clear();
        durables.putAll(kept);
        volume = volume.restarted(disks);
        entries = new TreeMap<>(disks);
        journal = new ArrayList<>();
        stopFaults();
    }

    /**
     * The process is killed, the machine lives: nothing is lost, but open files and locks are dead
     * and what is not synced still is not.
     */
    public synchronized void kill() {
        volume = volume.restarted(volume.files());
        stopFaults();
    }

    private void stopFaults() {
        epoch++;
        down = false;
        endFaults();
    }

    /** No fault that was ordered comes any more. */
    public synchronized void endFaults() {
        crashAt = Long.MAX_VALUE;
        space = Long.MAX_VALUE;
        failingWrites = 0;
        failingSyncs = 0;
        failingFolderSyncs = 0;
    }

    /** The octets of a file as reads see them. */
    public synchronized byte[] content(String path) throws IOException {
        return volume.content(path);
    }

    // ---- storage ----

    @Override
    public synchronized StorageFile openForReading(String path) throws IOException {
        requireUp();
        return new FaultyFile(volume.openForReading(path), node(path), false, epoch);
    }

    @Override
    public synchronized StorageFile openForWriting(String path) throws IOException {
        return open(path, false);
    }

    @Override
    public synchronized StorageFile openForAppending(String path) throws IOException {
        return open(path, true);
    }

    private StorageFile open(String path, boolean appending) throws IOException {
        requireUp();
        boolean isNew = volume.identity(path) < 0;
        if (isNew && space == 0) {
            throw noSpace(path);
        }
        StorageFile file = appending ? volume.openForAppending(path) : volume.openForWriting(path);
        if (isNew) {
            journal.add(new Change(null, path, node(path)));
            count();
        }
        return new FaultyFile(file, node(path), appending, epoch);
    }

    @Override
    public synchronized void createFolder(String path) throws IOException {
        requireUp();
        volume.createFolder(path);
    }

    @Override
    public synchronized List<String> list(String folder) {
        requireUp();
        return volume.list(folder);
    }

    @Override
    public synchronized boolean exists(String path) {
        requireUp();
        return volume.exists(path);
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        requireUp();
        if (volume.identity(path) >= 0) {
            MemoryStorage.Node node = node(path);
            journal.add(new Change(path, null, node));
            giveBack(node.size());
            volume.delete(path);
            count();
        }
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        requireUp();
        MemoryStorage.Node node = node(from);
        volume.rename(from, to);
        journal.add(new Change(from, to, node));
        count();
    }

    @Override
    public synchronized void syncFolder(String folder) throws IOException {
        requireUp();
        count();
        syncs++;
        if (failingFolderSyncs > 0) {
            failingFolderSyncs--;
            throw new IOException("Input/output error: sync of folder " + folder);
        }
        for (Iterator<Change> changes = journal.iterator(); changes.hasNext(); ) {
            Change change = changes.next();
            if (change.in(folder)) {
                change.apply(entries);
                changes.remove();
            }
        }
    }

    @Override
    public synchronized long usableSpace() {
        requireUp();
        return space;
    }

    @Override
    public synchronized long identity(String path) {
        requireUp();
        return volume.identity(path);
    }

    @Override
    public synchronized AutoCloseable lock(String path) throws IOException {
        requireUp();
        return volume.lock(path);
    }

    private MemoryStorage.Node node(String path) throws IOException {
        MemoryStorage.Node node = volume.files().get(path);
        if (node == null) {
            throw new FileNotFoundException(path);
        }
        return node;
    }

    private Durable durable(MemoryStorage.Node node) {
        return durables.computeIfAbsent(node.identity, Durable::new);
    }

    private void requireUp() {
        if (down) {
            throw new PowerCut(operations);
        }
    }

    private void count() {
        operations++;
        if (operations >= crashAt) {
            down = true;
            throw new PowerCut(operations);
        }
    }

    private void giveBack(long octets) {
        space = space > Long.MAX_VALUE - octets ? Long.MAX_VALUE : space + octets;
    }

    private static IOException noSpace(String what) {
        return new IOException("No space left on device: " + what);
    }

    private synchronized void write(FaultyFile file, ByteBuffer from, long position)
            throws IOException {
        MemoryStorage.Node node = file.node;
        long start = file.appending ? node.size() : position;
        IOException trouble = null;
        int fits = from.remaining();
        if (failingWrites > 0) {
            failingWrites--;
            fits = random.nextInt(fits + 1);
            trouble = new IOException("Input/output error: write");
        }
        long growth = start + fits - node.size();
        if (growth > space) {
            fits = Math.toIntExact(Math.max(0, fits - (growth - space)));
            trouble = noSpace("write");
        }
        long before = node.size();
        ByteBuffer part = from.slice(from.position(), fits);
        if (fits > 0) {
            durable(node).touch(Math.min(start, before), start + fits);
            node.write(part, start);
            from.position(from.position() + fits);
        }
        if (space != Long.MAX_VALUE) {
            space -= Math.max(0, node.size() - before);
        }
        count();
        if (trouble != null) {
            throw trouble;
        }
    }

    private synchronized void truncate(FaultyFile file, long size) {
        long before = file.node.size();
        file.node.truncate(size);
        giveBack(before - file.node.size());
        durable(file.node).touch(Math.min(size, before), before);
        count();
    }

    private synchronized void sync(FaultyFile file) throws IOException {
        count();
        syncs++;
        Durable durable = durable(file.node);
        if (failingSyncs > 0) {
            failingSyncs--;
            // Pages are marked clean whether or not they reached the disk.
            int size = file.node.size();
            for (int i = durable.dirty.nextSetBit(0); i >= 0; i = durable.dirty.nextSetBit(i + 1)) {
                if (random.nextInt(3) == 0) {
                    durable.copySector(file.node, i, size);
                }
            }
            durable.dirty.clear();
            throw new IOException("Input/output error: sync");
        }
        durable.sync(file.node);
    }

    private synchronized void requireAlive(FaultyFile file) throws IOException {
        requireUp();
        if (file.epoch != epoch || file.closed) {
            throw new ClosedChannelException();
        }
    }

    private final class FaultyFile implements StorageFile {
        private final StorageFile cache;
        private final MemoryStorage.Node node;
        private final boolean appending;
        private final int epoch;
        private volatile boolean closed;

        FaultyFile(StorageFile cache, MemoryStorage.Node node, boolean appending, int epoch) {
            this.cache = cache;
            this.node = node;
            this.appending = appending;
            this.epoch = epoch;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            requireAlive(this);
            FaultyStorage.this.write(this, from, position);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            requireAlive(this);
            return cache.read(into, position);
        }

        @Override
        public long size() throws IOException {
            requireAlive(this);
            return cache.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            requireAlive(this);
            FaultyStorage.this.truncate(this, size);
        }

        @Override
        public void sync() throws IOException {
            requireAlive(this);
            FaultyStorage.this.sync(this);
        }

        @Override
        public long identity() {
            return node.identity;
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
