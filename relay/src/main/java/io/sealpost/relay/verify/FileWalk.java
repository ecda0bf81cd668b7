package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.SignedNote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Goes through the lines of one file and says which leaves they are. Confined. */
/*
 * A line is looked for near the place behind the line before. Lines that are not there wait: in the
 * streak while no line after them is known, else among the unplaced. When the streak gets long, more was
 * taken out here than the window holds, or the file begins somewhere in the middle. Then all of the log
 * is searched for lines of the streak, and the walk goes on where the first is found. Each search that
 * finds nothing doubles the streak that leads to the next, so that a file of another log costs a few
 * searches only.
 */
final class FileWalk {
    private static final int FIRST_STREAK = 256;
    private static final int LONGEST_STREAK = 1 << 20;
    private static final int SEARCHES_AT_END = 64;
    private static final int TEXTS = 10_000;

    private final String name;
    private final LeafLocator locator;
    private final LeafSet seen;
    private final Unplaced unplaced;
    private final Predicate<SignedNote> isNewest;
    private final LineOrder order;
    private List<UnknownLine> streak = new ArrayList<>();
    private int unsearched;
    private int longest = FIRST_STREAK;
    private long expected;
    private long last = LeafLocator.NONE;
    private long placed;
    private long lowest = Long.MAX_VALUE;
    private long highest = LeafLocator.NONE;
    private long texts;

    FileWalk(
            String name,
            LeafLocator locator,
            LeafSet seen,
            Unplaced unplaced,
            Predicate<SignedNote> isNewest,
            LineOrder.Visitor outOfOrder) {
        this.name = name;
        this.locator = locator;
        this.seen = seen;
        this.unplaced = unplaced;
        this.isNewest = isNewest;
        this.order = new LineOrder(outOfOrder);
    }

    void add(LineChunk chunk) throws IOException {
        byte[] hashes = chunk.hashes();
        for (int i = 0; i < chunk.count(); i++) {
            long leaf = locator.near(hashes, i * Hash.OCTETS, expected);
            for (Hash other : leaf < 0 ? chunk.others(i) : List.<Hash>of()) {
                leaf = leaf < 0 ? locator.near(other.octets(), 0, expected) : leaf;
            }
            if (leaf >= 0) {
                place(chunk.line(i), leaf);
            } else {
                wait(unknown(chunk, i));
                if (unsearched >= longest) {
                    searchAgain();
                }
            }
        }
    }

    private UnknownLine unknown(LineChunk chunk, int i) throws IOException {
        List<Hash> hashes = new ArrayList<>(List.of(Hash.at(chunk.hashes(), i * Hash.OCTETS)));
        hashes.addAll(chunk.others(i));
        String text = texts++ < TEXTS ? chunk.text(i) : "";
        UnknownLine line = new UnknownLine(name, chunk.line(i), text, last, List.copyOf(hashes));
        SignedNote note = chunk.notes().get(i);
        line.announcesNewest(note != null && isNewest.test(note));
        for (Hash hash : hashes) {
            if (line.taken() < 0) {
                line.taken(locator.taken(hash.octets(), 0, expected));
            }
        }
        return line;
    }

    private void place(long line, long leaf) throws IOException {
        seen.add(leaf);
        order.add(line, leaf);
        expected = leaf + 1;
        last = leaf;
        placed++;
        lowest = Math.min(lowest, leaf);
        highest = Math.max(highest, leaf);
        if (!streak.isEmpty()) {
            for (UnknownLine before : streak) {
                before.behind(leaf);
                unplaced.add(before);
            }
            streak = new ArrayList<>();
            unsearched = 0;
        }
    }

    private void wait(UnknownLine line) throws IOException {
        if (streak.size() == LONGEST_STREAK) {
            for (UnknownLine before : streak) {
                unplaced.add(before);
            }
            streak = new ArrayList<>();
            unsearched = 0;
        }
        streak.add(line);
        // What is the copy of a line near by needs no search to go on.
        unsearched += line.taken() < 0 && !line.isSearched() ? 1 : 0;
    }

    /** Looks for the streak in all of the log: whether any line of it was found. */
    private boolean searchAgain() throws IOException {
        long[] found = {LeafLocator.NONE};
        List<UnknownLine> lines = streak.stream().filter(line -> !line.isSearched()).toList();
        locator.search(
                lines,
                expected,
                (leaf, same) -> {
                    if (seen.has(leaf)) {
                        same.forEach(line -> line.taken(leaf));
                        return true;
                    }
                    found[0] = leaf;
                    return false;
                });
        if (found[0] < 0) {
            lines.forEach(UnknownLine::searched);
            unsearched = 0;
            longest = Math.min(2 * longest, LONGEST_STREAK);
            return false;
        }
        List<UnknownLine> again = streak;
        streak = new ArrayList<>();
        unsearched = 0;
        expected = found[0];
        long before = placed;
        for (UnknownLine line : again) {
            placeOrWait(line);
        }
        // A line that was moved here from afar leads astray: then not so soon again.
        longest =
                placed - before > again.size() / 2
                        ? FIRST_STREAK
                        : Math.min(2 * Math.max(longest, again.size()), LONGEST_STREAK);
        return true;
    }

    private void placeOrWait(UnknownLine line) throws IOException {
        for (Hash hash : line.hashes()) {
            long leaf = locator.near(hash.octets(), 0, expected);
            if (leaf >= 0) {
                place(line.line(), leaf);
                return;
            }
        }
        wait(line);
    }

    void end() throws IOException {
        for (int i = 0; i < SEARCHES_AT_END && unsearched > 0 && searchAgain(); i++) {
            // on with what is left
        }
        for (UnknownLine line : streak) {
            unplaced.add(line);
        }
        streak = new ArrayList<>();
        order.end();
    }

    /** Lines that are leaves. */
    long placed() {
        return placed;
    }

    /** The lowest leaf that has a line here, or the largest long. */
    long lowest() {
        return lowest;
    }

    /** The highest leaf that has a line here, or -1. */
    long highest() {
        return highest;
    }
}
