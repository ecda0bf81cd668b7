package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.verify.Finding.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Compares the entries that a log still gives out with its leaf hashes, which {@link LogCheck} has
 * found good. Which entries those are says nothing: the spool goes when upstreams have it. For one
 * thread.
 */
public final class EntryCheck {
    /** The first of them are shown; more than that say nothing new. */
    private static final int MOST_SHOWN = 20;

    private final SealedLog log;
    private final Findings findings;
    private final MerkleHash hashing = new MerkleHash();
    private final byte[] leaves = new byte[Tiles.WIDTH * Hash.OCTETS];
    private final byte[] leaf = new byte[Hash.OCTETS];
    private int shown;

    /** A check of a log, which stays the caller's to close. */
    public EntryCheck(SealedLog log, Findings findings) {
        this.log = log;
        this.findings = findings;
    }

    /**
     * Checks all that there are.
     *
     * @param size leaves in the tree
     */
    public void run(long size) throws IOException {
        try {
            check(size);
        } catch (TokenNeededException _) {
            findings.unchecked(
                    "entries", "they are messages, and given only to those who show --token");
        }
    }

    private void check(long size) throws IOException {
        long from = log.firstLeaf(size) / Tiles.WIDTH;
        long bundles = Math.ceilDiv(size, Tiles.WIDTH);
        long good = 0;
        for (long index = from; index < bundles; index++) {
            Tile.Entries bundle = Tiles.bundle(index, size);
            Optional<List<byte[]>> entries = log.entries(bundle);
            if (entries.isPresent()) {
                good += check(bundle, entries.get());
            }
            findings.progress("entries", index - from + 1, bundles - from);
        }
        if (good > 0 && shown == 0) {
            findings.good("entries: " + good + " of " + size + " are still there, as signed");
        } else if (shown == 0) {
            findings.unchecked("entries", "the log has none any more, only their hashes");
        }
    }

    private int check(Tile.Entries bundle, List<byte[]> entries) throws IOException {
        long first = bundle.index() * Tiles.WIDTH;
        if (entries.size() != bundle.width()) {
            damaged(bundle.path() + " has " + entries.size() + " entries");
            return 0;
        }
        log.read(0, first, bundle.width(), leaves, 0);
        for (int i = 0; i < bundle.width(); i++) {
            byte[] entry = entries.get(i);
            hashing.leaf(entry, 0, entry.length, leaf, 0);
            int at = i * Hash.OCTETS;
            if (!Arrays.equals(leaf, 0, Hash.OCTETS, leaves, at, at + Hash.OCTETS)) {
                damaged("entry " + (first + i) + " is not what was signed");
            }
        }
        return bundle.width();
    }

    private void damaged(String what) {
        shown++;
        if (shown <= MOST_SHOWN) {
            findings.add(Finding.of(Kind.LOG_DAMAGED, what));
        }
    }
}
