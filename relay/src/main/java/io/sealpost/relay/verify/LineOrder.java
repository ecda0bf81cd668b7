package io.sealpost.relay.verify;

import java.util.Arrays;

/**
 * Finds the lines of a file that are out of order, as few as possible: those which, taken out,
 * leave the rest ascending. Remembers the last lines only, until one is lower than the one before;
 * then all, a million at most, until order has come back. Confined.
 */
final class LineOrder {
    /** Is told of each line that is out of order. */
    interface Visitor {
        /**
         * A line.
         *
         * @param leaf it is
         * @param after leaf of the line in order before it, or -1
         */
        void outOfOrder(long line, long leaf, long after);
    }

    private static final int REMEMBERED = 4096;
    private static final int MOST = 1 << 20;

    /** So many lines higher than all before: order has come back. */
    private static final int SETTLED = 256;

    private final Visitor visitor;
    private long[] lines = new long[2 * REMEMBERED];
    private long[] leaves = new long[2 * REMEMBERED];
    private int count;
    private boolean disordered;
    private long highest = -1;
    private int rising;

    LineOrder(Visitor visitor) {
        this.visitor = visitor;
    }

    void add(long line, long leaf) {
        if (count == lines.length) {
            lines = Arrays.copyOf(lines, 2 * count);
            leaves = Arrays.copyOf(leaves, 2 * count);
        }
        lines[count] = line;
        leaves[count] = leaf;
        count++;
        if (leaf > highest) {
            highest = leaf;
            rising++;
        } else {
            disordered = true;
            rising = 0;
        }
        if (disordered ? rising == SETTLED || count == MOST : count == 2 * REMEMBERED) {
            end();
            keepLast(REMEMBERED);
        }
    }

    /** Tells of what is out of order up to here. */
    void end() {
        if (disordered) {
            boolean[] kept = longestRise();
            long after = -1;
            int last = 0;
            for (int i = 0; i < count; i++) {
                if (kept[i]) {
                    after = leaves[i];
                    leaves[last] = leaves[i];
                    lines[last++] = lines[i];
                } else {
                    visitor.outOfOrder(lines[i], leaves[i], after);
                }
            }
            count = last;
            highest = after;
            disordered = false;
            rising = 0;
        }
    }

    private void keepLast(int most) {
        int kept = Math.min(count, most);
        System.arraycopy(lines, count - kept, lines, 0, kept);
        System.arraycopy(leaves, count - kept, leaves, 0, kept);
        count = kept;
    }

    /** Patience sorting: which lines are in a longest ascending subsequence. */
    private boolean[] longestRise() {
        int[] tops = new int[count];
        int[] before = new int[count];
        int piles = 0;
        for (int i = 0; i < count; i++) {
            int low = 0;
            int high = piles;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (leaves[tops[middle]] < leaves[i]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            before[i] = low == 0 ? -1 : tops[low - 1];
            tops[low] = i;
            piles = Math.max(piles, low + 1);
        }
        boolean[] kept = new boolean[count];
        for (int i = piles == 0 ? -1 : tops[piles - 1]; i >= 0; i = before[i]) {
            kept[i] = true;
        }
        return kept;
    }
}
