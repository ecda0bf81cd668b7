package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small state that outlives crashes: a file of two checksummed slots of which the older one is
 * overwritten, so that the newer one is whole whatever happens. Confined to one thread. Format:
 * {@code docs/format/two-slot-file.md}.
 */
/*
 * Invariant: whenever no write is under way, one slot holds the state of the last write that
 * returned, synced. A write touches only the other slot. The file is made whole (both slots
 * written, synced) under a temporary name, so a file of this name never is half-made.
 *
 * After a write that failed nothing is known about the slot it went to: it may have become durable,
 * it may be torn. The next write goes to the same slot again, with the next generation, and rewrites
 * all of its octets, because a kernel may drop pages after a failed sync and call the next sync good. For the
 * same reason opening writes the newest slot again, with the same octets, before it is relied on: a
 * process that was killed may have left it in the page cache only.
 */
public final class TwoSlotFile implements AutoCloseable {
    /** "SPTWOSL1": the format and its version. */
    static final long MAGIC = 0x5350_5457_4F53_4C31L;

    /** The octet of {@link #MAGIC} that is the version, a digit. */
    private static final int VERSION_BITS = 8;

    private static final int VERSION = 1;

    static final int MAGIC_AT = 0;
    static final int GENERATION_AT = 8;
    static final int LENGTH_AT = 16;
    static final int CRC_AT = 20;
    static final int HEADER = 24;

    /** Slots begin at multiples of this, so that no sector is shared between them. */
    static final int SLOT_ALIGNMENT = 4096;

    private static final int SLOTS = 2;

    private final StorageFile file;
    private final String path;
    private final int stride;
    private final int capacity;
    private long generation;
    private int slot;
    private Optional<byte[]> state;

    private TwoSlotFile(StorageFile file, String path, int stride, int capacity, Slot newest) {
        this.file = file;
        this.path = path;
        this.stride = stride;
        this.capacity = capacity;
        this.generation = newest.generation;
        this.slot = newest.index;
        this.state = newest.state;
    }

    /**
     * Opens the file, or makes it, durable when it returns; its folder must exist.
     *
     * @param slotSize octets of one slot, {@value #HEADER} of them its header
     */
    public static TwoSlotFile open(Storage storage, String path, int slotSize) throws IOException {
        if (slotSize <= HEADER) {
            throw new IllegalArgumentException("slot of " + slotSize + " octets");
        }
        int stride = Math.ceilDiv(slotSize, SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
        if (!storage.exists(path)) {
            create(storage, path, stride);
        }
        // Even where the file was there: the process that made it may have been killed before this.
        int slash = path.lastIndexOf('/');
        storage.syncFolder(slash < 0 ? "" : path.substring(0, slash));
        StorageFile file = storage.openForWriting(path);
        try {
            Slot newest = new Slot(0, 0, Optional.empty());
            for (int i = 0; i < SLOTS; i++) {
                Slot slot = readSlot(file, path, i, stride);
                if (slot.generation > newest.generation) {
                    newest = slot;
                }
            }
            TwoSlotFile opened = new TwoSlotFile(file, path, stride, slotSize - HEADER, newest);
            if (newest.state.isPresent()) {
                opened.writeSlot(newest.index, newest.generation, newest.state.get());
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void create(Storage storage, String path, int stride) throws IOException {
        String temporary = path + ".new";
        storage.delete(temporary);
        try (StorageFile file = storage.openForWriting(temporary)) {
            file.write(ByteBuffer.allocate(SLOTS * stride), 0);
            file.sync();
        }
        storage.rename(temporary, path);
    }

    private static Slot readSlot(StorageFile file, String path, int index, int stride)
            throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(stride);
        file.read(octets, (long) index * stride);
        int length = octets.getInt(LENGTH_AT);
        long magic = octets.getLong(MAGIC_AT);
        if (magic >> VERSION_BITS != MAGIC >> VERSION_BITS
                || length < 0
                || length > stride - HEADER
                || checksum(octets, length) != octets.getInt(CRC_AT)) {
            return new Slot(index, 0, Optional.empty());
        }
        if (magic != MAGIC) {
            throw new NewerFormatException("the file " + path, (int) (magic & 0xff) - '0', VERSION);
        }
        byte[] state = new byte[length];
        octets.get(HEADER, state);
        return new Slot(index, octets.getLong(GENERATION_AT), Optional.of(state));
    }

    /** Over everything but itself: magic, generation, length and state. */
    private static int checksum(ByteBuffer slot, int length) {
        CRC32C crc = new CRC32C();
        crc.update(slot.slice(0, CRC_AT));
        crc.update(slot.slice(HEADER, length));
        return (int) crc.getValue();
    }

    /** The state last written, or empty where none ever was (or both slots are damaged). */
    public Optional<byte[]> read() {
        return state.map(byte[]::clone);
    }

    /** Replaces the state. Durable when it returns; after an exception old or new may be there. */
    public void write(byte[] newState) throws IOException {
        if (newState.length > capacity) {
            throw new IllegalArgumentException(
                    path + " takes " + capacity + " octets, not " + newState.length);
        }
        // Counts on even if this fails: no two different states ever have the same generation.
        generation++;
        int other = SLOTS - 1 - slot;
        writeSlot(other, generation, newState);
        slot = other;
        state = Optional.of(newState.clone());
    }

    private void writeSlot(int index, long itsGeneration, byte[] itsState) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(HEADER + itsState.length);
        octets.putLong(MAGIC_AT, MAGIC).putLong(GENERATION_AT, itsGeneration);
        octets.putInt(LENGTH_AT, itsState.length).put(HEADER, itsState);
        octets.putInt(CRC_AT, checksum(octets, itsState.length));
        file.write(octets, (long) index * stride);
        file.sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private record Slot(int index, long generation, Optional<byte[]> state) {}
}
