package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import java.util.List;

/** A line of which no leaf is known, yet or at all. Confined. */
final class UnknownLine {
    private final String file;
    private final long line;
    private final String text;
    private final long before;
    private List<Hash> hashes;
    private long behind = Long.MAX_VALUE;
    private long taken = LeafLocator.NONE;
    private boolean announcement;

    /**
     * A line.
     *
     * @param text its beginning, for people
     * @param before leaf of the last known line before it, or -1
     * @param hashes that its leaf could have
     */
    UnknownLine(String file, long line, String text, long before, List<Hash> hashes) {
        this.file = file;
        this.line = line;
        this.text = text;
        this.before = before;
        this.hashes = hashes;
    }

    String file() {
        return file;
    }

    long line() {
        return line;
    }

    String text() {
        return text;
    }

    long before() {
        return before;
    }

    List<Hash> hashes() {
        return hashes;
    }

    /** Leaf of the next known line, or the largest long where none follows. */
    long behind() {
        return behind;
    }

    void behind(long leaf) {
        behind = leaf;
    }

    /** A leaf that it would be, had that not another line already; or -1. */
    long taken() {
        return taken;
    }

    void taken(long leaf) {
        taken = leaf;
    }

    /** All of the log has been searched: its hashes are needed no more. */
    void searched() {
        hashes = List.of();
    }

    boolean isSearched() {
        return hashes.isEmpty();
    }

    /** It is the message of the newest checkpoint, which no entry can be yet. */
    void announcesNewest(boolean so) {
        announcement = so;
    }

    boolean announcesNewest() {
        return announcement;
    }

    String where() {
        return "line " + line + " of " + file;
    }
}
