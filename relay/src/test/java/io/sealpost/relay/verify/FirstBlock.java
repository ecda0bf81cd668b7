package io.sealpost.relay.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Metadata whose beginning somebody has removed, with everything right that has no signature. */
final class FirstBlock {
    private static final int FILE_HEADER = 24;
    private static final int BLOCK_HEADER = 36;

    private FirstBlock() {}

    /** Removes the first block of the only file in the folder; the leaf it begins with then. */
    static long remove(Path folder) throws IOException {
        Path file = folder.resolve("00000000000000000000.batches");
        ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(file));
        Files.delete(file);
        int second = FILE_HEADER + BLOCK_HEADER + octets.getInt(FILE_HEADER + 4);
        long firstLeaf = octets.getLong(second + 16);
        CRC32C crc = new CRC32C();
        crc.update(octets.putLong(12, firstLeaf).slice(0, 20));
        octets.putInt(20, (int) crc.getValue());
        byte[] rest = Arrays.copyOfRange(octets.array(), second - FILE_HEADER, octets.capacity());
        System.arraycopy(octets.array(), 0, rest, 0, FILE_HEADER);
        Files.write(folder.resolve("%020d.batches".formatted(firstLeaf)), rest);
        return firstLeaf;
    }
}
