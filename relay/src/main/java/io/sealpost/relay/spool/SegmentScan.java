package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The examination of the newest segment at start: what is kept, quarantined and cut. Reads in
 * pieces, so its memory does not depend on the segment. Confined to the opening thread.
 */
/*
 * Damage at or below the highest sequence that any sound header or cursor states as durable is rot:
 * those messages were promised, so the batch is set apart and what follows is kept. Damage above it
 * is the tail of a crash: nothing there was promised, and everything from it on is cut, even sound
 * batches, because a gap in what was never acknowledged would be an invention of ours.
 * What later headers state is only looked for once there is damage.
 */
final class SegmentScan {
    /** The place of damage and the messages it cost. */
    record Hole(long from, long to, long first, long end) {}

    private final BatchSearch search;
    private final long first;
    private final long size;
    private final long liveNumbers;
    private final BatchMetadata metadata = new BatchMetadata();

    /** Messages routed per number up to the end. */
    final long[] routed;

    /** What of numbered streams is in what is kept. */
    final StreamMarks streams = new StreamMarks();

    final List<Hole> holes = new ArrayList<>();
    long sequence;
    long keptBytes;
    private long stated;

    /**
     * @param stated highest sequence that cursors or a following segment state as durable
     * @param liveNumbers to whom messages count as routed whose sets are lost
     */
    SegmentScan(SegmentReader file, Segment segment, long stated, long liveNumbers) {
        this.search = new BatchSearch(file, segment.header.salt());
        this.first = segment.first();
        this.size = segment.bytes;
        this.routed = segment.header.routed().clone();
        this.liveNumbers = liveNumbers;
        this.stated = stated;
        this.sequence = first;
        this.keptBytes = SegmentHeader.LENGTH;
    }

    void scan() throws IOException {
        boolean damaged = false;
        while (keptBytes < size) {
            BatchHeader header = search.at(keptBytes);
            boolean here =
                    header != null
                            && header.firstSequence() == sequence
                            && keptBytes + header.batchLength() <= size;
            if (header != null && here && sound(keptBytes, header)) {
                accept(header);
                continue;
            }
            if (!damaged) {
                damaged = true;
                stated = Math.max(stated, highestStated(keptBytes));
            }
            Hole hole = hole(header, here);
            if (hole.end > stated) {
                break;
            }
            skip(hole, here ? header : null);
        }
        if (sequence < stated) {
            skip(new Hole(keptBytes, size, sequence, stated), null);
            keptBytes = holes.getLast().from;
        }
    }

    private boolean sound(long at, BatchHeader header) throws IOException {
        return search.framesSound(at, header) && search.restSound(at, header);
    }

    private void accept(BatchHeader header) throws IOException {
        stated = Math.max(stated, header.synced());
        if (search.metadata(keptBytes, header, metadata) == null) {
            countAll(header.count());
        } else {
            countRuns();
        }
        search.streams(keptBytes, header, metadata, streams);
        sequence = header.endSequence();
        keptBytes += header.batchLength();
    }

    /** What is damaged from here on; its end is Long.MAX_VALUE where no sound header follows. */
    private Hole hole(@Nullable BatchHeader header, boolean here) throws IOException {
        if (header != null && here) {
            long to = keptBytes + header.batchLength();
            return new Hole(keptBytes, to, sequence, header.endSequence());
        }
        BatchSearch.Found next = search.next(keptBytes, sequence, Long.MAX_VALUE);
        if (next != null
                && next.offset() == keptBytes
                && next.header().firstSequence() == sequence) {
            next =
                    search.next(
                            keptBytes + 1, sequence, Long.MAX_VALUE); // cut off by the file's end
        }
        return next == null
                ? new Hole(keptBytes, size, sequence, Long.MAX_VALUE)
                : new Hole(keptBytes, next.offset(), sequence, next.header().firstSequence());
    }

    private void skip(Hole hole, @Nullable BatchHeader header) throws IOException {
        boolean setsKnown =
                header != null
                        && search.restSound(hole.from, header)
                        && search.metadata(hole.from, header, metadata) != null;
        if (setsKnown) {
            countRuns();
        } else {
            countAll(hole.end - hole.first);
        }
        holes.add(hole);
        sequence = hole.end;
        keptBytes = hole.to;
    }

    private void countRuns() {
        for (int r = 0; r < metadata.runs(); r++) {
            for (long rest = metadata.mask(r); rest != 0; rest &= rest - 1) {
                routed[Long.numberOfTrailingZeros(rest)] += metadata.count(r);
            }
        }
    }

    private void countAll(long messages) {
        for (long rest = liveNumbers; rest != 0; rest &= rest - 1) {
            routed[Long.numberOfTrailingZeros(rest)] += messages;
        }
    }

    private long highestStated(long from) throws IOException {
        long highest = 0;
        long at = from;
        while (true) {
            BatchSearch.Found found = search.next(at, first, Long.MAX_VALUE);
            if (found == null) {
                return highest;
            }
            highest = Math.max(highest, found.header().synced());
            long behind = found.offset() + found.header().batchLength();
            at = behind <= size ? behind : found.offset() + 1;
        }
    }
}
