package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Goes through one file of metadata, block by block. For one thread at a time. */
public final class MetadataScan {
    static final int HEADER = 24;

    /** "SEALMETA". */
    private static final long MAGIC = 0x5345_414C_4D45_5441L;

    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int FIRST_AT = 12;
    private static final int CRC_AT = 20;

    private final InputStream in;
    private final String name;
    private long at = HEADER;
    private long endLeaf;
    private @Nullable MetadataBlock block;

    private MetadataScan(InputStream in, String name, long firstLeaf) {
        this.in = in;
        this.name = name;
        this.endLeaf = firstLeaf;
    }

    static ByteBuffer header(long firstLeaf) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putLong(MAGIC).putInt(VERSION).putLong(firstLeaf);
        return header.putInt(checksum(header)).flip();
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, CRC_AT));
        return (int) crc.getValue();
    }

    /**
     * Begins before the first block.
     *
     * @param in stays the caller's
     * @param name of the file, for messages
     * @param firstLeaf as its name says
     * @throws IntegrityException if the header is another one
     */
    public static MetadataScan of(InputStream in, String name, long firstLeaf) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER));
        if (header.remaining() < HEADER
                || header.getLong(0) != MAGIC
                || header.getInt(CRC_AT) != checksum(header)
                || header.getLong(FIRST_AT) != firstLeaf) {
            throw new IntegrityException(Reason.METADATA_DAMAGED, name + " has a damaged header");
        }
        if (header.getInt(VERSION_AT) != VERSION) {
            throw new IntegrityException(
                    Reason.OTHER_FORMAT,
                    name + " is of format " + header.getInt(VERSION_AT) + ", not " + VERSION);
        }
        return new MetadataScan(in, name, firstLeaf);
    }

    /**
     * The next block that covers leaves from this one on; those before it are passed by unseen.
     *
     * @return its entries in order, or empty at the end of the file
     * @throws IntegrityException where there is no sound block, nor the file's end
     */
    public Optional<List<byte[]>> next(long fromLeaf) throws IOException {
        while (true) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(MetadataBlock.HEADER));
            if (!header.hasRemaining()) {
                return Optional.empty();
            }
            MetadataBlock next =
                    Optional.of(header)
                            .filter(h -> h.remaining() == MetadataBlock.HEADER)
                            .flatMap(MetadataBlock::of)
                            .filter(b -> b.firstLeaf() == endLeaf)
                            .orElseThrow(this::damaged);
            if (next.endLeaf() <= fromLeaf) {
                in.skipNBytes(next.compressed());
                pass(next);
            } else {
                return Optional.of(read(next));
            }
        }
    }

    private List<byte[]> read(MetadataBlock next) throws IOException {
        byte[] content = in.readNBytes(next.compressed());
        List<byte[]> entries =
                Optional.of(content)
                        .filter(c -> c.length == next.compressed() && next.isSound(c))
                        .flatMap(next::entriesOf)
                        .orElseThrow(this::damaged);
        pass(next);
        return entries;
    }

    private void pass(MetadataBlock passed) {
        block = passed;
        at += passed.octets();
        endLeaf = passed.endLeaf();
    }

    private IntegrityException damaged() {
        return new IntegrityException(
                Reason.METADATA_DAMAGED,
                name + " is damaged from octet " + at + ", leaf " + endLeaf + ", on");
    }

    /** First leaf that the last block covers. */
    public long firstLeaf() {
        return block == null ? endLeaf : block.firstLeaf();
    }

    /** Leaf behind what the blocks so far cover. */
    public long endLeaf() {
        return endLeaf;
    }

    /** Octet behind the last block. */
    long end() {
        return at;
    }
}
