package io.sealpost.relay.integrity;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Entries side by side, each behind its length in two octets: C2SP tlog-tiles, Log entries. */
public final class EntryBundle {
    /** Longest entry that a bundle takes. */
    public static final int MAX_ENTRY_OCTETS = 0xFFFF;

    private EntryBundle() {}

    /** Octets of the bundle of these entries. */
    public static long octets(List<byte[]> entries) {
        return entries.stream().mapToLong(entry -> Short.BYTES + entry.length).sum();
    }

    /** The bundle of these entries, which are not copied. */
    public static InputStream stream(List<byte[]> entries) {
        List<InputStream> pieces = new ArrayList<>();
        for (byte[] entry : entries) {
            if (entry.length > MAX_ENTRY_OCTETS) {
                throw new IllegalArgumentException("entry of " + entry.length + " octets");
            }
            byte[] length = {(byte) (entry.length >> Byte.SIZE), (byte) entry.length};
            pieces.add(new ByteArrayInputStream(length));
            pieces.add(new ByteArrayInputStream(entry));
        }
        return new SequenceInputStream(Collections.enumeration(pieces));
    }

    /** The entries of a bundle, or empty where it is cut off or has more than a tile is wide. */
    public static Optional<List<byte[]>> decode(byte[] octets) {
        ByteBuffer bundle = ByteBuffer.wrap(octets);
        List<byte[]> entries = new ArrayList<>();
        while (bundle.hasRemaining()) {
            if (bundle.remaining() < Short.BYTES || entries.size() == Tiles.WIDTH) {
                return Optional.empty();
            }
            int length = Short.toUnsignedInt(bundle.getShort());
            if (bundle.remaining() < length) {
                return Optional.empty();
            }
            byte[] entry = new byte[length];
            bundle.get(entry);
            entries.add(entry);
        }
        return Optional.of(List.copyOf(entries));
    }
}
