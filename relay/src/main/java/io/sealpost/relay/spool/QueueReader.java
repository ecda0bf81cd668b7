package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the log for one upstream: finds runs of messages routed to it and counts what it
 * passes. Confined to one thread at a time.
 */
/*
 * The count of messages passed is absolute: routed to this upstream since its number exists. Each
 * segment header and each Published holds the same count as the writer saw it; where the reader
 * arrives with less, the difference was lost to damage on the way, however much of the damaged
 * batches was still readable. That is what missed() tells.
 */
final class QueueReader implements AutoCloseable {
    /** All clocks of the world show a full quarter of an hour at the same time. */
    private static final long QUARTER_MICROS = 15L * 60 * 1_000_000;

    private final Storage storage;
    private final SegmentLog log;
    private final Quarantine quarantine;
    private final int number;
    private final UpstreamNumbers.Entry entry;
    private final ConcurrentSkipListMap<Long, String> setAside;
    private final BatchMetadata metadata = new BatchMetadata();
    private byte[] metadataOctets = new byte[1024];

    private @Nullable Segment segment;
    private @Nullable SegmentReader file;
    private @Nullable BatchSearch search;
    private long offset = -1;

    /** First sequence of the segment in which the offset lies. */
    private long offsetIn = -1;

    private @Nullable BatchHeader batch;
    private int run;
    private int runDone;
    private long runOctetsDone;
    private long octetsDone;

    private long runsEndBefore;
    private long sequence;
    private long passed;
    private long missed;
    private @Nullable String aside;

    QueueReader(
            Storage storage,
            SegmentLog log,
            Quarantine quarantine,
            int number,
            UpstreamNumbers.Entry entry,
            ConcurrentSkipListMap<Long, String> setAside) {
        this.storage = storage;
        this.log = log;
        this.quarantine = quarantine;
        this.number = number;
        this.entry = entry;
        this.setAside = setAside;
    }

    long sequence() {
        return sequence;
    }

    /** Messages routed to the upstream before the reader's place. */
    long passed() {
        return passed;
    }

    Position position() {
        return offset < 0 ? Position.of(sequence) : new Position(sequence, offsetIn, offset);
    }

    /** Messages found lost since last asked; they lie before the reader's place. */
    long takeMissed() {
        long taken = missed;
        missed = 0;
        return taken;
    }

    /** The reason of the one message just passed that was set aside, or null. */
    @Nullable String takeAside() {
        String taken = aside;
        aside = null;
        return taken;
    }

    long routedAt(long[] totals, long at) {
        return totals[number] + entry.routedBefore(at);
    }

    /** Goes to a place before which this many messages were routed to the upstream. */
    void seek(Position to, long passedThere) throws IOException {
        sequence = to.sequence();
        passed = passedThere;
        batch = null;
        missed = 0;
        aside = null;
        Segment target = log.holding(sequence);
        if (target == null || target != segment) {
            closeFile();
        }
        boolean hinted = target != null && to.segment() == target.first() && to.batch() > 0;
        offset = hinted ? to.batch() : -1;
        offsetIn = to.segment();
    }

    /** Goes to the end, to which nothing more is routed: no reading needed. */
    void jump(Published to) throws IOException {
        seek(to.position(), passed);
    }

    /**
     * The next run, or null: the limit is reached, or a message set aside or lost ones were passed.
     */
    @Nullable FrameRun next(Published limit, int maxBytes) throws IOException {
        return next(limit, maxBytes, Long.MAX_VALUE);
    }

    /** The same, but the run ends before this sequence at the latest. */
    @Nullable FrameRun next(Published limit, int maxBytes, long before) throws IOException {
        runsEndBefore = before;
        try {
            while (sequence < limit.sequence()) {
                if (batch == null && !load(limit)) {
                    return null;
                }
                if (batch != null) {
                    FrameRun found = nextInBatch(batch, maxBytes);
                    if (found != null || aside != null) {
                        return found;
                    }
                }
            }
            reconcile(limit.routed(), limit.sequence());
            return null;
        } catch (IOException e) {
            closeFile(); // an interrupt closes the channel: begin afresh next time
            batch = null;
            throw e;
        }
    }

