package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tree over all entries of the spool, with its hashes on disk. Confined to one thread, but for
 * {@link #reader} and the readers it gives.
 */
/*
 * The newest stored checkpoint is the one mark of what is durable: it is signed over a DurableHead,
 * which only sync() makes, and it has a root to compare with. So opening takes over exactly the tree
 * of that checkpoint and cuts what is behind: those hashes may be torn, or a killed process may have
 * left them in the page cache only, and no root speaks for them. Whoever drives the log hands in their
 * leaves again, and releases no spool segment above the newest checkpoint.
 *
 * An exception in the middle leaves files of which nothing is known. The log takes nothing any more
 * then; it is closed and opened again. Nothing is appended before a first checkpoint, over nothing, is
 * stored: hashes without any checkpoint are therefore never the rest of a crash.
 */
public final class IntegrityLog implements AutoCloseable {
    private final HashFiles files;
    private final CheckpointStore checkpoints;
    private final TreeEdge edge;
    private boolean whole = true;

    private IntegrityLog(HashFiles files, CheckpointStore checkpoints, TreeEdge edge) {
        this.files = files;
        this.checkpoints = checkpoints;
        this.edge = edge;
    }

    /** Size and root of a tree whose hashes are durable. Made by {@link #sync} only. */
    public static final class DurableHead {
        private final long size;
        private final Hash root;

        private DurableHead(long size, Hash root) {
            this.size = size;
            this.root = root;
        }

        /** Leaves in the tree. */
        public long size() {
            return size;
        }

        /** Its root. */
        public Hash root() {
            return root;
        }
    }

    /**
     * Opens the log as the newest checkpoint says it was: entries from {@link #size} on are needed
     * again.
     *
     * @throws IntegrityException if the hashes on disk are not those of that checkpoint; nothing on
     *     disk was changed then
     */
    public static IntegrityLog open(Storage storage, CheckpointStore checkpoints)
            throws IOException {
        return open(HashFolder.of(storage), checkpoints);
    }

    static IntegrityLog open(HashFolder folder, CheckpointStore checkpoints) throws IOException {
        Optional<StoredCheckpoint> newest = checkpoints.newest();
        if (newest.isEmpty() && HashFiles.exist(folder)) {
            throw new IntegrityException(
                    Reason.CHECKPOINT_MISSING,
                    HashFolder.PATH + " has hashes, but there is no checkpoint: it was removed");
        }
        long size = newest.map(stored -> stored.checkpoint().size()).orElse(0L);
        HashFiles files = HashFiles.open(folder, size);
        try (HashReader reader = files.reader()) {
            TreeEdge edge = TreeEdge.resume(size, new TiledNodes(reader), files::add);
            if (newest.isPresent() && !edge.root().equals(newest.get().checkpoint().root())) {
                throw new IntegrityException(
                        Reason.HASHES_DAMAGED,
                        "the first "
                                + size
                                + " hashes in "
                                + HashFolder.PATH
                                + " have the root "
                                + edge.root()
                                + ", but "
                                + newest.get().checkpoint().root()
                                + " was signed: they were damaged or put back from a copy");
            }
            files.cut();
            return new IntegrityLog(files, checkpoints, edge);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Appends leaf hashes that lie side by side. Those of entries that the log has already must be
     * the same as it has.
     *
     * @param first entry's index, at most {@link #size}
     * @throws IntegrityException if the log has another hash for an entry
     */
    public void append(long first, byte[] leaves, int count) throws IOException {
        requireWhole();
        if (first < 0 || first > size()) {
            throw new IllegalArgumentException("entry " + first + " at size " + size());
        }
        if (checkpoints.newest().isEmpty()) {
            throw new IllegalStateException("the first checkpoint is one over nothing");
        }
        whole = false;
        int had = (int) Math.min(count, size() - first);
        if (had > 0) {
            requireSame(first, leaves, had);
        }
        for (int i = had; i < count; i++) {
            if (files.room() == 0) {
                files.flush();
            }
            edge.append(leaves, i * Hash.OCTETS);
        }
        whole = true;
    }

    private void requireSame(long first, byte[] leaves, int count) throws IOException {
        byte[] kept = new byte[Hash.OCTETS];
        try (HashReader reader = reader()) {
            for (int i = 0; i < count; i++) {
                long index = first + i;
                if (index >= files.firstLeaf()) {
                    reader.read(0, index, 1, kept, 0);
                    int at = i * Hash.OCTETS;
                    if (!Arrays.equals(kept, 0, Hash.OCTETS, leaves, at, at + Hash.OCTETS)) {
                        throw new IntegrityException(
                                Reason.OTHER_ENTRIES,
                                "entry " + index + " in the spool is not the one that was signed");
                    }
                }
            }
        }
    }

    /** Makes all that was appended durable. */
    public DurableHead sync() throws IOException {
        requireWhole();
        whole = false;
        files.sync(size());
        whole = true;
        return new DurableHead(size(), root());
    }

    /** Leaves in the tree; behind them the next are to be appended. */
    public long size() {
        return edge.size();
    }

    /** Root of the tree. */
    public Hash root() {
        return edge.root();
    }

    /** A new reader of the durable hashes, to be closed by the caller. */
    public HashReader reader() {
        return files.reader();
    }

    /** First leaf whose hash was not dropped. */
    public long firstLeaf() {
        return files.firstLeaf();
    }

    /** Octets of the hashes on disk. */
    public long octets() {
        return files.octets();
    }

    /**
     * What {@link #firstLeaf} would be after dropping what need not be kept. Leaf hashes go by
     * whole files, the newest of which stays; hashes of higher levels stay for ever.
     *
     * @param keepFrom leaves before this one are too old
     * @param maxOctets of all hashes
     */
    public long firstLeafWithin(long keepFrom, long maxOctets) {
        return files.firstLeafWithin(keepFrom, maxOctets, covered());
    }

    /** Drops the hashes of leaves before this one, as {@link #firstLeafWithin} has named it. */
    public void dropBefore(long leaf) throws IOException {
        requireWhole();
        whole = false;
        files.dropBefore(files.firstLeafWithin(leaf, Long.MAX_VALUE, covered()));
        whole = true;
    }

    private long covered() {
        return checkpoints.newest().map(stored -> stored.checkpoint().size()).orElse(0L);
    }

    private void requireWhole() {
        if (!whole) {
            throw new IllegalStateException("after a failure the log is opened anew");
        }
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
