package io.sealpost.relay.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of all files that are not where they are expected. Some are leaves far away, some are
 * copies, the rest was never signed. Holds a million, and counts what is more. Confined.
 */
final class Unplaced {
    private static final int MOST = 1 << 20;

    private final LeafLocator locator;
    private final LeafSet seen;
    private final List<UnknownLine> moved = new ArrayList<>();
    private final List<Long> movedTo = new ArrayList<>();
    private final List<UnknownLine> copies = new ArrayList<>();
    private final List<UnknownLine> strange = new ArrayList<>();
    private List<UnknownLine> waiting = new ArrayList<>();
    private long uncounted;

    Unplaced(LeafLocator locator, LeafSet seen) {
        this.locator = locator;
        this.seen = seen;
    }

    void add(UnknownLine line) throws IOException {
        if (line.isSearched()) {
            keep(line);
        } else {
            waiting.add(line);
            if (waiting.size() == MOST) {
                search();
            }
        }
    }

    /** Looks for all that wait. */
    void search() throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        List<UnknownLine> lines = waiting;
        waiting = new ArrayList<>();
        locator.search(
                lines,
                0,
                (leaf, same) -> {
                    for (UnknownLine line : same) {
                        if (line.isSearched()) {
                            continue; // it has its place
                        }
                        if (seen.has(leaf)) {
                            line.taken(leaf);
                        } else {
                            seen.add(leaf);
                            line.searched();
                            moved.add(line);
                            movedTo.add(leaf);
                        }
                    }
                    return true;
                });
        for (UnknownLine line : lines) {
            if (!line.isSearched()) {
                line.searched();
                keep(line);
            }
        }
    }

    private void keep(UnknownLine line) {
        if (copies.size() + strange.size() >= MOST) {
            uncounted++;
        } else {
            (line.taken() >= 0 ? copies : strange).add(line);
        }
    }

    /** Lines that are leaves, but far from those around them. */
    List<UnknownLine> moved() {
        return moved;
    }

    /** Which leaf such a line is. */
    long leafOfMoved(int index) {
        return movedTo.get(index);
    }

    /** Lines that are once more what another line is. */
    List<UnknownLine> copies() {
        return copies;
    }

    /** Lines that are no leaf. */
    List<UnknownLine> strange() {
        return strange;
    }

    /** More of these two, of which nothing is known any more. */
    long uncounted() {
        return uncounted;
    }
}
