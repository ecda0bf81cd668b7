package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * What the log says of messages whose leaves lie side by side: the entry of metadata right behind
 * them. Format: {@code docs/integrity.md}, Entries.
 *
 * @param firstIndex leaf of the first message
 * @param firstSequence of the first message in the spool
 * @param appendMicros when they were appended to the spool, microseconds since the epoch
 * @param runs all messages, in order
 * @param changes messages that were not sent on byte for byte, ascending
 * @param upstreams names of all upstreams in the masks of runs, by number
 */
public record BatchEntry(
        long firstIndex,
        long firstSequence,
        long appendMicros,
        List<Run> runs,
        List<Change> changes,
        SortedMap<Integer, String> upstreams) {
    /** Longest entry, so that every entry fits a bundle. */
    public static final int MAX_OCTETS = EntryBundle.MAX_ENTRY_OCTETS;

    private static final int VERSION = 1;
    private static final int NO_HASH = 0;
    private static final int ORIGINAL_HASH = 1;

    /** What all numbers of a run, of a change and of the rest take at most. */
    private static final int RUN_OCTETS = 45;

    private static final int CHANGE_OCTETS = 50;

    private static final int SURELY_OCTETS = MAX_OCTETS / 2;

    /**
     * Consecutive messages of one source, one receive time and one set of upstreams.
     *
     * @param receivedMicros microseconds since the epoch
     * @param ordinal of the first one on its connection or listener
     * @param upstreams bit n for the upstream of number n
     */
    public record Run(Source source, long receivedMicros, long ordinal, int count, long upstreams) {
        /** A run of at least one. */
        public Run {
            if (count < 1) {
                throw new IllegalArgumentException("run of " + count);
            }
        }
    }

    /**
     * A message that was changed.
     *
     * @param index of the message in this entry, from 0
     * @param form how the message was understood, as in the spool
     * @param reasons why it was changed, as in the spool
     * @param original SHA-256 of the message as received, if that differs and is not redacted
     */
    public record Change(int index, int form, int reasons, Optional<Hash> original) {}

    /** Whole: what {@link #decode} would give back. */
    public BatchEntry {
        runs = List.copyOf(runs);
        changes = List.copyOf(changes);
        upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
        long count = runs.stream().mapToLong(Run::count).sum();
        if (firstIndex < 0 || firstSequence < 0 || count < 1 || count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(count + " messages from leaf " + firstIndex);
        }
        int before = -1;
        for (Change change : changes) {
            if (change.index <= before || change.index >= count) {
                throw new IllegalArgumentException("change of message " + change.index);
            }
            before = change.index;
        }
        if (bits(upstreams) != mask(runs)) {
            throw new IllegalArgumentException("upstreams " + upstreams + " are not those of runs");
        }
    }

    private static long bits(SortedMap<Integer, String> upstreams) {
        return upstreams.keySet().stream().mapToLong(n -> 1L << n).reduce(0, (a, b) -> a | b);
    }

    private static long mask(List<Run> runs) {
        return runs.stream().mapToLong(Run::upstreams).reduce(0, (a, b) -> a | b);
    }

    /** Names of all upstreams that messages of these runs were routed to. */
    public static SortedMap<Integer, String> upstreamsOf(
            List<Run> runs, IntFunction<String> nameOf) {
        SortedMap<Integer, String> names = new TreeMap<>();
        for (long rest = mask(runs); rest != 0; rest &= rest - 1) {
            int number = Long.numberOfTrailingZeros(rest);
            names.put(number, nameOf.apply(number));
        }
        return names;
    }

    /** How many messages. */
    public int count() {
        return (int) (endLeaf() - 1 - firstIndex);
    }

    /** Leaf behind this entry's own, which is right behind those of its messages. */
    public long endLeaf() {
        return firstIndex + runs.stream().mapToLong(Run::count).sum() + 1;
    }

    /** Whether the leaf is that of one of its messages. */
    public boolean hasMessage(long leaf) {
        return leaf >= firstIndex && leaf < endLeaf() - 1;
    }

    /** The run of one of its messages. */
    public Run runOf(long leaf) {
        long first = firstIndex;
        for (Run run : runs) {
            if (leaf >= first && leaf < first + run.count) {
                return run;
            }
            first += run.count;
        }
        throw new IllegalArgumentException("leaf " + leaf + " is not of " + firstIndex);
    }

    /** How one of its messages was changed, if it was. */
    public Optional<Change> changeOf(long leaf) {
        return changes.stream().filter(c -> c.index == leaf - firstIndex).findFirst();
    }

    /** This entry, or as many as are needed for each to be at most {@link #MAX_OCTETS} long. */
    public List<BatchEntry> parts() {
        if (fits()) {
            return List.of(this);
        }
        int count = count();
        if (count == 1) {
            throw new IllegalArgumentException("metadata of one message longer than an entry");
        }
        int middle = count / 2;
        List<BatchEntry> parts = new ArrayList<>(part(0, middle, 0).parts());
        // Each part has its own entry behind it, which moves the leaves that follow.
        parts.addAll(part(middle, count, parts.size()).parts());
        return parts;
    }

    private boolean fits() {
        long names = 0;
        for (String name : upstreams.values()) {
            names += 3L * name.length();
        }
        boolean surely =
                runs.size() * RUN_OCTETS + changes.size() * CHANGE_OCTETS + names < SURELY_OCTETS
                        && runs.stream().map(Run::source).distinct().count() == 1;
        return surely || encode().length <= MAX_OCTETS;
    }

    private BatchEntry part(int from, int to, int shift) {
        List<Run> itsRuns = new ArrayList<>();
        int first = 0;
        for (Run run : runs) {
            int begin = Math.max(from, first);
            int end = Math.min(to, first + run.count);
            if (begin < end) {
                itsRuns.add(
                        new Run(
                                run.source,
                                run.receivedMicros,
                                run.ordinal + begin - first,
                                end - begin,
                                run.upstreams));
            }
            first += run.count;
        }
        List<Change> itsChanges = new ArrayList<>();
        for (Change c : changes) {
            if (c.index >= from && c.index < to) {
                itsChanges.add(new Change(c.index - from, c.form, c.reasons, c.original));
            }
        }
        return new BatchEntry(
                firstIndex + from + shift,
                firstSequence + from,
                appendMicros,
                itsRuns,
                itsChanges,
                upstreamsOf(itsRuns, n -> upstreams.getOrDefault(n, "")));
    }

    /** The entry, its first octet included. */
    public byte[] encode() {
        EntryWriter out = new EntryWriter();
        out.octet(Entry.METADATA);
        out.octet(VERSION);
        out.number(firstIndex);
        out.number(firstSequence);
        out.number(count());
        out.number(appendMicros);
        writeRuns(out);
        out.number(changes.size());
        int index = 0;
        for (Change change : changes) {
            out.number(change.index - index);
            out.octet(change.form);
            out.number(Integer.toUnsignedLong(change.reasons));
            out.octet(change.original.isPresent() ? ORIGINAL_HASH : NO_HASH);
            change.original.ifPresent(hash -> out.octets(hash.octets()));
            index = change.index;
        }
        out.number(upstreams.size());
        upstreams.forEach(
                (number, name) -> {
                    out.number(number);
                    out.text(name);
                });
        return out.toArray();
    }

    private void writeRuns(EntryWriter out) {
        Map<Source, Integer> numbers = new HashMap<>();
        for (Run run : runs) {
            numbers.putIfAbsent(run.source, numbers.size());
        }
        Source[] sources = new Source[numbers.size()];
        numbers.forEach((source, number) -> sources[number] = source);
        out.number(sources.length);
        for (Source source : sources) {
            EntrySource.write(source, out);
        }
        long[] nextOrdinal = new long[sources.length];
        long micros = appendMicros;
        out.number(runs.size());
        for (Run run : runs) {
            int source = numbers.getOrDefault(run.source, -1);
            out.number(source);
            out.difference(run.receivedMicros - micros);
            out.difference(run.ordinal - nextOrdinal[source]);
            out.number(run.count);
            out.number(run.upstreams);
            micros = run.receivedMicros;
            nextOrdinal[source] = run.ordinal + run.count;
        }
    }

    /** The entry of these octets, or empty where {@link #encode} would not give just them. */
    public static Optional<BatchEntry> decode(byte[] octets) {
        if (octets.length > MAX_OCTETS) {
            return Optional.empty();
        }
        try {
            return read(new EntryReader(octets))
                    .filter(entry -> Arrays.equals(entry.encode(), octets));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<BatchEntry> read(EntryReader in) {
        if (in.octet() != Entry.METADATA || in.octet() != VERSION) {
            return Optional.empty();
        }
        long firstIndex = in.number();
        long firstSequence = in.number();
        long count = in.number();
        long appendMicros = in.number();
        List<Run> runs = readRuns(in, appendMicros);
        List<Change> changes = readChanges(in);
        SortedMap<Integer, String> upstreams = new TreeMap<>();
        for (int left = in.count(); left > 0; left--) {
            long number = in.number();
            if (number < 0 || number >= Long.SIZE) {
                in.refuse();
            }
            upstreams.put((int) number, in.text());
        }
        if (!in.isSound() || !in.atEnd()) {
            return Optional.empty();
        }
        BatchEntry entry =
                new BatchEntry(firstIndex, firstSequence, appendMicros, runs, changes, upstreams);
        return entry.count() == count ? Optional.of(entry) : Optional.empty();
    }

    private static List<Run> readRuns(EntryReader in, long appendMicros) {
        List<Source> sources = new ArrayList<>();
        for (int left = in.count(); left > 0 && in.isSound(); left--) {
            sources.add(EntrySource.read(in));
        }
        long[] nextOrdinal = new long[sources.size()];
        List<Run> runs = new ArrayList<>();
        long micros = appendMicros;
        for (int left = in.count(); left > 0 && in.isSound(); left--) {
            long source = in.number();
            micros += in.difference();
            long ordinal = in.difference();
            long count = in.number();
            long upstreams = in.number();
            if (source < 0 || source >= nextOrdinal.length || count != (int) count) {
                in.refuse();
                break;
            }
            ordinal += nextOrdinal[(int) source];
            runs.add(new Run(sources.get((int) source), micros, ordinal, (int) count, upstreams));
            nextOrdinal[(int) source] = ordinal + count;
        }
        return runs;
    }

    private static List<Change> readChanges(EntryReader in) {
        List<Change> changes = new ArrayList<>();
        long index = 0;
        for (int left = in.count(); left > 0 && in.isSound(); left--) {
            index += in.number();
            int form = in.octet();
            int reasons = (int) in.number();
            boolean hashed = in.octet() == ORIGINAL_HASH;
            Optional<Hash> original =
                    hashed
                            ? Optional.of(in.octets(Hash.OCTETS)).flatMap(Hash::of)
                            : Optional.empty();
            changes.add(new Change((int) index, form, reasons, original));
        }
        return changes;
    }
}
