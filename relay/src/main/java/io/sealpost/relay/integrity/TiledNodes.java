package io.sealpost.relay.integrity;

import java.io.IOException;

/**
 * All nodes of a tree of which only every eighth level is stored, as in tiles: the levels between
 * are hashed again. For one thread at a time.
 */
public final class TiledNodes implements NodeSource {
    /** The stored hashes. */
    @FunctionalInterface
    public interface Runs {
        /**
         * Writes hashes of complete nodes that lie side by side, never from two tiles at once.
         *
         * @param tileLevel 0 for leaves, 1 for nodes over 256 of them, and so on
         * @param first index, in that level, of the first hash
         */
        void read(int tileLevel, long first, int count, byte[] out, int at) throws IOException;
    }

    private final Runs runs;
    private final MerkleHash hashing = new MerkleHash();
    private final byte[] tile = new byte[Tiles.WIDTH / 2 * Hash.OCTETS];

    /** Nodes over these. */
    public TiledNodes(Runs runs) {
        this.runs = runs;
    }

    @Override
    public void read(int level, long index, byte[] out, int at) throws IOException {
        int tileLevel = level / Tiles.HEIGHT;
        int above = level % Tiles.HEIGHT;
        if (above == 0) {
            runs.read(tileLevel, index, 1, out, at);
        } else {
            runs.read(tileLevel, index << above, 1 << above, tile, 0);
            hashing.root(tile, 1 << above).copyTo(out, at);
        }
    }
}
