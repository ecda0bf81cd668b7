package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.CheckpointMessage;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.SignedNote;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Consecutive lines of a file with the leaf hashes that they would have. Filled by the reader,
 * hashed by any thread, then read.
 */
final class LineChunk {
    private final byte[] octets;
    private final long firstLine;
    private int[] begins = new int[1024];
    private int[] ends = new int[1024];
    private int count;
    private byte[] hashes = new byte[0];
    private final Map<Integer, List<Hash>> others = new HashMap<>();
    private final Map<Integer, SignedNote> notes = new HashMap<>();

    /** A chunk without lines. Its octets belong to it from now on. */
    LineChunk(byte[] octets, long firstLine) {
        this.octets = octets;
        this.firstLine = firstLine;
    }

    void add(int begin, int end) {
        if (count == begins.length) {
            begins = Arrays.copyOf(begins, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        begins[count] = begin;
        ends[count] = end;
        count++;
    }

    /** Makes all hashes. */
    LineChunk hash() {
        MerkleHash hashing = new MerkleHash();
        hashes = new byte[count * Hash.OCTETS];
        for (int i = 0; i < count; i++) {
            int length = ends[i] - begins[i];
            Entry.leafOfMessage(hashing, octets, begins[i], length, hashes, i * Hash.OCTETS);
            List<Hash> undone = EscapedLine.leaves(hashing, octets, begins[i], ends[i]);
            if (!undone.isEmpty()) {
                others.put(i, undone);
            }
            Optional<SignedNote> note = CheckpointMessage.find(octets, begins[i], length);
            if (note.isPresent()) {
                notes.put(i, note.get());
            }
        }
        return this;
    }

    int count() {
        return count;
    }

    /** Octets of the file up to its end. */
    int octets() {
        return count == 0 ? 0 : ends[count - 1];
    }

    /** Number of a line in its file, from 1. */
    long line(int index) {
        return firstLine + index;
    }

    byte[] hashes() {
        return hashes;
    }

    /** What the line's leaf would be if the daemon's escapes in it were undone. */
    List<Hash> others(int index) {
        return others.getOrDefault(index, List.of());
    }

    Map<Integer, SignedNote> notes() {
        return notes;
    }

    /** The message that a line is. */
    byte[] message(int index) {
        return Arrays.copyOfRange(octets, begins[index], ends[index]);
    }

    /** The beginning of a line, for people. */
    String text(int index) {
        return LineText.of(octets, begins[index], ends[index]);
    }
}
