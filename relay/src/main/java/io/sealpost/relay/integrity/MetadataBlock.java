package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Header of a block of metadata. Format: {@code docs/format/integrity-files.md}.
 *
 * @param compressed octets behind the header
 * @param plain octets that they are inflated to
 * @param entries how many
 * @param firstLeaf that they cover
 * @param endLeaf behind the last one's own leaf
 * @param checksum over the header before it and the compressed octets
 */
record MetadataBlock(
        int compressed, int plain, int entries, long firstLeaf, long endLeaf, int checksum) {
    static final int HEADER = 36;

    /** A block is closed from here on; one more entry may stand behind. */
    static final int PLAIN_OCTETS = 1 << 20;

    private static final int MAX_PLAIN = PLAIN_OCTETS + Integer.BYTES + BatchEntry.MAX_OCTETS;

    /** "META". */
    private static final int MAGIC = 0x4D45_5441;

    private static final int CRC_AT = 32;

    /** The header of these octets, or empty if they cannot be one. */
    static Optional<MetadataBlock> of(ByteBuffer header) {
        MetadataBlock block =
                new MetadataBlock(
                        header.getInt(4),
                        header.getInt(8),
                        header.getInt(12),
                        header.getLong(16),
                        header.getLong(24),
                        header.getInt(CRC_AT));
        boolean possible =
                header.getInt(0) == MAGIC
                        && block.compressed > 0
                        && block.compressed <= 2 * MAX_PLAIN
                        && block.plain > 0
                        && block.plain <= MAX_PLAIN
                        && block.entries > 0
                        && block.firstLeaf >= 0
                        && block.endLeaf > block.firstLeaf;
        return possible ? Optional.of(block) : Optional.empty();
    }

    private ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER).putInt(MAGIC).putInt(compressed);
        header.putInt(plain).putInt(entries).putLong(firstLeaf).putLong(endLeaf);
        return header.putInt(checksum).flip();
    }

    /** Where the next block begins, from the beginning of this one. */
    int octets() {
        return HEADER + compressed;
    }

    boolean isSound(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(header().slice(0, CRC_AT));
        crc.update(content);
        return (int) crc.getValue() == checksum;
    }

    /** Header and content of a block of entries, each behind its length. */
    static ByteBuffer encode(byte[] plain, int length, int entries, long firstLeaf, long endLeaf) {
        // A stream of stored blocks is the longest that there is: five octets for each 16 KiB.
        byte[] out = new byte[length + length / 1000 + 64];
        int compressed;
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
            deflater.setInput(plain, 0, length);
            deflater.finish();
            compressed = deflater.deflate(out);
        }
        CRC32C crc = new CRC32C();
        MetadataBlock block = new MetadataBlock(compressed, length, entries, firstLeaf, endLeaf, 0);
        crc.update(block.header().slice(0, CRC_AT));
        crc.update(out, 0, compressed);
        ByteBuffer octets = ByteBuffer.allocate(block.octets());
        octets.put(block.header()).put(out, 0, compressed);
        return octets.putInt(CRC_AT, (int) crc.getValue()).rewind();
    }

    /** The entries of a sound block's content, or empty where it is not what the header says. */
    Optional<List<byte[]>> entriesOf(byte[] content) {
        byte[] all = new byte[plain];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(content);
            if (inflater.inflate(all) != plain || inflater.inflate(new byte[1]) != 0) {
                return Optional.empty();
            }
        } catch (DataFormatException e) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(all);
        List<byte[]> read = new ArrayList<>();
        while (in.remaining() >= Integer.BYTES) {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                return Optional.empty();
            }
            byte[] entry = new byte[length];
            in.get(entry);
            read.add(entry);
        }
        return in.hasRemaining() || read.size() != entries ? Optional.empty() : Optional.of(read);
    }
}
