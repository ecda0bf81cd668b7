package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries of metadata, while the log grows. Going forward is cheap. For one thread at a time;
 * any thread may have its own.
 */
public final class MetadataReader implements AutoCloseable {
    private final FileSeries files;
    private final LongSupplier durable;
    private final Deque<BatchEntry> ahead = new ArrayDeque<>();
    private @Nullable InputStream in;
    private @Nullable MetadataScan scan;

    /** Leaf behind the blocks that were read. */
    private long at;

    /**
     * A reader before the oldest entry.
     *
     * @param durable leaves that there is metadata of, at least
     */
    public MetadataReader(FileSeries files, LongSupplier durable) {
        this.files = files;
        this.durable = durable;
    }

    /**
     * Reads the files of the log that is written to, by themselves.
     *
     * @param size leaves that the log has a checkpoint over
     */
    public static MetadataReader of(Storage storage, long size) {
        return new MetadataReader(
                StorageFolder.metadata(storage, CheckpointStore.FOLDER), () -> size);
    }

    /**
     * The entry that covers a leaf, be it of a message or the entry's own; empty where it was
     * dropped, or is not durable yet.
     *
     * @throws IntegrityException if it is damaged, or missing between others
     */
    public Optional<BatchEntry> covering(long leaf) throws IOException {
        if (leaf < 0 || leaf >= durable.getAsLong()) {
            return Optional.empty();
        }
        BatchEntry next = ahead.peekFirst();
        if (next == null || leaf < next.firstIndex() || leaf >= at) {
            seek(leaf);
        }
        while (!ahead.isEmpty() && ahead.getFirst().endLeaf() <= leaf) {
            ahead.removeFirst();
        }
        return Optional.ofNullable(ahead.peekFirst()).filter(entry -> entry.firstIndex() <= leaf);
    }

    /** Goes to the entry that covers a leaf, or, where that was dropped, to the oldest. */
    public void seek(long leaf) throws IOException {
        if (scan == null || leaf < at) {
            close();
        }
        ahead.clear();
        List<Long> firsts = firsts();
        at = firsts.isEmpty() ? leaf : Math.max(leaf, firsts.getFirst());
        fill();
        while (!ahead.isEmpty() && ahead.getFirst().endLeaf() <= leaf) {
            ahead.removeFirst();
        }
    }

    /** The next entry, or empty at the end of what is durable. */
    public Optional<BatchEntry> next() throws IOException {
        if (at == 0 && ahead.isEmpty()) {
            seek(0);
        }
        fill();
        return Optional.ofNullable(ahead.pollFirst());
    }

    /** Reads the block that covers the leaf {@link #at}, if it is durable. */
    private void fill() throws IOException {
        if (!ahead.isEmpty() || at >= durable.getAsLong()) {
            return;
        }
        if (scan != null) {
            Optional<List<byte[]>> block = scan.next(at);
            if (block.isPresent()) {
                decode(block.get(), scan);
                return;
            }
            close();
        }
        // The next file, or the same one, which has grown.
        MetadataScan open = open();
        decode(open.next(at).orElseThrow(this::missing), open);
    }

    private MetadataScan open() throws IOException {
        long first =
                firsts().stream()
                        .filter(f -> f <= at)
                        .reduce((a, b) -> b)
                        .orElseThrow(this::missing);
        InputStream opened = files.open(MetadataFolder.name(first));
        in = opened;
        MetadataScan open = MetadataScan.of(opened, MetadataFolder.path(first), first);
        scan = open;
        return open;
    }

    private List<Long> firsts() throws IOException {
        return files.list().stream()
                .map(FileSeries.File::name)
                .map(MetadataFolder::firstLeaf)
                .flatMap(first -> first.stream().boxed())
                .toList();
    }

    private IntegrityException missing() {
        return new IntegrityException(
                Reason.METADATA_MISSING, MetadataFolder.PATH + " has nothing of leaf " + at);
    }

    private void decode(List<byte[]> block, MetadataScan from) throws IOException {
        long expected = from.firstLeaf();
        for (byte[] octets : block) {
            long first = expected;
            BatchEntry entry =
                    BatchEntry.decode(octets)
                            .filter(e -> e.firstIndex() == first)
                            .orElseThrow(() -> other(first));
            ahead.add(entry);
            expected = entry.endLeaf();
        }
        at = from.endLeaf();
        if (expected != at) {
            throw other(expected);
        }
    }

    private static IntegrityException other(long leaf) {
        return new IntegrityException(
                Reason.METADATA_DAMAGED, "the metadata of leaf " + leaf + " is not that of it");
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
        }
        in = null;
        scan = null;
    }
}
