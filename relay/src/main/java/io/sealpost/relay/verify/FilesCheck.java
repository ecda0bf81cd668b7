package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.verify.Finding.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Compares the files of an upstream, all of them together, with a log that {@link LogCheck} has
 * found good. Memory: two bits for each entry, some 100 MiB at most else. For one thread, once; it
 * hashes lines on all cores.
 */
public final class FilesCheck {
    /** Missing entries side by side that are told one by one. */
    private static final int TOLD_SINGLY = 20;

    /** An idle relay signs this often; with some time to spare. */
    private static final long HEARTBEAT_MICROS = 75_000_000;

    private final SealedLog log;
    private final LogKeys keys;
    private final Findings findings;
    private final Order order;
    private final Checkpoint newest;
    private final long firstLeaf;
    private final LeafSet seen;
    private final LongPredicate routed;
    private final LeafLocator locator;
    private final Unplaced unplaced;
    private final InBandNotes notes;
    private final EntryTexts texts;
    private long lines;
    private long placed;
    private long unread;
    private long lowest = Long.MAX_VALUE;
    private long highest = LeafLocator.NONE;
    private int files;

    /**
     * What is asked for.
     *
     * @param upstreams names of the upstream whose files they are, which then have the messages
     *     routed to it and no others; empty: of all upstreams
     * @param allowRepeats lines may come again, and in several files late, as after a broken
     *     connection
     * @param part the files hold a part of the log, so what is before or behind is not missing
     */
    public record Order(Set<String> upstreams, boolean allowRepeats, boolean part) {}

    private FilesCheck(
            SealedLog log, LogKeys keys, Findings findings, Order order, Checkpoint newest)
            throws IOException {
        this.log = log;
        this.keys = keys;
        this.findings = findings;
        this.order = order;
        this.newest = newest;
        this.firstLeaf = log.firstLeaf(newest.size());
        this.seen = new LeafSet(newest.size());
        try (MetadataReader metadata = new MetadataReader(log.metadata(), newest::size)) {
            this.routed = RoutedLeaves.of(order.upstreams, metadata, firstLeaf, newest.size());
        }
        this.locator = new LeafLocator(log, firstLeaf, newest.size(), seen, routed);
        this.unplaced = new Unplaced(locator, seen);
        this.notes = new InBandNotes(log, keys, findings, newest, firstLeaf);
        this.texts = new EntryTexts(new MetadataReader(log.metadata(), newest::size));
    }

    /**
     * A check against a log.
     *
     * @param log stays the caller's to close
     * @param newest its newest checkpoint, which is signed
     */
    public static FilesCheck of(
            SealedLog log, LogKeys keys, Findings findings, Order order, Checkpoint newest)
            throws IOException {
        return new FilesCheck(log, keys, findings, order, newest);
    }

    /** Reads files; those of a server before those of the next, and older ones first. */
    public void read(List<UpstreamFile> all) throws IOException {
        files = all.size();
        long octets = all.stream().mapToLong(UpstreamFile::octets).sum();
        long[] done = {0};
        try (ChunkHashing hashing = new ChunkHashing()) {
            for (UpstreamFile file : all) {
                read(file, hashing, more -> findings.progress("lines", done[0] += more, octets));
            }
        }
    }

    private interface Octets {
        void done(long more);
    }

    private void read(UpstreamFile file, ChunkHashing hashing, Octets octets) throws IOException {
        LineReader reader = new LineReader(file.in());
        LineFormat format = reader.format();
        FileWalk walk =
                new FileWalk(
                        file.name(),
                        locator,
                        seen,
                        unplaced,
                        note -> keys.readInBand(note).equals(Optional.of(newest)),
                        (line, leaf, after) -> outOfOrder(file.name(), line, leaf, after));
        long before = lines;
        boolean more = true;
        while (more) {
            LineChunk chunk = reader.next();
            more = chunk != null;
            if (chunk != null) {
                hashing.add(chunk);
            }
            for (LineChunk c = hashing.take(!more); c != null; c = hashing.take(!more)) {
                notes.add(file.name(), c);
                if (format.isWhole()) {
                    walk.add(c);
                }
                lines += c.count();
                octets.done(c.octets());
            }
        }
        walk.end();
        placed += walk.placed();
        lowest = Math.min(lowest, walk.lowest());
        highest = Math.max(highest, walk.highest());
        if (!format.isWhole()) {
            unread++;
            otherFormat(file.name(), format, lines - before);
        }
    }

    private void otherFormat(String name, LineFormat format, long count) {
        findings.add(
                new Finding(
                        Kind.OTHER_FORMAT,
                        -1,
                        count,
                        name
                                + " is in "
                                + format.description()
                                + ", which leaves out "
                                + format.lost()
                                + ": its lines cannot be compared, only checkpoints in them. A raw"
                                + " format keeps all: in rsyslog template(name=\"raw\""
                                + " type=\"string\" string=\"%rawmsg%\\n\"), in syslog-ng"
                                + " template(\"${RAWMSG}\\n\") with flags(store-raw-message) at"
                                + " the source"));
    }

    private void outOfOrder(String file, long line, long leaf, long after) {
        if (order.allowRepeats && files > 1) {
            return;
        }
        findings.add(
                new Finding(
                        Kind.REORDERED,
                        leaf,
                        1,
                        "line "
                                + line
                                + " of "
                                + file
                                + " is "
                                + texts.of(leaf)
                                + (after < 0
                                        ? "; it stands first"
                                        : "; it stands behind entry " + after)));
    }

