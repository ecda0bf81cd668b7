package io.sealpost.relay.integrity;

import java.util.ArrayList;
import java.util.List;

/**
 * A text and signatures of it, C2SP signed-note. What it says counts for nothing before {@link
 * #verdict} has said {@link Verdict#VALID}.
 *
 * @param text lines, each with its newline
 */
public record SignedNote(String text, List<NoteSignature> signatures) {
    /** Longest note that is read. */
    public static final int MAX_OCTETS = 512 * 1024;

    /** Most signatures of a note; the format asks for 16. */
    public static final int MAX_SIGNATURES = 64;

    /** What a key has to say about a note. */
    public enum Verdict {
        /** The key has signed it. */
        VALID,
        /** The note has no signature of the key. */
        ABSENT,
        /** A signature has the key's name and id and is not the key's. */
        INVALID
    }

    /** A note that can be printed and read again. */
    public SignedNote {
        signatures = List.copyOf(signatures);
        if (!text.endsWith("\n") || !NoteText.isPlain(text)) {
            throw new IllegalArgumentException("not the text of a note");
        }
        if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException(signatures.size() + " signatures");
        }
    }

    /** The note of these octets. */
    public static SignedNote parse(byte[] octets) throws NoteFormatException {
        return parse(NoteText.decode(octets, MAX_OCTETS));
    }

    static SignedNote parse(String note) throws NoteFormatException {
        int blankLine = note.lastIndexOf("\n\n");
        if (blankLine < 0) {
            throw new NoteFormatException("no empty line before signatures");
        }
        return new SignedNote(note.substring(0, blankLine + 1), parseLines(note, blankLine + 2));
    }

    private static List<NoteSignature> parseLines(String note, int start)
            throws NoteFormatException {
        List<NoteSignature> signatures = new ArrayList<>();
        int from = start;
        while (from < note.length()) {
            int end = note.indexOf('\n', from);
            if (end < 0) {
                throw new NoteFormatException("last line has no end");
            }
            if (signatures.size() == MAX_SIGNATURES) {
                throw new NoteFormatException("more than " + MAX_SIGNATURES + " signatures");
            }
            signatures.add(NoteSignature.parse(note.substring(from, end)));
            from = end + 1;
        }
        if (signatures.isEmpty()) {
            throw new NoteFormatException("no signatures");
        }
        return signatures;
    }

    /** The note with one more signature, as a witness adds it. */
    public SignedNote with(NoteSignature signature) {
        List<NoteSignature> more = new ArrayList<>(signatures);
        more.add(signature);
        return new SignedNote(text, more);
    }

    /** Whether the key has signed the note. */
    public Verdict verdict(VerifierKey key) {
        Verdict verdict = Verdict.ABSENT;
        for (NoteSignature signature : signatures) {
            if (key.isNamedBy(signature)) {
                if (!key.verifies(text, signature)) {
                    return Verdict.INVALID;
                }
                verdict = Verdict.VALID;
            }
        }
        return verdict;
    }

    /** The note as it is stored and sent. */
    public String print() {
        StringBuilder note = new StringBuilder(text).append('\n');
        for (NoteSignature signature : signatures) {
            note.append(signature.line()).append('\n');
        }
        return note.toString();
    }

    /** {@link #print} in UTF-8. */
    public byte[] encode() {
        return NoteText.utf8(print());
    }
}
