package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.spool.MemoryStorage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files as they lie on disk; a change that fails here needs a new version number. */
class IntegrityFormatTest {
    @Test
    void hashes_and_checkpoints_are_the_golden_files() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        try (CheckpointStore checkpoints = CheckpointStore.open(storage, IntegrityRig.SIGNER);
                IntegrityLog log = IntegrityLog.open(storage, checkpoints);
                IntegrityRig rig = IntegrityRig.open(new MemoryStorage())) {
            checkpoints.add(log.sync(), 0, 1_800_000_000);
            log.append(0, rig.leaves(0, 3), 3);
            checkpoints.add(log.sync(), 2, 1_800_000_001);
        }
        byte[] hashes = storage.content("integrity/hashes/0-00000000000000000000.hashes");
        byte[] notes = storage.content("integrity/checkpoints/00000001.notes");

        assertThat(dump(hashes)).isEqualTo(golden("integrity-hashes.hex"));
        assertThat(dump(notes)).isEqualTo(golden("integrity-checkpoints.hex"));
        // once more by hand, from the byte tables
        assertThat(ByteBuffer.wrap(hashes).getInt(28)).isEqualTo(crc(hashes, 0, 28));
        assertThat(ByteBuffer.wrap(notes).getInt(12)).isEqualTo(crc(notes, 0, 12));
        int length = ByteBuffer.wrap(notes).getInt(16 + 4);
        CRC32C record = new CRC32C();
        record.update(notes, 16, 24);
        record.update(notes, 16 + 28, length);
        assertThat(ByteBuffer.wrap(notes).getInt(16 + 24)).isEqualTo((int) record.getValue());
    }

    @Test
    void metadata_is_the_golden_file() throws Exception {
        String path = "integrity/metadata/00000000000000000000.batches";
        byte[] file = octets(golden("integrity-metadata.hex"));
        BatchEntry first = BatchEntries.plain(0, 3);
        BatchEntry second = BatchEntries.plain(4, 1);
        MemoryStorage kept = new MemoryStorage();
        kept.createFolder("integrity/metadata");
        try (StorageFile golden = kept.openForWriting(path)) {
            golden.write(ByteBuffer.wrap(file), 0);
        }
        MemoryStorage written = new MemoryStorage();
        try (MetadataFiles files = MetadataFiles.open(written, 0)) {
            files.add(first.encode(), first.endLeaf());
            files.sync();
            files.add(second.encode(), second.endLeaf());
            files.sync();
        }

        try (MetadataFiles files = MetadataFiles.open(kept, 6);
                MetadataReader reader = files.reader()) {
            assertThat(reader.next()).contains(first);
            assertThat(reader.next()).contains(second);
        }
        // how a compressor packs the same octets is its own affair
        assertThat(written.content(path)).startsWith(Arrays.copyOf(file, 28));
        // once more by hand, from the byte tables
        assertThat(ByteBuffer.wrap(file).getInt(20)).isEqualTo(crc(file, 0, 20));
        int length = ByteBuffer.wrap(file).getInt(24 + 4);
        CRC32C block = new CRC32C();
        block.update(file, 24, 32);
        block.update(file, 24 + 36, length);
        assertThat(ByteBuffer.wrap(file).getInt(24 + 32)).isEqualTo((int) block.getValue());
        Inflater inflater = new Inflater();
        inflater.setInput(file, 24 + 36, length);
        ByteBuffer plain = ByteBuffer.allocate(ByteBuffer.wrap(file).getInt(24 + 8));
        assertThat(inflater.inflate(plain.array())).isEqualTo(plain.capacity());
        assertThat(plain.getInt()).isEqualTo(plain.remaining());
        assertThat(plain.slice()).isEqualTo(ByteBuffer.wrap(first.encode()));
        inflater.end();
    }

    @Test
    void keys_are_read_from_the_golden_file(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Files.writeString(file, golden("integrity-keys.txt"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 1);

        LogSigner signer = KeyFile.read(file);

        assertThat(signer.verifiers())
                .containsExactly(
                        IntegrityRig.SIGNER.verifiers().getFirst(),
                        SigningKey.ofSeed(
                                        IntegrityRig.ORIGIN,
                                        SignatureType.ML_DSA_44_COSIGNATURE,
                                        ones)
                                .verifier());
    }

    private static int crc(byte[] b, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(b, from, length);
        return (int) crc.getValue();
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = IntegrityFormatTest.class.getResourceAsStream("/format/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        }
    }

    private static byte[] octets(String dump) {
        return HexFormat.of().parseHex(dump.replaceAll("(?m)^.{4}: ", "").replaceAll("\\s", ""));
    }

    /** Offset and 16 octets a line. */
    private static String dump(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < octets.length; at += 16) {
            int end = Math.min(octets.length, at + 16);
            String line = HexFormat.ofDelimiter(" ").formatHex(octets, at, end);
            text.append(String.format(Locale.ROOT, "%04x: %s%n", at, line));
        }
        return text.toString();
    }
}
