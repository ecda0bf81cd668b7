package io.sealpost.protocol.relp;

/** A bit for each number of a window that moves on. */
final class BitRing {
    private final long[] words;

    /** For windows of at most {@code span} numbers. */
    BitRing(int span) {
        int capacity = Math.max(Long.SIZE, Integer.highestOneBit(2 * span - 1));
        words = new long[capacity / Long.SIZE];
    }

    boolean get(long number) {
        return (words[wordOf(number)] & 1L << number) != 0;
    }

    void set(long number) {
        words[wordOf(number)] |= 1L << number;
    }

    void clear(long number) {
        words[wordOf(number)] &= ~(1L << number);
    }

    private int wordOf(long number) {
        return (int) (number / Long.SIZE) & (words.length - 1);
    }
}
