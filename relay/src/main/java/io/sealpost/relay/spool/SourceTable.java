package io.sealpost.relay.spool;

import java.util.Arrays;
import java.util.HexFormat;

/** The distinct sources of a batch, found by identity without an allocation. Confined. */
final class SourceTable {
    static final int NO_CERTIFICATE = 0;
    static final int SHA_256 = 1;
    static final int OTHER_TEXT = 2;

    private static final Source[] NONE = {};

    private Source[] sources = NONE;
    private long[] nextOrdinal = new long[0];
    private int count;
    private boolean streams;

    /** Open addressing by identity; 0 is free, else index + 1. */
    private int[] slots = new int[16];

    Source get(int index) {
        return sources[index];
    }

    @SuppressWarnings("ReferenceEquality") // the same connection is the same object
    int indexOf(Source source) {
        int slot = slot(source);
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (sources[index] == source) {
                return index;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (count == sources.length) {
            sources = Arrays.copyOf(sources, Math.max(8, count * 2));
            nextOrdinal = Arrays.copyOf(nextOrdinal, sources.length);
        }
        sources[count] = source;
        streams |= !source.stream().isEmpty();
        nextOrdinal[count] = 0;
        slots[slot] = ++count;
        if (count * 2 > slots.length) {
            grow();
        }
        return count - 1;
    }

    private int slot(Source source) {
        int hash = System.identityHashCode(source);
        return (hash ^ (hash >>> 11)) & (slots.length - 1);
    }

    private void grow() {
        slots = new int[slots.length * 2];
        for (int i = 0; i < count; i++) {
            int slot = slot(sources[i]);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = i + 1;
        }
    }

    long nextOrdinal(int index) {
        return nextOrdinal[index];
    }

    void nextOrdinal(int index, long ordinal) {
        nextOrdinal[index] = ordinal;
    }

    void clear() {
        Arrays.fill(slots, 0);
        Arrays.fill(nextOrdinal, 0);
        count = 0;
        streams = false;
    }

    /** Whether one of them carries a numbered stream. */
    boolean hasStreams() {
        return streams;
    }

    void encode(Octets into) {
        into.number(count);
        for (int i = 0; i < count; i++) {
            encode(sources[i], into);
            if (streams) {
                into.text(sources[i].stream());
            }
        }
        Arrays.fill(nextOrdinal, 0);
    }

    @SuppressWarnings("EnumOrdinal") // Source.Transport: the order is the number on disk
    private static void encode(Source source, Octets into) {
        into.octet(source.transport().ordinal());
        byte[] address =
                source.peer().isUnresolved()
                        ? new byte[0]
                        : source.peer().getAddress().getAddress();
        into.octet(address.length);
        into.bytes(address, 0, address.length);
        into.octet(source.peer().getPort() >> 8);
        into.octet(source.peer().getPort());
        into.number(source.connection());
        into.text(source.listener());
        String certificate = source.certificateHash();
        if (certificate.isEmpty()) {
            into.octet(NO_CERTIFICATE);
        } else if (isHash(certificate)) {
            into.octet(SHA_256);
            byte[] hash = HexFormat.of().parseHex(certificate);
            into.bytes(hash, 0, hash.length);
        } else {
            into.octet(OTHER_TEXT);
            into.text(certificate);
        }
    }

    private static boolean isHash(String text) {
        boolean hash = text.length() == 64;
        for (int i = 0; hash && i < 64; i++) {
            char c = text.charAt(i);
            hash = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        return hash;
    }
}
