package io.sealpost.relay.spool;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first page of a segment file, in two copies so that one damaged octet costs nothing. See
 * docs/format/spool-segment.md.
 *
 * @param salt random; begins every checksum of the segment, so that a sender's text never passes
 *     for a batch
 * @param routed messages routed to each upstream number before this segment, since the number was
 *     given out
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; not written to
record SegmentHeader(byte[] salt, long firstSequence, long createdMicros, long[] routed) {
    /** Octets before the first batch. */
    static final int LENGTH = 4096;

    static final int SALT_LENGTH = 16;
    static final long MAGIC = 0x5345414c53504f4fL; // SEALSPOO
    static final int VERSION = 1;

    private static final int COPY_LENGTH = 2048;
    private static final int AT_MAGIC = 0;
    private static final int AT_VERSION = 8;
    private static final int AT_HEADER_LENGTH = 12;
    private static final int AT_SALT = 16;
    private static final int AT_FIRST_SEQUENCE = 32;
    private static final int AT_CREATED = 40;
    private static final int AT_ROUTED = 48;
    private static final int AT_CRC = COPY_LENGTH - 4;

    /** What the first page of a file turned out to be. */
    sealed interface Decoded {
        /** A header; at least one copy of it is sound. */
        record Valid(SegmentHeader header) implements Decoded {}

        /** Both copies are damaged. */
        record Damaged() implements Decoded {}

        /** Written by a later release. */
        record Newer(int version) implements Decoded {}
    }

    byte[] encode() {
        byte[] page = new byte[LENGTH];
        ByteBuffer b = ByteBuffer.wrap(page);
        b.putLong(AT_MAGIC, MAGIC);
        b.putInt(AT_VERSION, VERSION);
        b.putInt(AT_HEADER_LENGTH, LENGTH);
        b.put(AT_SALT, salt);
        b.putLong(AT_FIRST_SEQUENCE, firstSequence);
        b.putLong(AT_CREATED, createdMicros);
        for (int n = 0; n < UpstreamNumbers.MAX; n++) {
            b.putLong(AT_ROUTED + 8 * n, routed[n]);
        }
        b.putInt(AT_CRC, crc(page, 0));
        System.arraycopy(page, 0, page, COPY_LENGTH, COPY_LENGTH);
        return page;
    }

    static Decoded decode(byte[] page, int length) {
        for (int copy = 0; copy + COPY_LENGTH <= length; copy += COPY_LENGTH) {
            ByteBuffer b = ByteBuffer.wrap(page, copy, COPY_LENGTH).slice();
            if (b.getLong(AT_MAGIC) == MAGIC && b.getInt(AT_CRC) == crc(page, copy)) {
                if (b.getInt(AT_VERSION) != VERSION) {
                    return new Decoded.Newer(b.getInt(AT_VERSION));
                }
                long[] routed = new long[UpstreamNumbers.MAX];
                for (int n = 0; n < routed.length; n++) {
                    routed[n] = b.getLong(AT_ROUTED + 8 * n);
                }
                return new Decoded.Valid(
                        new SegmentHeader(
                                Arrays.copyOfRange(
                                        page, copy + AT_SALT, copy + AT_SALT + SALT_LENGTH),
                                b.getLong(AT_FIRST_SEQUENCE),
                                b.getLong(AT_CREATED),
                                routed));
            }
        }
        return new Decoded.Damaged();
    }

    private static int crc(byte[] page, int copy) {
        CRC32C crc = new CRC32C();
        crc.update(page, copy, AT_CRC);
        return (int) crc.getValue();
    }
}
