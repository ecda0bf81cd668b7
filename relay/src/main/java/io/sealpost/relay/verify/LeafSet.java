package io.sealpost.relay.verify;

/** Some leaves of the log: one bit each, for pages that occur. Confined. */
final class LeafSet {
    private static final int PAGE_BITS = 16;
    private static final int PAGE = 1 << PAGE_BITS;

    private final long[][] pages;

    LeafSet(long size) {
        pages = new long[Math.toIntExact(Math.ceilDiv(size, PAGE))][];
    }

    boolean has(long leaf) {
        long[] page = pages[(int) (leaf >>> PAGE_BITS)];
        return page != null && (page[word(leaf)] & 1L << leaf) != 0;
    }

    void add(long leaf) {
        int number = (int) (leaf >>> PAGE_BITS);
        if (pages[number] == null) {
            pages[number] = new long[PAGE / Long.SIZE];
        }
        pages[number][word(leaf)] |= 1L << leaf;
    }

    private static int word(long leaf) {
        return (int) (leaf & (PAGE - 1)) / Long.SIZE;
    }
}
