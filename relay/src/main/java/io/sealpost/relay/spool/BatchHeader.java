package io.sealpost.relay.spool;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The fixed octets before a batch. All checksums are CRC32C over the segment's salt and then the
 * octets named. See docs/format/spool-segment.md.
 *
 * @param synced the next sequence that was known durable when the batch was written
 * @param framesCrc over the frames
 * @param restCrc over metadata and originals
 */
record BatchHeader(
        long firstSequence,
        int count,
        int framesLength,
        int metadataLength,
        int originalsLength,
        long synced,
        long appendMicros,
        int framesCrc,
        int restCrc) {
    static final int LENGTH = 60;
    static final int MAGIC = 0x53504c42; // SPLB
    static final byte VERSION = 1;

    private static final int AT_MAGIC = 0;
    private static final int AT_VERSION = 4;
    private static final int AT_FLAGS = 5;
    private static final int AT_HEADER_LENGTH = 6;
    private static final int AT_FIRST_SEQUENCE = 8;
    private static final int AT_COUNT = 16;
    private static final int AT_FRAMES_LENGTH = 20;
    private static final int AT_METADATA_LENGTH = 24;
    private static final int AT_ORIGINALS_LENGTH = 28;
    private static final int AT_SYNCED = 32;
    private static final int AT_APPEND_MICROS = 40;
    private static final int AT_FRAMES_CRC = 48;
    private static final int AT_REST_CRC = 52;
    private static final int AT_HEADER_CRC = 56;

    long endSequence() {
        return firstSequence + count;
    }

    /** Octets of the whole batch with this header. */
    long batchLength() {
        return LENGTH + (long) framesLength + metadataLength + originalsLength;
    }

    void encode(byte[] into, SaltedCrc crc) {
        ByteBuffer b = ByteBuffer.wrap(into);
        b.putInt(AT_MAGIC, MAGIC);
        b.put(AT_VERSION, VERSION);
        b.put(AT_FLAGS, (byte) 0);
        b.putShort(AT_HEADER_LENGTH, (short) LENGTH);
        b.putLong(AT_FIRST_SEQUENCE, firstSequence);
        b.putInt(AT_COUNT, count);
        b.putInt(AT_FRAMES_LENGTH, framesLength);
        b.putInt(AT_METADATA_LENGTH, metadataLength);
        b.putInt(AT_ORIGINALS_LENGTH, originalsLength);
        b.putLong(AT_SYNCED, synced);
        b.putLong(AT_APPEND_MICROS, appendMicros);
        b.putInt(AT_FRAMES_CRC, framesCrc);
        b.putInt(AT_REST_CRC, restCrc);
        b.putInt(AT_HEADER_CRC, crc.start().update(into, 0, AT_HEADER_CRC).value());
    }

    /** The header at this place of the octets, or null where there is none or it is damaged. */
    static @Nullable BatchHeader decode(byte[] from, int at, SaltedCrc crc) {
        ByteBuffer b = ByteBuffer.wrap(from);
        if (b.getInt(at + AT_MAGIC) != MAGIC
                || b.getInt(at + AT_HEADER_CRC)
                        != crc.start().update(from, at, AT_HEADER_CRC).value()) {
            return null;
        }
        BatchHeader header =
                new BatchHeader(
                        b.getLong(at + AT_FIRST_SEQUENCE),
                        b.getInt(at + AT_COUNT),
                        b.getInt(at + AT_FRAMES_LENGTH),
                        b.getInt(at + AT_METADATA_LENGTH),
                        b.getInt(at + AT_ORIGINALS_LENGTH),
                        b.getLong(at + AT_SYNCED),
                        b.getLong(at + AT_APPEND_MICROS),
                        b.getInt(at + AT_FRAMES_CRC),
                        b.getInt(at + AT_REST_CRC));
        boolean sane =
                b.get(at + AT_VERSION) == VERSION
                        && b.getShort(at + AT_HEADER_LENGTH) == LENGTH
                        && header.firstSequence >= 0
                        && header.count >= 0
                        && header.framesLength >= 0
                        && (header.count > 0) == (header.framesLength > 0)
                        && header.metadataLength > 0
                        && header.originalsLength >= 0;
        return sane ? header : null;
    }
}
