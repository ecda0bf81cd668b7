package io.sealpost.relay.integrity;

/** How a tree is cut into tiles of 256 hashes, C2SP tlog-tiles. Levels are levels of tiles here. */
public final class Tiles {
    /** Hashes in a full tile, and entries in a full bundle. */
    public static final int WIDTH = 256;

    /** Levels of nodes that one level of tiles stands for. */
    public static final int HEIGHT = 8;

    /** Leaf hashes that go together after {@code integrity.keep}: those of a file. */
    public static final int DROPPED_TOGETHER = HashFolder.SPAN;

    private Tiles() {}

    /** Hashes that a tree of this size has at a level. */
    public static long hashes(int level, long size) {
        return level < Long.SIZE / HEIGHT ? size >> (level * HEIGHT) : 0;
    }

    /** Full tiles that a tree of this size has at a level. */
    public static long full(int level, long size) {
        return hashes(level, size) / WIDTH;
    }

    /** Hashes in the tile behind the full ones, 0 where there is none. */
    public static int partial(int level, long size) {
        return (int) (hashes(level, size) % WIDTH);
    }

    /** Levels at which a tree of this size has tiles. */
    public static int levels(long size) {
        int levels = 0;
        while (hashes(levels, size) > 0) {
            levels++;
        }
        return levels;
    }

    /** The bundle of this index, as wide as a tree of this size has it. */
    public static Tile.Entries bundle(long index, long size) {
        return new Tile.Entries(index, (int) Math.min(WIDTH, size - index * WIDTH));
    }

    /** Whether a tree of this size has all that is in the tile, though it may have a wider one. */
    public static boolean covers(long size, Tile tile) {
        long has =
                switch (tile) {
                    case Tile.Hashes hashes -> hashes(hashes.level(), size);
                    case Tile.Entries _ -> size;
                };
        long index = tile.index();
        return index < has / WIDTH || (index == has / WIDTH && tile.width() <= has % WIDTH);
    }
}
