package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.TiledNodes;
import io.sealpost.relay.integrity.TreeEdge;
import io.sealpost.relay.verify.Finding.Kind;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Compares the checkpoints that stand in lines with the log: who changed the relay's log cannot
 * have changed those. Confined.
 */
final class InBandNotes {
    private final SealedLog log;
    private final LogKeys keys;
    private final Findings findings;
    private final Checkpoint newest;
    private final long firstLeaf;
    private long agreeing;
    private long largest = -1;
    private String largestAt = "";

    InBandNotes(SealedLog log, LogKeys keys, Findings findings, Checkpoint newest, long firstLeaf) {
        this.log = log;
        this.keys = keys;
        this.findings = findings;
        this.newest = newest;
        this.firstLeaf = firstLeaf;
    }

    void add(String file, LineChunk chunk) throws IOException {
        Collection<Map.Entry<Integer, SignedNote>> notes = chunk.notes().entrySet();
        // The signatures are the slow part.
        List<Map.Entry<Integer, Checkpoint>> signed =
                notes.parallelStream()
                        .flatMap(
                                e ->
                                        keys.readInBand(e.getValue()).stream()
                                                .map(c -> Map.entry(e.getKey(), c)))
                        .toList();
        for (Map.Entry<Integer, Checkpoint> e : signed) {
            compare("line " + chunk.line(e.getKey()) + " of " + file, e.getValue());
        }
    }

    private void compare(String where, Checkpoint says) throws IOException {
        if (says.size() > newest.size()) {
            if (says.size() > largest) {
                largest = says.size();
                largestAt = where;
            }
        } else if (says.size() >= firstLeaf) {
            if (root(says.size()).equals(says.root())) {
                agreeing++;
            } else {
                findings.add(
                        Finding.of(
                                Kind.OTHER_TREE,
                                "the checkpoint in "
                                        + where
                                        + " over "
                                        + says.size()
                                        + " entries is signed, but the log has another root there:"
                                        + " there were two logs of this origin"));
            }
        }
    }

    private Hash root(long size) throws IOException {
        return TreeEdge.resume(size, new TiledNodes(log), (_, _, _, _) -> {}).root();
    }

    /** Tells what the files' checkpoints say of the log. */
    void end() throws IOException {
        if (largest > sizeNow()) {
            findings.add(
                    Finding.of(
                            Kind.OTHER_TREE,
                            "the checkpoint in "
                                    + largestAt
                                    + " is over "
                                    + largest
                                    + " entries, but the log in "
                                    + log.name()
                                    + " has "
                                    + newest.size()
                                    + ": it is an old copy, or was put back"));
        }
        if (agreeing > 0) {
            findings.good("checkpoints in the files: " + agreeing + ", signed and of this log");
        }
    }

    /** A running relay has gone on since. */
    private long sizeNow() throws IOException {
        try {
            return Checkpoint.parse(SignedNote.parse(log.checkpoint()).text()).size();
        } catch (NoteFormatException e) {
            return newest.size();
        }
    }
}
