package io.sealpost.relay.integrity;

import java.io.IOException;

/** Where the hashes of a tree's complete nodes are. */
@FunctionalInterface
public interface NodeSource {
    /**
     * Writes the hash of a complete node.
     *
     * @param level 0 for leaves; a node of level n spans 2^n of them
     * @param index of the node in its level, from 0
     */
    void read(int level, long index, byte[] out, int at) throws IOException;
}
