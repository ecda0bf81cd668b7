package io.sealpost.relay.integrity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The hashes of a growing tree on disk: of every eighth level all, in order, in files of {@link
 * HashFolder#SPAN}. Confined to one thread, but for {@link #reader} and {@link #durable}.
 */
final class HashFiles implements AutoCloseable {
    /** Leaf hashes that are written at once. */
    private static final int WRITE_HASHES = 4096;

    private static final int LEVELS = Long.SIZE / Tiles.HEIGHT;

    private final HashFolder folder;
    private final List<HashLevel> levels;
    private long firstLeaf;

    /** Leaves of which all hashes are synced; volatile because readers go by it. */
    private volatile long durable;

    private HashFiles(HashFolder folder, List<HashLevel> levels, long firstLeaf, long durable) {
        this.folder = folder;
        this.levels = levels;
        this.firstLeaf = firstLeaf;
        this.durable = durable;
    }

    /**
     * The files of a tree of this size. They may hold more, see {@link #cut}.
     *
     * @throws IntegrityException if they hold less
     */
    static HashFiles open(HashFolder folder, long size) throws IOException {
        folder.storage().createFolder(HashFolder.PATH);
        List<HashLevel> levels = new ArrayList<>();
        long firstLeaf = 0;
        for (int level = 0; level < LEVELS; level++) {
            int room = level == 0 ? WRITE_HASHES : WRITE_HASHES / Tiles.WIDTH + 1;
            HashLevel files = new HashLevel(folder, level, Tiles.hashes(level, size), room);
            levels.add(files);
            long first = files.check();
            firstLeaf = level == 0 ? first : firstLeaf;
        }
        return new HashFiles(folder, levels, firstLeaf, size);
    }

    /** Whether there is a file of hashes at all. */
    static boolean exist(HashFolder folder) throws IOException {
        return !folder.list(0).isEmpty();
    }

    /** Removes what is behind the tree, before anything is added. */
    void cut() throws IOException {
        if (!folder.has(Flaw.EDGE_NOT_CUT)) {
            for (HashLevel level : levels) {
                level.cut();
            }
        }
    }

    /** Takes a node of the tree, as {@link TreeEdge.Nodes} tells them. */
    void add(int level, long index, byte[] b, int at) {
        if (level % Tiles.HEIGHT == 0) {
            levels.get(level / Tiles.HEIGHT).add(b, at);
        }
    }

    /** Leaves that can be added before {@link #flush}. */
    int room() {
        return levels.getFirst().room();
    }

    /** Writes what was added. */
    void flush() throws IOException {
        for (HashLevel level : levels) {
            level.flush();
        }
    }

    /** Makes all that was added durable: the hashes of a tree of this size. */
    void sync(long size) throws IOException {
        flush();
        boolean madeFiles = false;
        for (HashLevel level : levels) {
            madeFiles |= level.sync();
        }
        if (madeFiles && !folder.has(Flaw.NO_FOLDER_SYNC)) {
            folder.storage().syncFolder(HashFolder.PATH);
        }
        durable = size;
    }

    /** Leaves of which all hashes are durable. */
    long durable() {
        return durable;
    }

    /** A new reader of what is durable. */
    HashReader reader() {
        return new HashReader(folder, () -> durable);
    }

    /** First leaf whose hash was not dropped. */
    long firstLeaf() {
        return firstLeaf;
    }

    /** Octets of all files, up to the durable end. */
    long octets() {
        long octets = fileOctets(Tiles.hashes(0, durable)) - fileOctets(firstLeaf);
        for (int level = 1; level < LEVELS; level++) {
            octets += fileOctets(Tiles.hashes(level, durable));
        }
        return octets;
    }

    private long fileOctets(long hashes) {
        return hashes * Hash.OCTETS + Math.ceilDiv(hashes, folder.span()) * HashFolder.HEADER;
    }

    /**
     * The first leaf there would be if all files went that hold only leaves below {@code keepFrom},
     * and the oldest until the rest takes at most so many octets. The file of {@code end}, and what
     * is behind, stays.
     */
    long firstLeafWithin(long keepFrom, long maxOctets, long end) {
        long first = firstLeaf;
        long octets = octets();
        while (first + folder.span() < end
                && (first + folder.span() <= keepFrom || octets > maxOctets)) {
            first += folder.span();
            octets -= fileOctets(folder.span());
        }
        return first;
    }

    /** Drops leaf hashes, as far as whole files have only leaves below this one. */
    void dropBefore(long leaf) throws IOException {
        while (firstLeaf + folder.span() <= leaf) {
            folder.storage().delete(folder.path(0, firstLeaf));
            // One by one, so that no crash makes a gap.
            folder.storage().syncFolder(HashFolder.PATH);
            firstLeaf += folder.span();
        }
    }

    @Override
    public void close() throws IOException {
        for (HashLevel level : levels) {
            level.close();
        }
    }
}
