package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Goes through one file of checkpoints, and on behind damage. For one thread at a time. */
final class CheckpointScan {
    static final int HEADER = 16;

    /** "SEALCKPT". */
    private static final long MAGIC = 0x5345_414C_434B_5054L;

    private static final short VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int THINNED_AT = 10;
    private static final int CRC_AT = 12;
    private static final int WINDOW = 4 * CheckpointRecord.MAX_OCTETS;

    private final InputStream in;
    private final long size;
    private final byte[] window;
    private long windowStart;
    private int windowLength;
    private long at = HEADER;
    private long lastAt = -1;
    private boolean thinned;
    private boolean damaged;

    private CheckpointScan(InputStream in, long size) {
        this.in = in;
        this.size = size;
        this.windowStart = HEADER;
        this.window = new byte[(int) Math.min(WINDOW, size)];
    }

    /**
     * Begins before the first record.
     *
     * @param file stays the caller's
     * @throws IntegrityException if the file is of another format
     */
    static CheckpointScan of(StorageFile file, String path) throws IOException {
        return of(StorageFolder.stream(file), file.size(), path);
    }

    /**
     * Begins before the first record.
     *
     * @param in stays the caller's
     */
    static CheckpointScan of(InputStream in, long size, String path) throws IOException {
        CheckpointScan scan = new CheckpointScan(in, size);
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        in.readNBytes(header.array(), 0, HEADER);
        if (header.getLong(0) != MAGIC || header.getInt(CRC_AT) != checksum(header)) {
            scan.damaged = true;
        } else if (header.getShort(VERSION_AT) != VERSION) {
            throw new IntegrityException(
                    Reason.OTHER_FORMAT,
                    path + " is of format " + header.getShort(VERSION_AT) + ", not " + VERSION);
        } else {
            scan.thinned = header.getShort(THINNED_AT) == 1;
        }
        return scan;
    }

    static ByteBuffer header(boolean thinned) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putLong(MAGIC).putShort(VERSION).putShort((short) (thinned ? 1 : 0));
        return header.putInt(checksum(header)).flip();
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, CRC_AT));
        return (int) crc.getValue();
    }

    /** The next sound record, or empty where there is none up to the end of the file. */
    Optional<CheckpointRecord> next() throws IOException {
        for (long from = at; from < size; from++) {
            Optional<CheckpointRecord> record = decode(from);
            if (record.isPresent()) {
                damaged |= from > at;
                lastAt = from;
                at = from + record.get().octets();
                return record;
            }
        }
        return Optional.empty();
    }

    /** All sound records but the last are passed by; that one, or empty without any. */
    Optional<CheckpointRecord> last() throws IOException {
        Optional<CheckpointRecord> last = Optional.empty();
        for (Optional<CheckpointRecord> r = next(); r.isPresent(); r = next()) {
            last = r;
        }
        return last;
    }

    private Optional<CheckpointRecord> decode(long from) throws IOException {
        if (from > windowStart + windowLength) {
            return Optional.empty(); // the file ended before its size
        }
        long needed = Math.min(size, from + CheckpointRecord.MAX_OCTETS);
        if (needed > windowStart + windowLength) {
            int kept = (int) (windowStart + windowLength - from);
            System.arraycopy(window, (int) (from - windowStart), window, 0, kept);
            windowStart = from;
            windowLength = kept + in.readNBytes(window, kept, window.length - kept);
        }
        return CheckpointRecord.decode(window, (int) (from - windowStart), windowLength);
    }

    /** Whether it has one checkpoint a minute only. */
    boolean isThinned() {
        return thinned;
    }

    /** Whether the header or anything before a sound record was not sound. */
    boolean isDamaged() {
        return damaged;
    }

    /** Octet behind the last record that {@link #next} found. */
    long end() {
        return at;
    }

    /** Where the last record that {@link #next} found begins, or -1 before the first. */
    long lastAt() {
        return lastAt;
    }

    /** Octets behind the last record: torn, or damaged. */
    boolean hasRest() {
        return at < size;
    }
}
