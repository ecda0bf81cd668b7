package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Start of the spool: reads numbers, cursors and segment headers, and examines the newest segment.
 * Confined to the opening thread.
 */
final class SpoolOpening {
    private final Storage storage;
    final SegmentLog log = new SegmentLog();
    final Quarantine quarantine;
    final UpstreamNumbers numbers;
    final TreeMap<Integer, TwoSlotFile> cursorFiles = new TreeMap<>();
    final TreeMap<Integer, CursorState> cursors = new TreeMap<>();
    private final List<Recovery.Damage> damages = new ArrayList<>();
    private StreamMarks streams = new StreamMarks();
    private long stated;
    private long cutOctets;

    private SpoolOpening(Storage storage, SpoolObserver observer, UpstreamNumbers numbers) {
        this.storage = storage;
        this.quarantine = new Quarantine(storage, observer);
        this.numbers = numbers;
    }

    /** What opening gave. */
    record Opened(SpoolOpening parts, Published end, Recovery recovery) {}

    static Opened open(Storage storage, SpoolObserver observer) throws IOException {
        SpoolOpening opening = new SpoolOpening(storage, observer, UpstreamNumbers.open(storage));
        storage.syncFolder(Segment.FOLDER); // a killed process may have made names not durable
        storage.syncFolder("cursors");
        opening.readCursors();
        Published end = opening.readSegments();
        Segment oldest = opening.log.oldest();
        int segments = 0;
        for (Segment s = oldest; s != null; s = opening.log.after(s)) {
            segments++;
        }
        Recovery recovery =
                new Recovery(
                        segments,
                        opening.log.bytes(),
                        oldest == null ? end.sequence() : oldest.first(),
                        end.sequence(),
                        opening.cutOctets,
                        List.copyOf(opening.damages));
        return new Opened(opening, end, recovery);
    }

    /** What the log has of numbered streams. */
    StreamMarks streams() {
        return streams;
    }

    private void readCursors() throws IOException {
        List<UpstreamNumbers.Entry> known = new ArrayList<>();
        for (String name : storage.list("cursors")) {
            int number = number(name);
            if (number < 0) {
                continue;
            }
            TwoSlotFile file =
                    TwoSlotFile.open(storage, CursorState.path(number), CursorState.SLOT_BYTES);
            cursorFiles.put(number, file);
            Optional<byte[]> content = file.read();
            CursorState state =
                    content.isPresent()
                            ? CursorState.decode(content.get(), CursorState.path(number))
                            : null;
            if (state != null && state.number() == number) {
                cursors.put(number, state);
                stated = Math.max(stated, Math.max(state.synced(), state.position().sequence()));
                while (known.size() <= number) {
                    known.add(UpstreamNumbers.Entry.UNKNOWN);
                }
                known.set(number, state.entry());
            }
        }
        if (numbers.size() < known.size()) {
            numbers.restore(known);
        }
    }

