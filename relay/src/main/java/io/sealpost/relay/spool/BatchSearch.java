package io.sealpost.relay.spool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds batch headers in one segment: at a place, or the next sound one behind damage. Its
 * checksums begin with the segment's salt, so text that a sender made up is never found. Confined.
 */
final class BatchSearch {
    /** A header and where it lies. */
    record Found(long offset, BatchHeader header) {}

    static final int WINDOW = 64 * 1024;

    private final SegmentReader file;
    private final SaltedCrc crc;
    private final byte[] window = new byte[WINDOW];

    BatchSearch(SegmentReader file, byte[] salt) {
        this.file = file;
        this.crc = new SaltedCrc(salt);
    }

    @Nullable BatchHeader at(long offset) throws IOException {
        int got = file.read(window, 0, BatchHeader.LENGTH, offset);
        return got < BatchHeader.LENGTH ? null : BatchHeader.decode(window, 0, crc);
    }

    boolean framesSound(long offset, BatchHeader header) throws IOException {
        return file.matches(
                offset + BatchHeader.LENGTH,
                header.framesLength(),
                header.framesCrc(),
                crc,
                window);
    }

    boolean restSound(long offset, BatchHeader header) throws IOException {
        return file.matches(
                offset + BatchHeader.LENGTH + header.framesLength(),
                (long) header.metadataLength() + header.originalsLength(),
                header.restCrc(),
                crc,
                window);
    }

    /** The metadata of a batch, or null if it is damaged or cut off. */
    @Nullable BatchMetadata metadata(long offset, BatchHeader header, BatchMetadata into)
            throws IOException {
        byte[] octets = new byte[header.metadataLength()];
        int got =
                file.read(
                        octets,
                        0,
                        octets.length,
                        offset + BatchHeader.LENGTH + header.framesLength());
        return got == octets.length && into.decodeRuns(octets, 0, header) ? into : null;
    }

    /** Where the last octet from here on ends that is no zero; here if there is none. */
    long withoutZeros(long from) throws IOException {
        long end = from;
        long at = from;
        int got;
        do {
            got = file.read(window, 0, window.length, at);
            for (int i = got - 1; i >= 0; i--) {
                if (window[i] != 0) {
                    end = at + i + 1;
                    break;
                }
            }
            at += got;
        } while (got == window.length);
        return end;
    }

    /** Reads what a sound batch says of numbered streams. */
    void streams(long offset, BatchHeader header, BatchMetadata with, StreamMarks into)
            throws IOException {
        byte[] octets = new byte[header.metadataLength()];
        int got =
                file.read(
                        octets,
                        0,
                        octets.length,
                        offset + BatchHeader.LENGTH + header.framesLength());
        if (got == octets.length) {
            boolean _ = with.decodeStreams(octets, 0, header, into);
        }
    }

    /** The next sound header from here on with a first sequence in [least, below). */
    @Nullable Found next(long from, long least, long below) throws IOException {
        long at = from;
        while (true) {
            int got = file.read(window, 0, window.length, at);
            for (int i = 0; i + BatchHeader.LENGTH <= got; i++) {
                if (window[i] == (byte) (BatchHeader.MAGIC >>> 24)) {
                    BatchHeader header = BatchHeader.decode(window, i, crc);
                    if (header != null
                            && header.firstSequence() >= least
                            && header.firstSequence() < below) {
                        return new Found(at + i, header);
                    }
                }
            }
            if (got < window.length) {
                return null;
            }
            at += got - (BatchHeader.LENGTH - 1);
        }
    }
}
