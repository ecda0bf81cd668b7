package io.sealpost.relay.integrity;

import java.util.Optional;

/**
 * What a log says of itself at a size: the three lines of C2SP tlog-checkpoint. Extension lines are
 * refused, since nothing could audit them.
 *
 * @param origin which log
 * @param size leaves in the tree
 * @param root of the tree
 */
public record Checkpoint(String origin, long size, Hash root) {
    /** Longest origin, in octets: an ML-DSA-44 cosignature can name no longer one. */
    public static final int MAX_ORIGIN_OCTETS = 255;

    private static final int LINES = 3;

    /** A checkpoint that can be printed and read again. */
    public Checkpoint {
        if (!isOrigin(origin) || size < 0) {
            throw new IllegalArgumentException("checkpoint of " + origin + " at " + size);
        }
    }

    /** The checkpoint of a note's text. */
    public static Checkpoint parse(String text) throws NoteFormatException {
        String[] lines = text.split("\n", LINES + 2);
        if (lines.length != LINES + 1 || !lines[LINES].isEmpty()) {
            throw new NoteFormatException("not the three lines of a checkpoint");
        }
        if (!isOrigin(lines[0])) {
            throw new NoteFormatException("not an origin");
        }
        Optional<Hash> root = Hash.ofBase64(lines[2]);
        if (root.isEmpty()) {
            throw new NoteFormatException("not a root hash");
        }
        return new Checkpoint(lines[0], NoteText.number(lines[1]), root.get());
    }

    private static boolean isOrigin(String origin) {
        return NoteText.isLine(origin) && NoteText.utf8(origin).length <= MAX_ORIGIN_OCTETS;
    }

    /** The text of the note. */
    public String text() {
        return origin + '\n' + size + '\n' + root.base64() + '\n';
    }
}
