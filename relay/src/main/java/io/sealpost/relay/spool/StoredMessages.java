package io.sealpost.relay.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads messages by their sequence out of the files of a spool, whether its relay runs or not. It
 * holds nothing back and keeps no file open between calls. Its caller asks only for what is known
 * to be durable. For one thread at a time.
 */
/*
 * A segment has no index. Its batches are found by halving: from any octet on the next sound header
 * can be found, since header checksums begin with the segment's salt. Whoever reads on in order goes
 * on at the place where the last call ended, which is remembered by its numbers only.
 */
public final class StoredMessages {
    /** From here on headers are walked, not halved. */
    private static final int WALK_OCTETS = 256 * 1024;

    /** Takes one message after the other. */
    @FunctionalInterface
    public interface Sink {
        /** A message {@code b[offset, offset + length)}; the array is used again. */
        void message(byte[] b, int offset, int length);
    }

    /** A batch: its segment's first sequence, its octet there, and its own first sequence. */
    private record Place(long segment, long offset, long sequence) {}

    private final Storage storage;
    private Place last = new Place(-1, 0, 0);
    private byte[] frame = new byte[4096];

    /** Messages of a spool below this storage. */
    public StoredMessages(Storage storage) {
        this.storage = storage;
    }

    /**
     * Hands over messages in order.
     *
     * @return false if one of them is not there, or damaged; some may have been handed over then
     */
    public boolean read(long first, int count, Sink sink) throws IOException {
        TreeMap<Long, String> segments = new TreeMap<>();
        for (String name : storage.list(Segment.FOLDER)) {
            segments.put(Segment.firstOf(name), Segment.FOLDER + '/' + name);
        }
        segments.remove(-1L); // other files
        long sequence = first;
        while (sequence < first + count) {
            Map.Entry<Long, String> segment = segments.floorEntry(sequence);
            long end =
                    segment == null
                            ? sequence
                            : readSegment(segment, sequence, first + count, sink);
            if (end == sequence) {
                return false;
            }
            sequence = end;
        }
        return true;
    }

    /** Reads what a segment has of these; returns the sequence behind. */
    private long readSegment(Map.Entry<Long, String> segment, long from, long to, Sink sink)
            throws IOException {
        SegmentReader file;
        try {
            file = new SegmentReader(storage.openForReading(segment.getValue()));
        } catch (NoSuchFileException | FileNotFoundException _) {
            return from; // released meanwhile
        }
        try {
            byte[] page = new byte[SegmentHeader.LENGTH];
            int got = file.read(page, 0, page.length, 0);
            return SegmentHeader.decode(page, got) instanceof SegmentHeader.Decoded.Valid valid
                    ? readBatches(file, valid.header(), from, to, sink)
                    : from;
        } finally {
            file.release();
        }
    }

    private long readBatches(
            SegmentReader file, SegmentHeader segment, long from, long to, Sink sink)
            throws IOException {
        BatchSearch search = new BatchSearch(file, segment.salt());
        long sequence = from;
        long offset = near(search, file.size(), segment, from);
        while (sequence < to) {
            BatchHeader batch = search.at(offset);
            if (batch == null || batch.firstSequence() > sequence) {
                return sequence;
            }
            if (batch.endSequence() > sequence) {
                last = new Place(segment.firstSequence(), offset, batch.firstSequence());
                if (!search.framesSound(offset, batch)) {
                    return sequence;
                }
                int count = (int) (Math.min(to, batch.endSequence()) - sequence);
                int skipped = (int) (sequence - batch.firstSequence());
                handOver(file, offset, batch, skipped, count, sink);
                sequence += count;
            }
            offset += batch.batchLength();
        }
        return sequence;
    }

    /** Where a batch begins that is not behind the one with this sequence, and not far before. */
    private long near(BatchSearch search, long size, SegmentHeader segment, long sequence)
            throws IOException {
        if (last.segment == segment.firstSequence()
                && last.sequence <= sequence
                && isWithinWalk(search, last.offset, sequence)) {
            return last.offset;
        }
        long low = SegmentHeader.LENGTH;
        long high = size;
        while (high - low > WALK_OCTETS) {
            long middle = (low + high) / 2;
            BatchSearch.Found found = search.next(middle, 0, Long.MAX_VALUE);
            if (found != null && found.header().firstSequence() <= sequence) {
                low = found.offset();
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether the batch with this sequence is this one or the next. */
    private static boolean isWithinWalk(BatchSearch search, long offset, long sequence)
            throws IOException {
        BatchHeader here = search.at(offset);
        if (here == null || here.endSequence() > sequence) {
            return here != null;
        }
        BatchHeader next = search.at(offset + here.batchLength());
        return next == null || next.endSequence() > sequence;
    }

    private void handOver(
            SegmentReader file, long offset, BatchHeader batch, int skipped, int count, Sink sink)
            throws IOException {
        long frames = offset + BatchHeader.LENGTH;
        FrameWalk walk = new FrameWalk(file, frames, batch.framesLength());
        walk.upTo(Long.MAX_VALUE, skipped);
        for (int i = skipped + 1; i <= skipped + count; i++) {
            long at = walk.octets();
            walk.upTo(Long.MAX_VALUE, i);
            int length = (int) (walk.octets() - at);
            if (frame.length < length) {
                frame = new byte[Math.max(length, 2 * frame.length)];
            }
            if (file.read(frame, 0, length, frames + at) < length) {
                throw new IOException("the segment ends inside a batch");
            }
            int begin = 1;
            while (frame[begin - 1] != ' ') {
                begin++;
            }
            sink.message(frame, begin, length - begin);
        }
    }
}