    /**
     * Tells of all that can be told only when every file was read.
     *
     * @return the upstreams that the log knows
     */
    public List<String> finish() throws IOException {
        unplaced.search();
        notes.end();
        for (int i = 0; i < unplaced.moved().size(); i++) {
            UnknownLine line = unplaced.moved().get(i);
            lowest = Math.min(lowest, unplaced.leafOfMoved(i));
            highest = Math.max(highest, unplaced.leafOfMoved(i));
            placed++;
            outOfOrder(line.file(), line.line(), unplaced.leafOfMoved(i), line.before());
        }
        for (UnknownLine line : order.allowRepeats ? List.<UnknownLine>of() : unplaced.copies()) {
            found(
                    Kind.REPEATED,
                    line.taken(),
                    line.where() + " is " + texts.of(line.taken()) + ", once more");
        }
        MissingLeaves missing = missing();
        if (unread < files) {
            strange(missing);
            if (unread == 0) {
                gaps(missing);
            }
        }
        summary(missing);
        return List.copyOf(missing.upstreams());
    }

    private MissingLeaves missing() throws IOException {
        long begin = order.part ? Math.min(lowest, newest.size()) : firstLeaf;
        long end = order.part ? highest + 1 : newest.size();
        MissingLeaves.Range range =
                new MissingLeaves.Range(Math.max(begin, firstLeaf), end, routed);
        try (MetadataReader metadata = new MetadataReader(log.metadata(), newest::size)) {
            return MissingLeaves.of(metadata, range, seen::has);
        }
    }

    private void found(Kind kind, long leaf, String text) {
        findings.add(new Finding(kind, leaf, 1, text));
    }

    private void strange(MissingLeaves missing) {
        List<UnknownLine> strange = new ArrayList<>(unplaced.strange());
        strange.sort(Comparator.comparingLong(UnknownLine::before));
        for (UnknownLine line : strange) {
            OptionalLong instead = missing.take(line.before(), line.behind());
            if (instead.isPresent()) {
                long leaf = instead.getAsLong();
                found(
                        Kind.CHANGED,
                        leaf,
                        line.where()
                                + " is not what was sealed as "
                                + texts.of(leaf)
                                + "; it reads: "
                                + line.text());
            } else if (line.before() < 0 && firstLeaf > 0) {
                found(
                        Kind.DROPPED,
                        -1,
                        line.where()
                                + " may be older than entry "
                                + firstLeaf
                                + ", the first kept");
            } else if (isBehindAll(line, missing) && line.announcesNewest()) {
                findings.good(line.where() + " is the newest checkpoint itself");
            } else if (isBehindAll(line, missing)) {
                found(
                        Kind.NOT_SEALED_YET,
                        -1,
                        line.where()
                                + " is behind the newest checkpoint, or inserted; verify again"
                                + " after the next one: "
                                + line.text());
            } else {
                String behind = line.before() < 0 ? "the beginning" : texts.of(line.before());
                found(Kind.INSERTED, -1, line.where() + ", behind " + behind + ": " + line.text());
            }
        }
    }

    /** Whether a line that no known one follows can be newer than the newest checkpoint. */
    private boolean isBehindAll(UnknownLine line, MissingLeaves missing) {
        if (line.behind() != Long.MAX_VALUE) {
            return false;
        }
        if (missing.last() <= line.before()) {
            return true;
        }
        Optional<Long> here = texts.receivedMicros(line.before());
        Optional<Long> end = texts.receivedMicros(missing.last());
        return here.isPresent() && end.isPresent() && end.get() - here.get() <= HEARTBEAT_MICROS;
    }

    private void gaps(MissingLeaves missing) {
        missing.walk(
                (first, last, count) -> {
                    if (count <= TOLD_SINGLY) {
                        for (int i = 0; i < count; i++) {
                            long leaf = missing.at(first, i);
                            found(Kind.MISSING, leaf, texts.of(leaf));
                        }
                    } else {
                        findings.add(
                                new Finding(
                                        Kind.MISSING,
                                        first,
                                        count,
                                        count
                                                + " in a row, from "
                                                + texts.of(first)
                                                + " to entry "
                                                + last
                                                + ", received "
                                                + texts.time(last)
                                                + where(first, last)));
                    }
                });
        if (missing.uncounted() > 0) {
            findings.add(
                    new Finding(
                            Kind.MISSING, -1, missing.uncounted(), missing.uncounted() + " more"));
        }
    }

    private String where(long first, long last) {
        if (first < lowest && last < lowest) {
            return ": all before the first line. If older files belong to this, give them too, or"
                    + " --part";
        }
        return first > highest
                ? ": all behind the last line. If the upstream is still behind, verify again"
                        + " later; else the end was cut off"
                : "";
    }

    private void summary(MissingLeaves missing) {
        if (unplaced.uncounted() > 0) {
            findings.add(
                    new Finding(
                            Kind.INSERTED,
                            -1,
                            unplaced.uncounted(),
                            unplaced.uncounted() + " more lines that are copies or no entries"));
        }
        if (!unplaced.copies().isEmpty() && order.allowRepeats) {
            findings.good(unplaced.copies().size() + " repeated lines, as allowed");
        }
        if (unread == files) {
            return; // no line could be compared
        }
        findings.good(
                lines
                        + " lines in "
                        + files
                        + (files == 1 ? " file" : " files")
                        + ", of which "
                        + placed
                        + " are entries of the log; "
                        + missing.expected()
                        + " entries should have a line"
                        + (order.upstreams.isEmpty()
                                ? ""
                                : " at " + String.join(", ", order.upstreams)));
    }
}
