package io.sealpost.relay.spool;

import java.io.IOException;

/**
 * Reads runs with each message as it was received: where its octets were changed and the original
 * was kept, the original stands in place of the frame. Confined to one thread; its memory is
 * reused, and holds at most the frames of a run, the metadata of its batch and the originals of
 * that run.
 */
public final class Originals {
    /** Octets of a count and its blank. */
    private static final int MAX_COUNT = 11;

    private final BatchMetadata metadata = new BatchMetadata();
    private byte[] frames = new byte[0];
    private byte[] metadataOctets = new byte[0];
    private byte[] merged = new byte[0];
    private byte[] octets = frames;
    private int length;

    // The batch whose metadata is decoded; it is asked for run by run.
    private long batchSequence = -1;

    /** What {@link #read} has read: {@code LEN SP MSG} of each message. */
    public byte[] octets() {
        return octets;
    }

    /** The same messages as they lie in the spool. */
    public byte[] frames() {
        return frames;
    }

    /** How many of the {@link #octets}. */
    public int length() {
        return length;
    }

    /** Reads all messages of a run, which stays the caller's to close. */
    public void read(FrameRun run) throws IOException {
        BatchHeader header = run.batch().header();
        if (frames.length < run.length()) {
            frames = new byte[run.length()];
        }
        run.read(frames, 0);
        if (header.originalsLength() == 0) {
            octets = frames;
            length = run.length();
            return;
        }
        decode(run.batch());
        merge(run);
    }

    private void decode(FrameRun.InBatch batch) throws IOException {
        BatchHeader header = batch.header();
        if (batchSequence == header.firstSequence()) {
            return;
        }
        batchSequence = -1;
        int size = header.metadataLength();
        if (metadataOctets.length < size) {
            metadataOctets = new byte[size];
        }
        long at = batch.at() + BatchHeader.LENGTH + header.framesLength();
        if (batch.file().read(metadataOctets, 0, size, at) != size
                || !metadata.decodeChanges(metadataOctets, 0, header)) {
            throw new IOException("metadata of the sound batch at " + batch.at() + " is damaged");
        }
        batchSequence = header.firstSequence();
    }

    private void merge(FrameRun run) throws IOException {
        int first = (int) (run.firstSequence() - run.batch().header().firstSequence());
        int end = first + run.count();
        long before = 0;
        int change = 0;
        for (; change < metadata.changed() && metadata.changedIndex(change) < first; change++) {
            before += metadata.originalLength(change);
        }
        int kept = 0;
        int most = run.length();
        for (int c = change; c < metadata.changed() && metadata.changedIndex(c) < end; c++) {
            kept += metadata.originalLength(c);
            most += metadata.originalLength(c) + MAX_COUNT;
        }
        if (merged.length < most) {
            merged = new byte[most];
        }
        octets = merged;
        // They lie at the end of the room for all, so what is written never reaches them.
        int original = most - kept;
        readOriginals(run.batch(), before, original, kept);
        length = 0;
        int frame = 0;
        for (int index = first; index < end; index++) {
            int next = behindFrame(frame);
            int size = 0;
            if (change < metadata.changed() && metadata.changedIndex(change) == index) {
                size = metadata.originalLength(change++);
            }
            if (size > 0) {
                count(size);
                append(octets, original, size);
                original += size;
            } else {
                append(frames, frame, next - frame);
            }
            frame = next;
        }
    }

    private void readOriginals(FrameRun.InBatch batch, long before, int at, int size)
            throws IOException {
        BatchHeader header = batch.header();
        long from =
                batch.at()
                        + BatchHeader.LENGTH
                        + header.framesLength()
                        + header.metadataLength()
                        + before;
        if (batch.file().read(octets, at, size, from) < size) {
            throw new IOException(
                    "segment ends inside the originals of the batch at " + batch.at());
        }
    }

    private void append(byte[] from, int offset, int size) {
        System.arraycopy(from, offset, octets, length, size);
        length += size;
    }

    private int behindFrame(int at) {
        int next = at;
        int size = 0;
        for (byte digit = frames[next++]; digit != ' '; digit = frames[next++]) {
            size = size * 10 + digit - '0';
        }
        return next + size;
    }

    private void count(int size) {
        int digits = 1;
        for (int rest = size / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int rest = size;
        for (int i = length + digits - 1; i >= length; i--) {
            octets[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        octets[length + digits] = ' ';
        length += digits + 1;
    }
}