    private @Nullable FrameRun nextInBatch(BatchHeader header, int maxBytes) throws IOException {
        while (run < metadata.runs()) {
            if (!routed(header, run)) {
                skipRun();
            } else if (!setAside.isEmpty() && setAside.containsKey(sequence)) {
                passAside(header);
                return null;
            } else {
                return take(header, maxBytes);
            }
        }
        leave(header);
        return null;
    }

    private boolean routed(BatchHeader header, int r) {
        return header.firstSequence() < entry.creation() || (metadata.mask(r) & 1L << number) != 0;
    }

    private void skipRun() {
        sequence += metadata.count(run) - runDone;
        octetsDone += metadata.octets(run) - runOctetsDone;
        run++;
        runDone = 0;
        runOctetsDone = 0;
    }

    private void passAside(BatchHeader header) throws IOException {
        FrameWalk walk = walk(metadata.octets(run) - runOctetsDone);
        walk.upTo(Long.MAX_VALUE, 1);
        aside = setAside.get(sequence);
        advance(1, walk.octets());
        if (run == metadata.runs()) {
            leave(header);
        }
    }

    private FrameRun take(BatchHeader header, int maxBytes) throws IOException {
        long octets = metadata.octets(run) - runOctetsDone;
        long count = (long) metadata.count(run) - runDone;
        long micros = metadata.receivedMicros(run);
        long quarter = micros / QUARTER_MICROS;
        // Ends where a run ends if it can: only a run that is too long itself must be walked.
        for (int r = run + 1;
                r < metadata.runs()
                        && octets + metadata.octets(r) <= maxBytes
                        && metadata.receivedMicros(r) / QUARTER_MICROS == quarter
                        && routed(header, r);
                r++) {
            octets += metadata.octets(r);
            count += metadata.count(r);
        }
        Map.Entry<Long, String> stop = setAside.isEmpty() ? null : setAside.higherEntry(sequence);
        long most = Math.min(count, runsEndBefore - sequence);
        most = stop == null ? most : Math.min(most, stop.getKey() - sequence);
        if (octets > maxBytes || most < count) {
            FrameWalk walk = walk(octets);
            walk.upTo(maxBytes, (int) most);
            if (walk.frames() == 0) {
                walk.upTo(Long.MAX_VALUE, 1);
            }
            octets = walk.octets();
            count = walk.frames();
        }
        FrameRun.InBatch place = new FrameRun.InBatch(openFile(), offset, header);
        Segment in = opened();
        Position start = new Position(sequence, in.first(), offset);
        long firstNumber = passed;
        long at = offset + BatchHeader.LENGTH + octetsDone;
        advance(count, octets);
        if (run == metadata.runs()) {
            leave(header);
        }
        Position end = new Position(start.sequence() + count, in.first(), offset);
        return new FrameRun(place, start, end, at, (int) octets, micros, firstNumber);
    }

    private FrameWalk walk(long octets) throws IOException {
        return new FrameWalk(openFile(), offset + BatchHeader.LENGTH + octetsDone, octets);
    }

    private void advance(long messages, long octets) {
        sequence += messages;
        passed += messages;
        octetsDone += octets;
        runDone += (int) messages;
        runOctetsDone += octets;
        while (run < metadata.runs() && runDone >= metadata.count(run)) {
            runDone -= metadata.count(run);
            runOctetsDone -= metadata.octets(run);
            run++;
        }
    }

    private void leave(BatchHeader header) {
        offset += header.batchLength();
        sequence = header.endSequence();
        batch = null;
    }

    /** Loads the batch that holds the sequence; false if lost messages were passed on the way. */
    private boolean load(Published limit) throws IOException {
        Segment current = enter(limit);
        if (current == null) {
            return missed == 0;
        }
        BatchSearch finder = finder(current);
        long end = Math.min(current.end, limit.sequence());
        if (offset < 0) {
            offset = SegmentHeader.LENGTH;
        }
        BatchHeader header = finder.at(offset);
        boolean here =
                header != null && header.firstSequence() <= sequence && header.endSequence() <= end;
        if (header != null && here && header.endSequence() <= sequence) {
            offset += header.batchLength();
            return true;
        }
        if (header != null && here && readMetadata(current, finder, header)) {
            batch = header;
            locate(header);
            return true;
        }
        passDamage(current, finder, here ? header : null, end);
        return true;
    }

