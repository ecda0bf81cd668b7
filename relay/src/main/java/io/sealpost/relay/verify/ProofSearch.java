package io.sealpost.relay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.Proofs;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.TiledNodes;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.integrity.TlogProof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes proofs of single entries, by their index or a text in them. The entries come from a file of
 * an upstream, or from a log that is served with them. For one thread.
 */
public final class ProofSearch {
    /** Lines that are looked for at once. */
    private static final int MOST_LINES = 1 << 16;

    private final SealedLog log;
    private final SignedNote note;
    private final long size;
    private final MerkleHash hashing = new MerkleHash();

    /**
     * What was found.
     *
     * @param proof of the first match
     * @param more matches
     */
    public record Found(Optional<TlogProof> proof, long more) {}

    /** A search in a log, which stays the caller's to close. */
    public ProofSearch(SealedLog log) throws IOException {
        this.log = log;
        try {
            note = SignedNote.parse(log.checkpoint());
            size = Checkpoint.parse(note.text()).size();
        } catch (NoteFormatException e) {
            throw new IOException("the newest checkpoint is damaged: " + e.getMessage(), e);
        }
    }

    /** Looks through the entries that the log still gives out. */
    public Found inLog(OptionalLong index, Optional<String> match) throws IOException {
        Optional<TlogProof> first = Optional.empty();
        long more = 0;
        long bundles = Math.ceilDiv(size, Tiles.WIDTH);
        long begin = index.isPresent() ? index.getAsLong() / Tiles.WIDTH : 0;
        long end = index.isPresent() ? Math.min(begin + 1, bundles) : bundles;
        for (long bundle = begin; bundle < end; bundle++) {
            List<byte[]> entries = log.entries(Tiles.bundle(bundle, size)).orElse(List.of());
            for (int i = 0; i < entries.size(); i++) {
                long at = bundle * Tiles.WIDTH + i;
                byte[] entry = entries.get(i);
                boolean wanted =
                        index.isPresent() ? at == index.getAsLong() : matches(entry, match);
                if (wanted && first.isPresent()) {
                    more++;
                } else if (wanted && isLeaf(at, hashing.leaf(entry))) {
                    first = Optional.of(proof(at, entry));
                }
            }
        }
        return new Found(first, more);
    }

    private static boolean matches(byte[] entry, Optional<String> match) {
        return entry.length > 0
                && entry[0] == Entry.MESSAGE
                && new String(entry, 1, entry.length - 1, UTF_8).contains(match.orElse(""));
    }

    private boolean isLeaf(long index, Hash leaf) throws IOException {
        byte[] hash = new byte[Hash.OCTETS];
        log.read(0, index, 1, hash, 0);
        return Hash.at(hash, 0).equals(leaf);
    }

    /** Looks through the lines of a file. */
    public Found inFile(UpstreamFile file, OptionalLong index, Optional<String> match)
            throws IOException {
        LineReader reader = new LineReader(file.in());
        reader.format();
        List<UnknownLine> lines = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        long more = 0;
        for (LineChunk chunk = reader.next(); chunk != null; chunk = reader.next()) {
            for (int i = 0; i < chunk.count(); i++) {
                byte[] message = chunk.message(i);
                byte[] entry = Entry.ofMessage(message, 0, message.length);
                Hash leaf = hashing.leaf(entry);
                boolean wanted =
                        index.isPresent()
                                ? index.getAsLong() < size && isLeaf(index.getAsLong(), leaf)
                                : new String(message, UTF_8).contains(match.orElse(""));
                if (wanted && index.isPresent()) {
                    return new Found(Optional.of(proof(index.getAsLong(), entry)), 0);
                }
                if (wanted && lines.size() < MOST_LINES) {
                    lines.add(new UnknownLine(file.name(), chunk.line(i), "", -1, List.of(leaf)));
                    entries.add(entry);
                } else if (wanted) {
                    more++;
                }
            }
        }
        return first(lines, entries, more);
    }

    private Found first(List<UnknownLine> lines, List<byte[]> entries, long more)
            throws IOException {
        LeafSet none = new LeafSet(size);
        LeafLocator locator = new LeafLocator(log, log.firstLeaf(size), size, none, _ -> true);
        locator.search(
                lines,
                0,
                (leaf, same) -> {
                    same.stream()
                            .filter(line -> line.taken() < 0)
                            .forEach(line -> line.taken(leaf));
                    return true;
                });
        Optional<TlogProof> first = Optional.empty();
        long others = more;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).taken() >= 0 && first.isEmpty()) {
                first = Optional.of(proof(lines.get(i).taken(), entries.get(i)));
            } else if (lines.get(i).taken() >= 0) {
                others++;
            }
        }
        return new Found(first, others);
    }

    private TlogProof proof(long index, byte[] entry) throws IOException {
        List<Hash> path =
                Proofs.inclusion(index, size, new TiledNodes(log))
                        .orElseThrow(() -> new IOException("entry " + index + " of " + size));
        return new TlogProof(Base64.getEncoder().encodeToString(entry), index, path, note);
    }
}
