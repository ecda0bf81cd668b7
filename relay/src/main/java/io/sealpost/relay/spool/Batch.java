package io.sealpost.relay.spool;

import java.util.Arrays;

/**
 * Some MiB of framed messages with their metadata and originals, filled by one event loop and
 * appended as one. Filled under its lane's lock; between swap and recycling it belongs to the spool
 * writer.
 */
public final class Batch {
    /** Bounds the metadata of a batch, whatever senders do. */
    private static final int MAX_RUNS = 1 << 15;

    private static final int MAX_CHANGED = 1 << 16;

    private final byte[] frames;
    private int length;
    private int count;
    private byte[] originals = new byte[1024];
    private int originalsLength;
    private boolean refused;

    private final SourceTable sources = new SourceTable();
    private int runs;
    private int[] runSource = new int[16];
    private int[] runCount = new int[16];
    private int[] runOctets = new int[16];
    private long[] runMicros = new long[16];
    private long[] runOrdinal = new long[16];
    private long[] runMask = new long[16];

    /** Of the messages of numbered streams, in order. */
    private int[] streamHashes = new int[16];

    private int streamMessages;
    private int nextHash;

    private int changed;
    private int[] changedIndex = new int[16];
    private int[] changedForm = new int[16];
    private int[] changedReasons = new int[16];
    private int[] changedOriginal = new int[16];

    Batch(int capacity) {
        frames = new byte[capacity];
    }

    /** The array into which the next frame {@code LEN SP MSG} is written, from {@link #length}. */
    public byte[] frames() {
        return frames;
    }

    /** Octets of frames taken in so far. */
    public int length() {
        return length;
    }

    /** Messages taken in so far. */
    public int count() {
        return count;
    }

    /** Whether a frame and an original of these lengths fit; if not, the lane tells of space. */
    public boolean hasRoom(int octets, int originalOctets) {
        boolean room =
                frames.length - length >= octets
                        && frames.length - originalsLength >= originalOctets
                        && runs < MAX_RUNS
                        && changed < MAX_CHANGED;
        refused |= !room;
        return room;
    }

    /** The message committed next has this hash in its numbered stream. */
    public void streamHash(int hash) {
        nextHash = hash;
    }

    /**
     * Takes in the frame just written behind {@link #length}.
     *
     * @param ordinal number of the message on its connection, or on its datagram listener
     * @param upstreams bit n set: routed to the upstream with number n
     * @param original the message as received; an empty range if it is not kept
     */
    @SuppressWarnings("ReferenceEquality") // the same connection is the same object
    public void commit(
            int frameLength,
            Source source,
            long receivedMicros,
            long ordinal,
            long upstreams,
            int reasons,
            int form,
            byte[] original,
            int originalOffset,
            int originalLength) {
        int r = runs - 1;
        if (r >= 0
                && runMicros[r] == receivedMicros
                && runMask[r] == upstreams
                && runOrdinal[r] + runCount[r] == ordinal
                && sources.get(runSource[r]) == source) {
            runCount[r]++;
            runOctets[r] += frameLength;
        } else {
            beginRun(frameLength, source, receivedMicros, ordinal, upstreams);
        }
        if (!source.stream().isEmpty()) {
            if (streamMessages == streamHashes.length) {
                streamHashes = Arrays.copyOf(streamHashes, streamMessages * 2);
            }
            streamHashes[streamMessages++] = nextHash;
        }
        if (reasons != 0 || form != 0 || originalLength > 0) {
            noteChange(reasons, form, originalLength);
            if (originalLength > 0) {
                keep(original, originalOffset, originalLength);
            }
        }
        length += frameLength;
        count++;
    }

    private void beginRun(int octets, Source source, long micros, long ordinal, long mask) {
        if (runs == runSource.length) {
            int more = runs * 2;
            runSource = Arrays.copyOf(runSource, more);
            runCount = Arrays.copyOf(runCount, more);
            runOctets = Arrays.copyOf(runOctets, more);
            runMicros = Arrays.copyOf(runMicros, more);
            runOrdinal = Arrays.copyOf(runOrdinal, more);
            runMask = Arrays.copyOf(runMask, more);
        }
        runSource[runs] = sources.indexOf(source);
        runCount[runs] = 1;
        runOctets[runs] = octets;
        runMicros[runs] = micros;
        runOrdinal[runs] = ordinal;
        runMask[runs] = mask;
        runs++;
    }

    private void noteChange(int reasons, int form, int originalLength) {
        if (changed == changedIndex.length) {
            int more = changed * 2;
            changedIndex = Arrays.copyOf(changedIndex, more);
            changedForm = Arrays.copyOf(changedForm, more);
            changedReasons = Arrays.copyOf(changedReasons, more);
            changedOriginal = Arrays.copyOf(changedOriginal, more);
        }
        changedIndex[changed] = count;
        changedForm[changed] = form;
        changedReasons[changed] = reasons;
        changedOriginal[changed] = originalLength;
        changed++;
    }

    private void keep(byte[] original, int offset, int octets) {
        if (originals.length - originalsLength < octets) {
            originals =
                    Arrays.copyOf(
                            originals, Math.max(originals.length * 2, originalsLength + octets));
        }
        System.arraycopy(original, offset, originals, originalsLength, octets);
        originalsLength += octets;
    }

    boolean refused() {
        return refused;
    }

    byte[] originals() {
        return originals;
    }

    int originalsLength() {
        return originalsLength;
    }

    /** Adds the messages of this batch to the totals per upstream number. */
    void addRouted(long[] totals) {
        for (int r = 0; r < runs; r++) {
            for (long rest = runMask[r]; rest != 0; rest &= rest - 1) {
                totals[Long.numberOfTrailingZeros(rest)] += runCount[r];
            }
        }
    }

    /** Writes the metadata; see docs/format/spool-segment.md. Read by {@link BatchMetadata}. */
    void encodeMetadata(Octets into, long appendMicros) {
        into.octet(sources.hasStreams() ? BatchMetadata.NUMBERED_VERSION : BatchMetadata.VERSION);
        sources.encode(into);
        into.number(runs);
        long micros = appendMicros;
        for (int r = 0; r < runs; r++) {
            into.number(runSource[r]);
            into.difference(runMicros[r] - micros);
            into.difference(runOrdinal[r] - sources.nextOrdinal(runSource[r]));
            into.number(runCount[r]);
            into.number(runOctets[r]);
            into.number(runMask[r]);
            micros = runMicros[r];
            sources.nextOrdinal(runSource[r], runOrdinal[r] + runCount[r]);
        }
        into.number(changed);
        int index = 0;
        for (int c = 0; c < changed; c++) {
            into.number(changedIndex[c] - index);
            into.octet(changedForm[c]);
            into.number(changedReasons[c] & 0xffffffffL);
            into.number(changedOriginal[c]);
            index = changedIndex[c];
        }
        for (int m = 0; m < streamMessages; m++) {
            into.fixed(streamHashes[m]);
        }
    }

    /** Notes what of streams is in this batch. */
    void noteStreams(StreamMarks marks) {
        int hash = 0;
        for (int r = 0; hash < streamMessages; r++) {
            Source source = sources.get(runSource[r]);
            if (!source.stream().isEmpty()) {
                StreamMark mark = marks.of(StreamKey.of(source));
                for (int i = 0; i < runCount[r]; i++) {
                    mark.note(runOrdinal[r] + i, streamHashes[hash++]);
                }
            }
        }
    }

    void clear() {
        length = 0;
        count = 0;
        originalsLength = 0;
        refused = false;
        runs = 0;
        changed = 0;
        streamMessages = 0;
        sources.clear();
    }
}