    /** Goes on to the segment of the sequence; null if there is none or its count was taken. */
    private @Nullable Segment enter(Published limit) throws IOException {
        Segment current = log.holding(sequence);
        if (current == null || sequence >= current.end) {
            Segment next = current == null ? log.oldest() : log.after(current);
            sequence = next == null ? limit.sequence() : next.first();
            closeFile();
            if (next == null) {
                return null;
            }
            current = next;
        }
        if (current != segment) {
            closeFile();
            segment = current;
        }
        if (offsetIn != current.first()) {
            offset = -1;
            offsetIn = current.first();
        }
        if (sequence == current.first() && offset <= SegmentHeader.LENGTH) {
            reconcile(current.header.routed(), sequence);
            return missed == 0 ? current : null;
        }
        return current;
    }

    private void reconcile(long[] totals, long at) {
        long lost = routedAt(totals, at) - passed;
        if (lost > 0) {
            missed += lost;
            passed += lost;
        }
    }

    private boolean readMetadata(Segment in, BatchSearch finder, BatchHeader header)
            throws IOException {
        if (in.foreign
                && !(finder.framesSound(offset, header) && finder.restSound(offset, header))) {
            return false;
        }
        int length = header.metadataLength();
        if (metadataOctets.length < length) {
            metadataOctets = new byte[Math.max(length, 2 * metadataOctets.length)];
        }
        long at = offset + BatchHeader.LENGTH + header.framesLength();
        return openFile().read(metadataOctets, 0, length, at) == length
                && metadata.decodeRuns(metadataOctets, 0, header);
    }

    /** Finds the run of the sequence, which may lie inside the batch. */
    private void locate(BatchHeader header) throws IOException {
        run = 0;
        runDone = 0;
        octetsDone = 0;
        runOctetsDone = 0;
        long skip = sequence - header.firstSequence();
        while (run < metadata.runs() && skip >= metadata.count(run)) {
            skip -= metadata.count(run);
            octetsDone += metadata.octets(run);
            run++;
        }
        if (skip > 0) {
            FrameWalk walk = walk(metadata.octets(run));
            walk.upTo(Long.MAX_VALUE, (int) skip);
            runDone = (int) skip;
            runOctetsDone = walk.octets();
            octetsDone += walk.octets();
        }
    }

    private void passDamage(Segment in, BatchSearch finder, @Nullable BatchHeader header, long end)
            throws IOException {
        long from = offset;
        long first = header == null ? sequence : header.firstSequence();
        long to;
        long lostTo;
        if (header != null) {
            to = from + header.batchLength();
            lostTo = header.endSequence();
        } else {
            BatchSearch.Found next = finder.next(from, sequence, end);
            to = next == null ? openFile().size() : next.offset();
            lostTo = next == null ? end : next.header().firstSequence();
        }
        quarantine.report(openFile(), in, from, to, first, lostTo);
        sequence = Math.max(sequence, lostTo);
        offset = to;
    }

    private BatchSearch finder(Segment current) throws IOException {
        BatchSearch known = search;
        if (known == null) {
            known = new BatchSearch(openFile(), current.header.salt());
            search = known;
        }
        return known;
    }

    private Segment opened() {
        Segment known = segment;
        if (known == null) {
            throw new IllegalStateException("no segment");
        }
        return known;
    }

    private SegmentReader openFile() throws IOException {
        SegmentReader known = file;
        if (known == null) {
            known = new SegmentReader(storage.openForReading(opened().path));
            file = known;
        }
        return known;
    }

    private void closeFile() throws IOException {
        SegmentReader old = file;
        file = null;
        search = null;
        segment = null;
        if (old != null) {
            old.release();
        }
    }

    @Override
    public void close() throws IOException {
        closeFile();
    }
}
