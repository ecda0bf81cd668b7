package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the durable log batch by batch, whoever the messages are routed to, and every batch is
 * checked. It moves no cursor; who must not miss anything says so by {@link Spool#hold}. Confined
 * to one thread; its memory is reused and holds the largest batch.
 */
public final class BatchReader implements AutoCloseable {
    private static final int READ_BYTES = 256 * 1024;

    /** Consecutive messages of one source, receive time and set of upstreams. */
    public record Run(
            Source source, long receivedMicros, long ordinal, int count, long upstreams) {}

    /**
     * A message that was not sent on byte for byte.
     *
     * @param index in the batch
     * @param originalOffset of the message as received in {@link #octets}
     * @param originalLength 0 if it was not kept
     */
    public record Change(
            int index, int form, int reasons, int originalOffset, int originalLength) {}

    private final Storage storage;
    private final SegmentLog log;
    private final SpoolWriter writer;
    private long sequence;

    // The segment that is open.
    private @Nullable Segment segment;
    private @Nullable SegmentReader file;
    private SaltedCrc crc = new SaltedCrc(new byte[0]);
    private long offset;

    // Octets of it that are in memory.
    private byte[] window = new byte[READ_BYTES];
    private long windowFrom;
    private int windowLength;

    // The batch read last.
    private final BatchMetadata metadata = new BatchMetadata();
    private @Nullable BatchHeader batch;
    private int batchAt;
    private long lostFrom;
    private long lostTo;

    BatchReader(Storage storage, SegmentLog log, SpoolWriter writer, long sequence) {
        this.storage = storage;
        this.log = log;
        this.writer = writer;
        this.sequence = sequence;
    }

    /** Sequence behind the batch read last, and whatever was lost behind it. */
    public long sequence() {
        return sequence;
    }

    /**
     * Reads the next batch; false if nothing more is durable. Messages that were released or are
     * damaged are passed over, see {@link #lostFrom}. After an exception it can be called again.
     */
    public boolean next() throws IOException {
        batch = null;
        lostFrom = sequence;
        lostTo = sequence;
        try {
            while (true) {
                Published end = writer.published();
                if (sequence >= end.sequence()) {
                    return false;
                }
                Segment in = enter(end);
                if (in != null && read(in, end)) {
                    return true;
                }
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** First of the messages that the last call of {@link #next} found lost. */
    public long lostFrom() {
        return lostFrom;
    }

    /** Sequence behind them: {@link #lostFrom} if there were none. */
    public long lostTo() {
        return lostTo;
    }

    /** Goes to the segment of the sequence; null after passing to another place. */
    private @Nullable Segment enter(Published end) throws IOException {
        Segment holding = log.holding(sequence);
        if (holding == null || sequence >= holding.end) {
            Segment next = holding == null ? log.oldest() : log.after(holding);
            pass(next == null ? end.sequence() : Math.min(next.first(), end.sequence()));
            return null;
        }
        if (holding != segment) {
            close();
            file = new SegmentReader(storage.openForReading(holding.path));
            crc = new SaltedCrc(holding.header.salt());
            segment = holding;
            offset = SegmentHeader.LENGTH;
        }
        return holding;
    }

    private void pass(long to) {
        if (to > sequence) {
            lostTo = to;
            sequence = to;
        }
    }

    /** Reads the batch at the offset; false if it is not the one wanted. */
    private boolean read(Segment in, Published end) throws IOException {
        long durable = in.first() == end.segment() ? end.offset() : opened().size();
        long below = Math.min(in.end, end.sequence());
        BatchHeader header =
                load(BatchHeader.LENGTH, durable) ? BatchHeader.decode(window, at(), crc) : null;
        if (header == null
                || header.firstSequence() > sequence
                || header.endSequence() > below
                || header.batchLength() > durable - offset) {
            passDamage(in, below);
            return false;
        }
        if (header.endSequence() <= sequence) {
            offset += header.batchLength();
            return false;
        }
        if (!load((int) header.batchLength(), durable) || !isSound(header)) {
            offset += header.batchLength();
            pass(header.endSequence());
            return false;
        }
        batch = header;
        batchAt = at();
        offset += header.batchLength();
        sequence = header.endSequence();
        return true;
    }

    private void passDamage(Segment in, long below) throws IOException {
        BatchSearch.Found next =
                new BatchSearch(opened(), in.header.salt()).next(offset, sequence, below);
        pass(next == null ? below : next.header().firstSequence());
        offset = next == null ? opened().size() : next.offset();
    }

    private boolean isSound(BatchHeader header) {
        int frames = at() + BatchHeader.LENGTH;
        int rest = frames + header.framesLength();
        int length = header.metadataLength() + header.originalsLength();
        return crc.start().update(window, frames, header.framesLength()).value()
                        == header.framesCrc()
                && crc.start().update(window, rest, length).value() == header.restCrc()
                && metadata.decodeAll(window, rest, header);
    }

    /** Has so many octets from the offset on in memory; false if the segment ends before. */
    private boolean load(int length, long durable) throws IOException {
        if (offset >= windowFrom && offset + length <= windowFrom + windowLength) {
            return true;
        }
        if (window.length < length) {
            window = new byte[length];
        }
        windowFrom = offset;
        windowLength = 0;
        int most = (int) Math.min(window.length, durable - offset);
        windowLength = most <= 0 ? 0 : opened().read(window, 0, most, offset);
        return windowLength >= length;
    }

    private int at() {
        return (int) (offset - windowFrom);
    }

    private SegmentReader opened() {
        SegmentReader known = file;
        if (known == null) {
            throw new IllegalStateException("no segment");
        }
        return known;
    }

    private BatchHeader current() {
        BatchHeader known = batch;
        if (known == null) {
            throw new IllegalStateException("no batch");
        }
        return known;
    }

    // Of the batch read last.

    /** Sequence of its first message. */
    public long firstSequence() {
        return current().firstSequence();
    }

    /** How many messages. */
    public int count() {
        return current().count();
    }

    /** When it was appended, microseconds since the epoch. */
    public long appendMicros() {
        return current().appendMicros();
    }

    /** The array with its octets, until the next batch is read; may be written to. */
    public byte[] octets() {
        return window;
    }

    /** Where its frames {@code LEN SP MSG} begin in {@link #octets}. */
    public int framesOffset() {
        return batchAt + BatchHeader.LENGTH;
    }

    /** Octets of all frames. */
    public int framesLength() {
        return current().framesLength();
    }

    /** All messages in order. */
    public List<Run> runs() {
        Run[] runs = new Run[metadata.runs()];
        Arrays.setAll(runs, this::run);
        return List.of(runs);
    }

    private Run run(int number) {
        BatchMetadata.Run run = metadata.run(number);
        return new Run(
                run.source(), run.receivedMicros(), run.ordinal(), run.count(), run.upstreams());
    }

    /** The changed messages, ascending. */
    public List<Change> changes() {
        List<BatchMetadata.Change> known = metadata.changes();
        Change[] changes = new Change[known.size()];
        BatchHeader header = current();
        int at = framesOffset() + header.framesLength() + header.metadataLength();
        for (int c = 0; c < changes.length; c++) {
            BatchMetadata.Change change = known.get(c);
            int length = change.originalLength();
            changes[c] = new Change(change.index(), change.form(), change.reasons(), at, length);
            at += length;
        }
        return List.of(changes);
    }

    @Override
    public void close() throws IOException {
        SegmentReader old = file;
        file = null;
        segment = null;
        windowLength = 0;
        if (old != null) {
            old.release();
        }
    }
}
