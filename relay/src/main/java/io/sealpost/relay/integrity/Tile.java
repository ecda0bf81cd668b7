package io.sealpost.relay.integrity;

import java.util.Optional;

/** The name of a tile or an entry bundle of C2SP tlog-tiles; one narrower than 256 is partial. */
public sealed interface Tile {
    /** Highest level that the format has. */
    int MAX_LEVEL = 63;

    /** Of its tile in the level, from 0. */
    long index();

    /** Hashes or entries in it, from 1 to 256. */
    int width();

    /** Where it is found below the log's prefix, as {@code tile/0/x001/234.p/17}. */
    String path();

    /** Hashes of one level. */
    record Hashes(int level, long index, int width) implements Tile {
        /** Within the bounds of the format. */
        public Hashes {
            if (level < 0 || level > MAX_LEVEL) {
                throw new IllegalArgumentException("tile of level " + level);
            }
            TilePath.check(index, width);
        }

        @Override
        public String path() {
            return TilePath.of(Integer.toString(level), index, width);
        }
    }

    /** Entries, each of which hashes to its hash in the tile of level 0 with this index. */
    record Entries(long index, int width) implements Tile {
        /** Within the bounds of the format. */
        public Entries {
            TilePath.check(index, width);
        }

        @Override
        public String path() {
            return TilePath.of(TilePath.ENTRIES, index, width);
        }
    }

    /** The tile of a path, or empty where the path is not written as the format wants it. */
    static Optional<Tile> parse(String path) {
        return TilePath.parse(path);
    }
}
