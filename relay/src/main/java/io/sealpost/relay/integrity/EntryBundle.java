package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Entries side by side, each behind its length in two octets: C2SP tlog-tiles, Log entries. */
public final class EntryBundle {
    /** Longest entry that a bundle takes. */
    public static final int MAX_ENTRY_OCTETS = 0xFFFF;

    private EntryBundle() {}

    /** The bundle of these entries. */
    public static byte[] encode(List<byte[]> entries) {
        int octets = 0;
        for (byte[] entry : entries) {
            if (entry.length > MAX_ENTRY_OCTETS) {
                throw new IllegalArgumentException("entry of " + entry.length + " octets");
            }
            octets += Short.BYTES + entry.length;
        }
        ByteBuffer bundle = ByteBuffer.allocate(octets);
        for (byte[] entry : entries) {
            bundle.putShort((short) entry.length).put(entry);
        }
        return bundle.array();
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
