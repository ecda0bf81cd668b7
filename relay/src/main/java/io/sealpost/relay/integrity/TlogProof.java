package io.sealpost.relay.integrity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A proof, to be checked offline, that a log has an entry: C2SP tlog-proof, by custom in a file
 * named {@code *.tlog-proof}.
 *
 * @param extra what goes with it, in base64; vouched for by nothing. Empty for none
 * @param index of the entry in the log
 * @param path the inclusion proof
 * @param note a checkpoint with its signatures
 */
public record TlogProof(String extra, long index, List<Hash> path, SignedNote note) {
    /** Longest proof that is read. */
    public static final int MAX_OCTETS = 2 * SignedNote.MAX_OCTETS;

    private static final String HEADER = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";

    /** A path is no longer than a tree is high. */
    private static final int MAX_PATH = 63;

    /** Before the checkpoint: the path, and at most three lines that lead to it. */
    private static final int MAX_LINES = 3 + MAX_PATH;

    /** What a proof shows. */
    public enum Verdict {
        /** The log has the entry. */
        PROVEN,
        /** The checkpoint is of another log. */
        OTHER_LOG,
        /** The checkpoint has no signature of the key. */
        NOT_SIGNED,
        /** The checkpoint has a signature that claims to be of the key and is not. */
        BAD_SIGNATURE,
        /** The checkpoint is good, and the entry does not lead to it. */
        NOT_INCLUDED
    }

    /** A proof that can be printed and read again. */
    public TlogProof {
        path = List.copyOf(path);
        if (!extra.isEmpty() && StrictBase64.decode(extra).isEmpty()) {
            throw new IllegalArgumentException("extra data not in base64");
        }
        if (index < 0 || path.size() > MAX_PATH) {
            throw new IllegalArgumentException(path.size() + " hashes from " + index);
        }
        try {
            Checkpoint.parse(note.text());
        } catch (NoteFormatException e) {
            throw new IllegalArgumentException("not a checkpoint", e);
        }
    }

    /** The proof of these octets. */
    public static TlogProof parse(byte[] octets) throws NoteFormatException {
        String text = NoteText.decode(octets, MAX_OCTETS);
        int blankLine = text.indexOf("\n\n");
        if (blankLine < 0) {
            throw new NoteFormatException("no empty line before the checkpoint");
        }
        String[] lines = text.substring(0, blankLine).split("\n", MAX_LINES + 1);
        if (!lines[0].equals(HEADER)) {
            throw new NoteFormatException("not a proof: first line is not " + HEADER);
        }
        boolean hasExtra = lines.length > 1 && lines[1].startsWith(EXTRA);
        String extra = hasExtra ? lines[1].substring(EXTRA.length()) : "";
        if (hasExtra && (extra.isEmpty() || StrictBase64.decode(extra).isEmpty())) {
            throw new NoteFormatException("extra data not in base64");
        }
        int at = hasExtra ? 2 : 1;
        if (lines.length <= at || !lines[at].startsWith(INDEX)) {
            throw new NoteFormatException("no index");
        }
        long index = NoteText.number(lines[at].substring(INDEX.length()));
        List<Hash> path = parsePath(Arrays.asList(lines).subList(at + 1, lines.length));
        String noteText = text.substring(blankLine + 2);
        if (NoteText.utf8(noteText).length > SignedNote.MAX_OCTETS) {
            throw new NoteFormatException("checkpoint too long");
        }
        SignedNote note = SignedNote.parse(noteText);
        Checkpoint.parse(note.text());
        return new TlogProof(extra, index, path, note);
    }

    private static List<Hash> parsePath(List<String> lines) throws NoteFormatException {
        if (lines.size() > MAX_PATH) {
            throw new NoteFormatException("more hashes than a tree is high");
        }
        List<Hash> path = new ArrayList<>();
        for (String line : lines) {
            Optional<Hash> hash = Hash.ofBase64(line);
            path.add(hash.orElseThrow(() -> new NoteFormatException("not a hash")));
        }
        return path;
    }

    /** The extra data, or nothing. */
    public byte[] extraOctets() {
        return Base64.getDecoder().decode(extra);
    }

    /** The checkpoint. Counts for nothing before the proof is verified. */
    public Checkpoint checkpoint() {
        try {
            return Checkpoint.parse(note.text());
        } catch (NoteFormatException e) {
            throw new IllegalStateException("was one when this was made", e);
        }
    }

    /**
     * Whether the log has the entry at the index.
     *
     * @param leaf hash of the entry
     * @param origin of the log
     * @param key of the log
     */
    public Verdict verify(Hash leaf, String origin, VerifierKey key) {
        Checkpoint checkpoint = checkpoint();
        if (!checkpoint.origin().equals(origin)) {
            return Verdict.OTHER_LOG;
        }
        return switch (note.verdict(key)) {
            case ABSENT -> Verdict.NOT_SIGNED;
            case INVALID -> Verdict.BAD_SIGNATURE;
            case VALID ->
                    Proofs.includes(leaf, index, checkpoint.size(), path, checkpoint.root())
                            ? Verdict.PROVEN
                            : Verdict.NOT_INCLUDED;
        };
    }

    /** The proof as it is stored and sent. */
    public String print() {
        StringBuilder proof = new StringBuilder(HEADER).append('\n');
        if (!extra.isEmpty()) {
            proof.append(EXTRA).append(extra).append('\n');
        }
        proof.append(INDEX).append(index).append('\n');
        for (Hash hash : path) {
            proof.append(hash.base64()).append('\n');
        }
        return proof.append('\n').append(note.print()).toString();
    }

    /** {@link #print} in UTF-8. */
    public byte[] encode() {
        return NoteText.utf8(print());
    }
}
