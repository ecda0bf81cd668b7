package io.sealpost.relay.integrity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A tree with all its nodes in memory, and the roots it had on the way. */
final class MemoryTree implements NodeSource {
    private static final MerkleHash HASHING = new MerkleHash();

    private final List<List<Hash>> levels = new ArrayList<>();
    private final List<Hash> roots = new ArrayList<>();
    private final TreeEdge edge = new TreeEdge(this::complete);

    MemoryTree() {
        roots.add(edge.root());
    }

    /** A tree over entries of one number each. */
    static MemoryTree ofNumbers(int size) {
        MemoryTree tree = new MemoryTree();
        for (int i = 0; i < size; i++) {
            tree.append(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
        }
        return tree;
    }

    void append(byte[] entry) {
        edge.append(HASHING.leaf(entry).octets(), 0);
        roots.add(edge.root());
    }

    private void complete(int level, long index, byte[] b, int at) {
        if (level == levels.size()) {
            levels.add(new ArrayList<>());
        }
        if (index != levels.get(level).size()) {
            throw new AssertionError("node " + index + " of level " + level + " out of turn");
        }
        levels.get(level).add(Hash.at(b, at));
    }

    @Override
    public void read(int level, long index, byte[] out, int at) throws IOException {
        levels.get(level).get((int) index).copyTo(out, at);
    }

    int size() {
        return (int) edge.size();
    }

    Hash leaf(int index) {
        return levels.getFirst().get(index);
    }

    List<List<Hash>> levels() {
        return levels;
    }

    /** The root that the tree had at this size. */
    Hash root(int size) {
        return roots.get(size);
    }

    static Hash hash(String hex) {
        return Hash.at(HexFormat.of().parseHex(hex), 0);
    }

    static String hex(Hash hash) {
        return HexFormat.of().formatHex(hash.octets());
    }
}
