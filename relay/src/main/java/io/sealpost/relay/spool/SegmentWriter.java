package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Appends batches to one new segment. Confined to the spool writer thread. After a failure it is
 * rolled back to what is durable, or given up.
 */
/*
 * Where commits are small, zeros are written ahead, so that a sync need not wait for the file system's
 * journal to note a new size: it takes a third of the time, and much less where others use the volume,
 * too. Where commits are large, that would only double what is written. The zeros are no batch
 * for any reader; opening cuts them without a word.
 */
final class SegmentWriter {
    /** Zeros are written ahead of commits no larger than this. */
    static final int SMALL_COMMIT_BYTES = 64 * 1024;

    /** So many at once. */
    static final int ZEROS_BYTES = 1 << 20;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(SMALL_COMMIT_BYTES).asReadOnlyBuffer();

    /** Octets of a sealed batch header and metadata, made anew for each batch. */
    private final Octets metadata;

    private final byte[] headerOctets = new byte[BatchHeader.LENGTH];
    private final ByteBuffer staging;
    private final Segment segment;
    private final StorageFile file;
    private final SaltedCrc crc;
    private long stagedAt;
    private long end = SegmentHeader.LENGTH;
    private long syncedEnd = SegmentHeader.LENGTH;

    /** How far the file may reach, with zeros behind its end. */
    private long zeroedEnd = SegmentHeader.LENGTH;

    private SegmentWriter(Segment segment, StorageFile file, Octets metadata, ByteBuffer staging) {
        this.segment = segment;
        this.file = file;
        this.metadata = metadata;
        this.staging = staging;
        this.crc = new SaltedCrc(segment.header.salt());
    }

    /** Makes the file, durable with its name when this returns. */
    static SegmentWriter create(
            Storage storage,
            SegmentHeader header,
            StreamMarks streams,
            Octets metadata,
            ByteBuffer staging,
            Flaws flaws)
            throws IOException {
        Segment segment = new Segment(header, false, SegmentHeader.LENGTH);
        String temporary = segment.path + Segment.TEMPORARY;
        storage.delete(temporary);
        StorageFile file = storage.openForWriting(temporary);
        try {
            SegmentWriter writer = new SegmentWriter(segment, file, metadata, staging);
            file.write(ByteBuffer.wrap(header.encode()), 0);
            if (!streams.isEmpty()) {
                writer.begin(streams);
            }
            writer.sync();
            storage.rename(temporary, segment.path);
            if (!flaws.has(Flaw.NO_FOLDER_SYNC)) {
                storage.syncFolder(Segment.FOLDER);
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** A batch without messages, so that the newest segment alone tells of all streams. */
    private void begin(StreamMarks streams) throws IOException {
        metadata.clear();
        streams.encode(metadata);
        SegmentHeader header = segment.header;
        BatchHeader batch =
                new BatchHeader(
                        header.firstSequence(),
                        0,
                        0,
                        metadata.length,
                        0,
                        header.firstSequence(),
                        header.createdMicros(),
                        crc.start().value(),
                        crc.start().update(metadata.array, 0, metadata.length).value());
        batch.encode(headerOctets, crc);
        staging.clear();
        stagedAt = end;
        stage(headerOctets, headerOctets.length);
        stage(metadata.array, metadata.length);
        flush();
        end = stagedAt;
    }

    /** Bugs planted by tests. */
    interface Flaws {
        boolean has(Flaw flaw);
    }

    Segment segment() {
        return segment;
    }

    long end() {
        return end;
    }

    /** Octets appended and not yet durable. */
    long unsynced() {
        return end - syncedEnd;
    }

    /** Seals the batch for this segment and appends it; durable after {@link #sync}. */
    void append(Batch batch, long firstSequence, long synced, long appendMicros)
            throws IOException {
        metadata.clear();
        batch.encodeMetadata(metadata, appendMicros);
        int framesCrc = crc.start().update(batch.frames(), 0, batch.length()).value();
        int restCrc =
                crc.start()
                        .update(metadata.array, 0, metadata.length)
                        .update(batch.originals(), 0, batch.originalsLength())
                        .value();
        BatchHeader header =
                new BatchHeader(
                        firstSequence,
                        batch.count(),
                        batch.length(),
                        metadata.length,
                        batch.originalsLength(),
                        synced,
                        appendMicros,
                        framesCrc,
                        restCrc);
        header.encode(headerOctets, crc);
        staging.clear();
        stagedAt = end;
        stage(headerOctets, headerOctets.length);
        stage(batch.frames(), batch.length());
        stage(metadata.array, metadata.length);
        stage(batch.originals(), batch.originalsLength());
        flush();
        end = stagedAt;
    }

    private void stage(byte[] octets, int length) throws IOException {
        int at = 0;
        while (at < length) {
            int part = Math.min(length - at, staging.remaining());
            staging.put(octets, at, part);
            at += part;
            if (!staging.hasRemaining()) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        staging.flip();
        int octets = staging.remaining();
        if (octets > 0) {
            file.write(staging, stagedAt);
            stagedAt += octets;
        }
        staging.clear();
    }

    void sync() throws IOException {
        file.sync();
        syncedEnd = end;
    }

    /**
     * Writes zeros ahead if the room behind the end is less than such commits need.
     *
     * @param committed octets of the last commit
     * @param limit where the segment is to end
     */
    void writeAhead(long committed, long limit) throws IOException {
        long from = Math.max(end, zeroedEnd);
        if (committed > SMALL_COMMIT_BYTES || from - end >= SMALL_COMMIT_BYTES) {
            return;
        }
        long to = Math.min(from + ZEROS_BYTES, limit);
        if (from < to) {
            zeroedEnd = to;
        }
        for (long at = from; at < to; at += ZEROS.capacity()) {
            int part = (int) Math.min(ZEROS.capacity(), to - at);
            file.write(ZEROS.duplicate().limit(part), at);
        }
    }

    /** Cuts off what is not durable. If that fails too, the segment must be given up. */
    void rollBack() throws IOException {
        end = syncedEnd;
        file.truncate(syncedEnd);
        zeroedEnd = syncedEnd;
    }

    /** Whether the file may reach beyond what is durable. */
    boolean reachesBeyond() {
        return unsynced() > 0 || zeroedEnd > syncedEnd;
    }

    long syncedEnd() {
        return syncedEnd;
    }

    void close() throws IOException {
        file.close();
    }
}
