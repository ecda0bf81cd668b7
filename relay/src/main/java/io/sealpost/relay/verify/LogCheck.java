package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.CheckpointReader;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityException;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.integrity.TiledNodes;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.integrity.TreeEdge;
import io.sealpost.relay.verify.Finding.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a log by itself: that its newest checkpoint is signed, that the hashes below are those of
 * its tree, that every stored checkpoint is how that tree once was, and that the metadata is what
 * was hashed. Memory: 40 octets for each stored checkpoint. For one thread, once.
 */
/*
 * One pass over all leaf hashes that are kept, through the growing edge of a tree. Each node whose
 * level is stored is compared with what is stored, so that damage is told where it is; each
 * checkpoint's root with the edge at its size. Signatures of stored checkpoints are the slow part, and
 * are checked by all cores.
 */
public final class LogCheck {
    private static final int SIGNATURES_AT_ONCE = 1024;

    /** The first of them are shown; more than that say nothing new. */
    private static final int MOST_DAMAGES = 20;

    private final SealedLog log;
    private final LogKeys keys;
    private final Findings findings;
    private final MerkleHash hashing = new MerkleHash();
    private final byte[] tile = new byte[Tiles.WIDTH * Hash.OCTETS];
    private final byte[] stored = new byte[Hash.OCTETS];
    private int damages;
    private @Nullable IOException failure;

    /** A check of a log, which stays the caller's to close. */
    public LogCheck(SealedLog log, LogKeys keys, Findings findings) {
        this.log = log;
        this.keys = keys;
        this.findings = findings;
    }

    /**
     * Checks everything.
     *
     * @return the newest checkpoint, or empty if there is none that counts
     * @throws IOException if the log cannot be read, which says nothing about it
     */
    public Optional<Checkpoint> run() throws IOException {
        Optional<Checkpoint> newest = newest();
        if (newest.isPresent()) {
            try {
                SignedRoots roots = checkpoints(newest.get());
                long firstLeaf = log.firstLeaf(newest.get().size());
                tree(newest.get(), roots, firstLeaf);
                metadata(newest.get(), firstLeaf);
            } catch (IntegrityException | FileNotFoundException e) {
                damaged(e.getMessage());
            }
        }
        return newest;
    }

    private Optional<Checkpoint> newest() throws IOException {
        byte[] note;
        try {
            note = log.checkpoint();
        } catch (FileNotFoundException e) {
            damaged(e.getMessage());
            return Optional.empty();
        }
        LogKeys.Read read = keys.read(note);
        if (read.checkpoint().isEmpty()) {
            findings.add(
                    Finding.of(
                            Kind.NOT_SIGNED,
                            "the newest checkpoint in " + log.name() + " " + read.trouble()));
        } else {
            Checkpoint says = read.checkpoint().get();
            findings.good(
                    "newest checkpoint: signed, over "
                            + says.size()
                            + " entries, root "
                            + says.root().base64());
        }
        return read.checkpoint();
    }

    private void damaged(@Nullable String what) {
        damages++;
        if (damages <= MOST_DAMAGES) {
            findings.add(Finding.of(Kind.LOG_DAMAGED, String.valueOf(what)));
        }
    }

    /** All stored checkpoints up to the newest, those that are signed. */
    private SignedRoots checkpoints(Checkpoint newest) throws IOException {
        SignedRoots roots = new SignedRoots();
        List<StoredCheckpoint> batch = new ArrayList<>();
        CheckpointReader.walk(
                log.checkpoints(),
                new CheckpointReader.Visitor() {
                    @Override
                    public void checkpoint(StoredCheckpoint checkpoint) {
                        batch.add(checkpoint);
                        if (batch.size() == SIGNATURES_AT_ONCE) {
                            signatures(batch, roots);
                        }
                    }

                    @Override
                    public void damaged(String name) {
                        LogCheck.this.damaged("the file of checkpoints " + name + " is damaged");
                    }
                });
        signatures(batch, roots);
        if (roots.last() < newest.size()) {
            damaged(
                    "the stored checkpoints end at "
                            + roots.last()
                            + " entries, but the newest is over "
                            + newest.size());
        }
        return roots;
    }

    private void signatures(List<StoredCheckpoint> batch, SignedRoots roots) {
        List<LogKeys.Read> read = batch.parallelStream().map(c -> keys.read(c.note())).toList();
        for (int i = 0; i < batch.size(); i++) {
            Checkpoint says = batch.get(i).checkpoint();
            if (read.get(i).checkpoint().isEmpty()) {
                findings.add(
                        Finding.of(
                                Kind.NOT_SIGNED,
                                "the stored checkpoint over "
                                        + says.size()
                                        + " entries "
                                        + read.get(i).trouble()));
            } else if (says.size() <= roots.last()) {
                damaged("the stored checkpoint over " + says.size() + " is out of order");
            } else {
                roots.add(says.size(), says.root());
            }
        }
        findings.progress("checkpoints", roots.count(), 0);
        batch.clear();
    }