    private static int number(String name) {
        try {
            int number = Integer.parseInt(name);
            return number < UpstreamNumbers.MAX ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Published readSegments() throws IOException {
        long lastLost = -1;
        List<String> unreadable = new ArrayList<>();
        for (String name : storage.list(Segment.FOLDER)) {
            if (name.endsWith(Segment.TEMPORARY)) {
                storage.delete(Segment.FOLDER + "/" + name);
                continue;
            }
            long first = Segment.firstOf(name);
            if (first < 0) {
                continue;
            }
            Segment segment = readHeader(name, first);
            Segment before = log.holding(first);
            if (before != null && before.end == Long.MAX_VALUE) {
                before.end = first;
            }
            if (segment != null) {
                log.add(segment);
            } else {
                unreadable.add(name);
                lastLost = first;
            }
        }
        Published end = examineNewest(lastLost);
        for (String name : unreadable) {
            moveAway(name, end);
        }
        return end;
    }

    private void moveAway(String name, Published end) throws IOException {
        long first = Segment.firstOf(name);
        Segment behind = null;
        for (Segment s = log.oldest(); s != null && behind == null; s = log.after(s)) {
            behind = s.first() > first ? s : null;
        }
        long lostTo = behind == null ? end.sequence() : behind.first();
        long octets = quarantine.moveSegment(name, first, lostTo);
        damages.add(new Recovery.Damage(first, lostTo, octets));
    }

    private @Nullable Segment readHeader(String name, long first) throws IOException {
        try (StorageFile file = storage.openForReading(Segment.FOLDER + "/" + name)) {
            byte[] page = new byte[SegmentHeader.LENGTH];
            int got = new SegmentReader(file).read(page, 0, page.length, 0);
            return switch (SegmentHeader.decode(page, got)) {
                case SegmentHeader.Decoded.Valid valid
                        when valid.header().firstSequence() == first ->
                        new Segment(valid.header(), true, file.size());
                case SegmentHeader.Decoded.Newer newer ->
                        throw new NewerFormatException(
                                "the spool file " + name, newer.version(), SegmentHeader.VERSION);
                case SegmentHeader.Decoded.Valid _, SegmentHeader.Decoded.Damaged _ -> null;
            };
        }
    }

    private Published examineNewest(long lastLost) throws IOException {
        Segment newest = null;
        for (Segment s = log.oldest(); s != null; s = log.after(s)) {
            newest = s;
        }
        stated = Math.max(stated, lastLost);
        if (newest == null) {
            return new Published(stated, -1, -1, afterLostLog());
        }
        boolean followed = newest.end != Long.MAX_VALUE;
        long statedHere = followed ? newest.end : stated;
        try (StorageFile file = storage.openForWriting(newest.path)) {
            SegmentReader reader = new SegmentReader(file);
            SegmentScan scan = new SegmentScan(reader, newest, statedHere, numbers.live());
            scan.scan();
            streams = scan.streams;
            for (SegmentScan.Hole hole : scan.holes) {
                quarantine.report(reader, newest, hole.from(), hole.to(), hole.first(), hole.end());
                damages.add(new Recovery.Damage(hole.first(), hole.end(), hole.to() - hole.from()));
            }
            if (scan.keptBytes < newest.bytes) {
                cutOctets =
                        new BatchSearch(reader, newest.header.salt()).withoutZeros(scan.keptBytes)
                                - scan.keptBytes;
                file.truncate(scan.keptBytes);
                log.resize(newest, scan.keptBytes);
            }
            file.sync();
            long end = Math.max(stated, scan.sequence);
            for (int n = 0; n < UpstreamNumbers.MAX; n++) {
                if ((numbers.live() & 1L << n) != 0) {
                    scan.routed[n] += end - scan.sequence;
                }
            }
            newest.end = scan.sequence;
            return new Published(end, newest.first(), scan.keptBytes, scan.routed);
        }
    }

    /** Without a segment, what the cursors counted is all that is known. */
    private long[] afterLostLog() {
        long[] routed = new long[UpstreamNumbers.MAX];
        cursors.forEach(
                (number, state) ->
                        routed[number] =
                                state.counted()
                                        - state.entry().routedBefore(state.position().sequence())
                                        + stated
                                        - state.position().sequence());
        return routed;
    }

    /** Where a cursor begins that is new, or whose file is lost. */
    CursorState fresh(int number, Published end) {
        UpstreamNumbers.Entry entry = numbers.entry(number);
        Segment oldest = log.oldest();
        long begin = Math.max(entry.start(), oldest == null ? end.sequence() : oldest.first());
        Segment segment = log.holding(begin);
        long[] totals = end.routed();
        Position position = end.position();
        if (segment != null && segment.first() == begin) {
            totals = segment.header.routed();
            position = Position.of(begin);
        }
        return new CursorState(
                number,
                entry,
                position,
                end.sequence(),
                totals[number] + entry.routedBefore(position.sequence()),
                0,
                new TreeMap<>(),
                new byte[0]);
    }

    TwoSlotFile cursorFile(int number) throws IOException {
        TwoSlotFile file = cursorFiles.get(number);
        if (file == null) {
            file = TwoSlotFile.open(storage, CursorState.path(number), CursorState.SLOT_BYTES);
            cursorFiles.put(number, file);
        }
        return file;
    }

    /** The cursor of a retired number. */
    void dropCursor(int number) throws IOException {
        TwoSlotFile file = cursorFiles.remove(number);
        if (file != null) {
            file.close();
        }
        cursors.remove(number);
        storage.delete(CursorState.path(number));
        storage.syncFolder("cursors");
    }

    void close() throws IOException {
        for (TwoSlotFile file : cursorFiles.values()) {
            file.close();
        }
        numbers.close();
    }
}
