package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The numbers that upstreams have for life, in {@code data-dir/upstreams}. A message's set of
 * upstreams holds these numbers, so a number is never given to another. See
 * docs/format/upstreams.md. Used by one thread at a time.
 */
final class UpstreamNumbers {
    /** Numbers there are; bits of a message's set. */
    static final int MAX = 64;

    static final int VERSION = 1;
    static final int MAX_NAME = 200;
    static final int SLOT_BYTES = 16 * 1024;
    static final String PATH = "upstreams";

    /**
     * One number.
     *
     * @param creation sequence from which on the sets of messages know it
     * @param start where its queue began
     * @param live false once the conf file no longer named it
     */
    record Entry(String name, long creation, long start, boolean live) {
        /** Stands for a number of which nothing is known any more. */
        static final Entry UNKNOWN = new Entry("", 0, 0, false);

        /** Messages that count as routed although their sets were made before this upstream. */
        long routedBefore(long sequence) {
            return Math.max(0, Math.min(sequence, creation) - start);
        }
    }

    private final TwoSlotFile file;
    private final List<Entry> entries;

    private UpstreamNumbers(TwoSlotFile file, List<Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    static UpstreamNumbers open(Storage storage) throws IOException {
        TwoSlotFile file = TwoSlotFile.open(storage, PATH, SLOT_BYTES);
        Optional<byte[]> content = file.read();
        return new UpstreamNumbers(
                file, content.isPresent() ? decode(content.get()) : new ArrayList<>());
    }

    Entry entry(int number) {
        return entries.get(number);
    }

    int size() {
        return entries.size();
    }

    /** Bits of the numbers in use. */
    long live() {
        long bits = 0;
        for (int n = 0; n < entries.size(); n++) {
            bits |= entries.get(n).live() ? 1L << n : 0;
        }
        return bits;
    }

    /** The number of the upstream with this name, or -1. */
    int find(String name) {
        for (int n = 0; n < entries.size(); n++) {
            if (entries.get(n).live() && entries.get(n).name().equals(name)) {
                return n;
            }
        }
        return -1;
    }

    /** Gives out the next number, durable on return. */
    int add(String name, long creation, long start) throws IOException {
        if (entries.size() == MAX) {
            throw new SpoolException(
                    "no upstream number is left for '"
                            + name
                            + "': this data folder has seen "
                            + MAX
                            + " upstreams, and numbers are never used again. Drain it and begin a"
                            + " new data-dir.");
        }
        checkLength(name);
        entries.add(new Entry(name, creation, start, true));
        file.write(encode(entries));
        return entries.size() - 1;
    }

    private static void checkLength(String name) throws SpoolException {
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
            throw new SpoolException("the name of upstream '" + name + "' is too long");
        }
    }

    /** Makes a lost file again from what the cursors hold. */
    void restore(List<Entry> known) throws IOException {
        for (int n = entries.size(); n < known.size(); n++) {
            entries.add(known.get(n));
        }
        file.write(encode(entries));
    }

    /** Gives the number's upstream another name, durable on return. */
    Entry rename(int number, String name) throws IOException {
        checkLength(name);
        Entry old = entries.get(number);
        Entry renamed = new Entry(name, old.creation(), old.start(), true);
        entries.set(number, renamed);
        file.write(encode(entries));
        return renamed;
    }

    /** Takes a number out of use for ever, durable on return. */
    void retire(int number) throws IOException {
        Entry old = entries.get(number);
        entries.set(number, new Entry(old.name(), old.creation(), old.start(), false));
        file.write(encode(entries));
    }

    void close() throws IOException {
        file.close();
    }

    static byte[] encode(List<Entry> entries) {
        ByteBuffer b = ByteBuffer.allocate(2 + entries.size() * (19 + MAX_NAME));
        b.put((byte) VERSION).put((byte) entries.size());
        for (Entry entry : entries) {
            byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
            b.put((byte) (entry.live() ? 1 : 0)).putLong(entry.creation()).putLong(entry.start());
            b.put((byte) name.length).put(name);
        }
        byte[] content = new byte[b.position()];
        b.flip().get(content);
        return content;
    }

    static List<Entry> decode(byte[] content) throws NewerFormatException {
        ByteBuffer b = ByteBuffer.wrap(content);
        int version = b.get();
        if (version != VERSION) {
            throw new NewerFormatException("the list of upstreams", version, VERSION);
        }
        int count = b.get();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean live = b.get() == 1;
            long creation = b.getLong();
            long start = b.getLong();
            byte[] name = new byte[b.get() & 0xff];
            b.get(name);
            entries.add(new Entry(new String(name, StandardCharsets.UTF_8), creation, start, live));
        }
        return entries;
    }
}