    private void tree(Checkpoint newest, SignedRoots roots, long firstLeaf) throws IOException {
        long size = newest.size();
        if (firstLeaf > 0) {
            dropped(firstLeaf);
        }
        TreeEdge edge = TreeEdge.resume(firstLeaf, new TiledNodes(log), this::compare);
        int below = 0;
        while (below < roots.count() && roots.size(below) < firstLeaf) {
            below++;
        }
        int next = below;
        while (edge.size() < size) {
            int width = (int) Math.min(Tiles.WIDTH, size - edge.size());
            log.read(0, edge.size(), width, tile, 0);
            for (int i = 0; i < width; i++) {
                next = compareRoots(edge, roots, next);
                edge.append(tile, i * Hash.OCTETS);
            }
            if (failure != null) {
                throw failure;
            }
            long all = (size - firstLeaf) * Hash.OCTETS;
            findings.progress("hashes", (edge.size() - firstLeaf) * Hash.OCTETS, all);
        }
        next = compareRoots(edge, roots, next);
        if (!edge.root().equals(newest.root())) {
            damaged(
                    "the hashes of all "
                            + size
                            + " entries have the root "
                            + edge.root()
                            + ", but the signed one is "
                            + newest.root());
        } else if (damages == 0) {
            findings.good(
                    "tree: the hashes of entries "
                            + firstLeaf
                            + " to "
                            + (size - 1)
                            + " are those of the signed root, and so were "
                            + (next - below)
                            + " stored checkpoints");
        }
    }

    /** Leaf hashes that were dropped: the levels above are kept, and must be sound. */
    private void dropped(long firstLeaf) throws IOException {
        findings.unchecked(
                "hashes of entries 0 to " + (firstLeaf - 1),
                "they are not kept, as a message \"integrity-dropped\" should tell; the levels"
                        + " above them are, and were checked");
        if (firstLeaf % Tiles.DROPPED_TOGETHER != 0) {
            damaged("leaf hashes begin at " + firstLeaf + ", where the relay drops whole files");
        }
        TreeEdge above =
                new TreeEdge((level, index, b, at) -> compare(level + Tiles.HEIGHT, index, b, at));
        for (long i = 0; i < firstLeaf / Tiles.WIDTH; i += Tiles.WIDTH) {
            int width = (int) Math.min(Tiles.WIDTH, firstLeaf / Tiles.WIDTH - i);
            log.read(1, i, width, tile, 0);
            for (int k = 0; k < width; k++) {
                above.append(tile, k * Hash.OCTETS);
            }
        }
    }

    /** Compares the tree with the checkpoints of its size; the first that is larger. */
    private int compareRoots(TreeEdge edge, SignedRoots roots, int from) {
        int next = from;
        for (; next < roots.count() && roots.size(next) == edge.size(); next++) {
            if (!edge.root().equals(roots.root(next))) {
                findings.add(
                        Finding.of(
                                Kind.OTHER_TREE,
                                "the checkpoint over "
                                        + edge.size()
                                        + " entries is signed, but they had another root then"));
            }
        }
        return next;
    }

    private void compare(int level, long index, byte[] b, int at) {
        if (level == 0 || level % Tiles.HEIGHT != 0 || failure != null) {
            return;
        }
        try {
            log.read(level / Tiles.HEIGHT, index, 1, stored, 0);
        } catch (IOException e) {
            failure = e;
            return;
        }
        if (!Arrays.equals(stored, 0, Hash.OCTETS, b, at, at + Hash.OCTETS)) {
            long first = index << level;
            damaged(
                    "hash "
                            + index
                            + " of level "
                            + level / Tiles.HEIGHT
                            + " is not that over entries "
                            + first
                            + " to "
                            + (first + (1L << level) - 1)
                            + ": one of them, or it, was changed");
        }
    }

    private void metadata(Checkpoint newest, long firstLeaf) throws IOException {
        long size = newest.size();
        long entries = 0;
        try (MetadataReader reader = new MetadataReader(log.metadata(), () -> size)) {
            long end = 0;
            for (Optional<BatchEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
                BatchEntry entry = e.get();
                if (entries == 0 && entry.firstIndex() > log.firstLeaf(size)) {
                    damaged("the metadata begins at entry " + entry.firstIndex());
                }
                end = entry.endLeaf();
                long own = end - 1;
                entries++;
                if (own >= size) {
                    break;
                }
                if (own >= firstLeaf) {
                    log.read(0, own, 1, stored, 0);
                    if (!hashing.leaf(entry.encode()).equals(Hash.at(stored, 0))) {
                        damaged("the metadata in entry " + own + " is not what was signed");
                    }
                }
            }
            if (end < size) {
                damaged("the metadata ends at entry " + end + " of " + size);
            } else if (damages == 0) {
                findings.good("metadata: " + entries + " batches, as signed");
            }
        }
    }
}
