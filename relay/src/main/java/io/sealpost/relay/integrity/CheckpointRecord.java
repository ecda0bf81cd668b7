package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A note with its time and place, as it stands in a file of checkpoints. Format: {@code
 * docs/format/integrity-files.md}.
 */
final class CheckpointRecord {
    /** Longest note that is stored; ours are below 4 KiB, cosignatures come on top. */
    static final int MAX_NOTE_OCTETS = 64 * 1024;

    static final int HEADER = 28;

    /** Longest record. */
    static final int MAX_OCTETS = HEADER + MAX_NOTE_OCTETS;

    /** "CKPT". */
    static final int MAGIC = 0x434B_5054;

    private static final int LENGTH_AT = 4;
    private static final int SECONDS_AT = 8;
    private static final int SEQUENCE_AT = 16;
    private static final int CRC_AT = 24;

    private final long seconds;
    private final long nextSequence;
    private final byte[] note;

    /**
     * A record.
     *
     * @param seconds since 1970
     * @param nextSequence of the spool, behind what the checkpoint covers
     * @param note is not copied
     */
    CheckpointRecord(long seconds, long nextSequence, byte[] note) {
        if (note.length > MAX_NOTE_OCTETS) {
            throw new IllegalArgumentException("note of " + note.length + " octets");
        }
        this.seconds = seconds;
        this.nextSequence = nextSequence;
        this.note = note;
    }

    long seconds() {
        return seconds;
    }

    long nextSequence() {
        return nextSequence;
    }

    byte[] note() {
        return note.clone();
    }

    static CheckpointRecord of(StoredCheckpoint stored) {
        return new CheckpointRecord(
                stored.seconds(), stored.nextSequence(), stored.note().encode());
    }

    /** The record that begins at an octet of the array, if a sound one does. */
    static Optional<CheckpointRecord> decode(byte[] b, int at, int end) {
        if (end - at < HEADER || b[at] != MAGIC >>> 24) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.wrap(b, at, end - at).slice();
        int length = octets.getInt(LENGTH_AT);
        if (octets.getInt(0) != MAGIC
                || length < 0
                || length > octets.limit() - HEADER
                || length > MAX_NOTE_OCTETS
                || checksum(octets, length) != octets.getInt(CRC_AT)) {
            return Optional.empty();
        }
        byte[] note = new byte[length];
        octets.get(HEADER, note);
        return Optional.of(
                new CheckpointRecord(
                        octets.getLong(SECONDS_AT), octets.getLong(SEQUENCE_AT), note));
    }

    ByteBuffer encode() {
        ByteBuffer octets = ByteBuffer.allocate(octets());
        octets.putInt(MAGIC).putInt(note.length).putLong(seconds).putLong(nextSequence);
        octets.put(HEADER, note).putInt(CRC_AT, checksum(octets, note.length));
        return octets.rewind();
    }

    int octets() {
        return HEADER + note.length;
    }

    private static int checksum(ByteBuffer record, int length) {
        CRC32C crc = new CRC32C();
        crc.update(record.slice(0, CRC_AT));
        crc.update(record.slice(HEADER, length));
        return (int) crc.getValue();
    }
}
