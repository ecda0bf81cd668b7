package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.FileSeries;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.TiledNodes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A log as others can read it: in the relay's data folder, exported, or over HTTP. Nothing of it is
 * believed. For one thread at a time.
 */
public interface SealedLog extends TiledNodes.Runs, AutoCloseable {
    /** Where it is, for people. */
    String name();

    /** The newest checkpoint's note. */
    byte[] checkpoint() throws IOException;

    /**
     * First leaf whose hash is still kept, at most the size.
     *
     * @param size leaves in the tree
     */
    long firstLeaf(long size) throws IOException;

    /**
     * The entries of a bundle; empty where they are not kept any more.
     *
     * @param bundle that the log's tree has
     */
    Optional<List<byte[]>> entries(Tile.Entries bundle) throws IOException;

    /** All checkpoints that are kept. */
    FileSeries checkpoints();

    /** All metadata that is kept. */
    FileSeries metadata();

    @Override
    void close() throws IOException;
}
