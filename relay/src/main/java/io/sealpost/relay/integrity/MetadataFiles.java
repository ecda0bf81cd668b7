package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All entries of metadata on disk, compressed, beside the hashes. Confined to the log's thread, but
 * for {@link #reader} and {@link #octets}. Format: {@code docs/format/integrity-files.md}.
 */
/*
 * The same order as for hashes: written, synced, and only then is a checkpoint signed over it. What
 * lies behind the newest checkpoint is cut at opening and comes again from the spool. A checkpoint
 * ends a block, so that the cut is always between blocks.
 */
public final class MetadataFiles implements AutoCloseable {
    private final MetadataFolder folder;

    /** Octets of each file, by its first leaf; the newest is written to. */
    private final TreeMap<Long, Long> files = new TreeMap<>();

    private byte[] block = new byte[4096];
    private int blockLength;
    private int blockEntries;
    private long blockFirst;
    private long end;
    private @Nullable StorageFile file;
    private boolean unsynced;
    private boolean madeFile;
    private boolean whole = true;

    /** Octets of all files; volatile because anyone may ask. */
    private volatile long octets;

    /** Leaf behind what is synced; volatile because readers go by it. */
    private volatile long durable;

    private MetadataFiles(MetadataFolder folder, long size) {
        this.folder = folder;
        this.blockFirst = size;
        this.end = size;
        this.durable = size;
    }

    /**
     * Opens the files of a log whose newest checkpoint is over so many leaves, and cuts what is
     * behind it.
     *
     * @throws IntegrityException if the newest file does not reach as far or is damaged before;
     *     nothing on disk was changed then
     */
    public static MetadataFiles open(Storage storage, long size) throws IOException {
        return open(MetadataFolder.of(storage), size);
    }

    static MetadataFiles open(MetadataFolder folder, long size) throws IOException {
        folder.storage().createFolder(MetadataFolder.PATH);
        MetadataFiles metadata = new MetadataFiles(folder, size);
        metadata.recover(size);
        return metadata;
    }

    private void recover(long size) throws IOException {
        List<Long> firsts = folder.list();
        List<Long> kept = firsts.stream().filter(first -> first < size).toList();
        if (size > 0) {
            if (kept.isEmpty()) {
                throw missing(MetadataFolder.PATH, 0, size);
            }
            long newest = kept.getLast();
            long sound = soundOctets(newest, size);
            for (long first : kept) {
                files.put(first, first == newest ? sound : length(first));
            }
        }
        if (!folder.has(Flaw.METADATA_NOT_CUT)) {
            cut(firsts);
        }
        count();
    }

    /** Where, in the newest file that counts, the blocks end that count. */
    private long soundOctets(long first, long size) throws IOException {
        String path = MetadataFolder.path(first);
        try (InputStream in = folder.open(first)) {
            MetadataScan scan = MetadataScan.of(in, path, first);
            while (scan.endLeaf() < size) {
                if (scan.next(0).isEmpty()) {
                    throw missing(path, scan.endLeaf(), size);
                }
            }
            if (scan.endLeaf() > size) {
                throw missing(path, scan.firstLeaf(), size);
            }
            return scan.end();
        }
    }

    private static IntegrityException missing(String path, long has, long size) {
        return new IntegrityException(
                Reason.METADATA_MISSING,
                path
                        + " has metadata up to leaf "
                        + has
                        + ", but the newest checkpoint is over "
                        + size
                        + ": the file was lost, cut or put back from a copy");
    }

    private long length(long first) throws IOException {
        try (StorageFile opened = folder.storage().openForReading(MetadataFolder.path(first))) {
            return opened.size();
        }
    }

    private void cut(List<Long> firsts) throws IOException {
        for (long first : firsts) {
            Long kept = files.get(first);
            if (kept == null) {
                folder.storage().delete(MetadataFolder.path(first));
            } else if (kept < length(first)) {
                try (StorageFile opened =
                        folder.storage().openForWriting(MetadataFolder.path(first))) {
                    opened.truncate(kept);
                }
            }
        }
    }

    private void count() {
        octets = files.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Adds an entry. Nothing is durable before {@link #sync}.
     *
     * @param entry as {@link BatchEntry#encode} gives it; is copied
     * @param endLeaf behind its own leaf
     */
    public void add(byte[] entry, long endLeaf) throws IOException {
        requireWhole();
        if (endLeaf <= end) {
            throw new IllegalArgumentException("an entry up to " + endLeaf + " behind " + end);
        }
        int needed = blockLength + Integer.BYTES + entry.length;
        if (block.length < needed) {
            block = Arrays.copyOf(block, Math.max(2 * block.length, needed));
        }
        ByteBuffer.wrap(block).putInt(blockLength, entry.length);
        System.arraycopy(entry, 0, block, blockLength + Integer.BYTES, entry.length);
        blockLength = needed;
        blockEntries++;
        end = endLeaf;
        if (blockLength >= MetadataBlock.PLAIN_OCTETS) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (blockEntries == 0) {
            return;
        }
        whole = false;
        ByteBuffer octetsOfBlock =
                MetadataBlock.encode(block, blockLength, blockEntries, blockFirst, end);
        int length = octetsOfBlock.remaining();
        StorageFile to = writable();
        long at = files.lastEntry().getValue();
        to.write(octetsOfBlock, at);
        unsynced = true;
        files.put(files.lastKey(), at + length);
        count();
        blockLength = 0;
        blockEntries = 0;
        blockFirst = end;
        whole = true;
    }

    private StorageFile writable() throws IOException {
        StorageFile open = file;
        if (!files.isEmpty() && files.lastEntry().getValue() < folder.span()) {
            if (open == null) {
                open = folder.storage().openForAppending(MetadataFolder.path(files.lastKey()));
                file = open;
            }
            return open;
        }
        if (open != null) {
            open.sync();
            open.close();
        }
        StorageFile made = folder.storage().openForAppending(MetadataFolder.path(blockFirst));
        file = made;
        madeFile = true;
        made.write(MetadataScan.header(blockFirst), 0);
        files.put(blockFirst, (long) MetadataScan.HEADER);
        return made;
    }

    /** Makes all that was added durable. Ends a block: called once a checkpoint, before it. */
    public void sync() throws IOException {
        requireWhole();
        flush();
        whole = false;
        if (file != null && unsynced && !folder.has(Flaw.METADATA_NOT_SYNCED)) {
            file.sync();
        }
        unsynced = false;
        if (madeFile) {
            folder.storage().syncFolder(MetadataFolder.PATH);
            madeFile = false;
        }
        durable = end;
        whole = true;
    }

    /** Leaf behind all that was added. */
    public long endLeaf() {
        return end;
    }

    /** First leaf that metadata is kept of. */
    public long firstLeaf() {
        return files.isEmpty() ? end : files.firstKey();
    }

    /** Octets on disk. From any thread. */
    public long octets() {
        return octets;
    }

    /** Drops files that cover only leaves below this one, but never the newest. */
    public void dropBefore(long leaf) throws IOException {
        requireWhole();
        whole = false;
        while (files.size() > 1 && files.higherKey(files.firstKey()) <= leaf) {
            folder.storage().delete(MetadataFolder.path(files.firstKey()));
            // One by one, so that no crash makes a gap.
            folder.storage().syncFolder(MetadataFolder.PATH);
            files.pollFirstEntry();
        }
        count();
        whole = true;
    }

    /** A new reader of what is durable, to be closed by the caller. */
    public MetadataReader reader() {
        return new MetadataReader(
                StorageFolder.metadata(folder.storage(), CheckpointStore.FOLDER), () -> durable);
    }

    private void requireWhole() {
        if (!whole) {
            throw new IllegalStateException("after a failure the files are opened anew");
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
