package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The files as they lie on disk; a change that fails here needs a new version number. */
class SpoolFormatTest {
    private static final int FRAMES = SegmentHeader.LENGTH + BatchHeader.LENGTH;

    /** A segment of two batches: three messages of two sources, one changed; then one message. */
    static byte[] segment() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        SpoolRig.TestClock clock = new SpoolRig.TestClock();
        SpoolSettings settings = SpoolRig.settings(1 << 20, 64 * 1024);
        try (Spool spool =
                Spool.open(settings, storage, SpoolObserver.NONE, clock, SpoolRig.seams(1))) {
            Lane lane = spool.lane(() -> {});
            long micros = clock.micros;
            SpoolRig.put(lane, "<13>1 - a - - - - one", 1, micros - 20, 7);
            SpoolRig.put(lane, "<13>1 - a - - - - two", 1, micros - 20, 8);
            byte[] changed = "<13>1 - b - - - - three".getBytes(US_ASCII);
            SpoolRig.put(
                    lane, changed, 3, micros - 10, 9, 0x104, "<13>b: three".getBytes(US_ASCII));
            spool.writer().commitOnce();
            clock.micros += 1000;
            SpoolRig.put(lane, "<13>1 - a - - - - four", 2, clock.micros, 10);
            spool.writer().commitOnce();
        }
        return storage.content(Segment.path(0));
    }

    static byte[] cursor() {
        UpstreamNumbers.Entry entry = new UpstreamNumbers.Entry("siem", 100, 40, true);
        Map<String, Long> dropped = new TreeMap<>(Map.of("buffer-full", 5L, "quarantined", 2L));
        return new CursorState(
                        3,
                        entry,
                        new Position(1000, 900, 4096),
                        1100,
                        953,
                        17,
                        dropped,
                        new byte[] {1, 2, 3})
                .encode();
    }

    static byte[] upstreams() {
        return UpstreamNumbers.encode(
                List.of(
                        new UpstreamNumbers.Entry("archive", 0, 0, true),
                        new UpstreamNumbers.Entry("alt", 10, 10, false),
                        new UpstreamNumbers.Entry("siem", 100, 40, true)));
    }

    @Test
    void a_segment_is_the_golden_file() throws Exception {
        byte[] octets = segment();

        assertThat(dump(octets)).isEqualTo(golden("spool-segment"));
        // once more by hand, from the byte table
        ByteBuffer b = ByteBuffer.wrap(octets);
        CRC32C page = new CRC32C();
        page.update(octets, 0, 2044);
        assertThat(b.getInt(2044)).isEqualTo((int) page.getValue());
        CRC32C header = new CRC32C();
        header.update(octets, 16, 16);
        header.update(octets, 4096, 56);
        assertThat(b.getInt(4096 + 56)).isEqualTo((int) header.getValue());
        CRC32C frames = new CRC32C();
        frames.update(octets, 16, 16);
        frames.update(octets, FRAMES, b.getInt(4096 + 20));
        assertThat(b.getInt(4096 + 48)).isEqualTo((int) frames.getValue());
    }

    @Test
    void a_cursor_is_the_golden_file_and_reads_back() throws Exception {
        assertThat(dump(cursor())).isEqualTo(golden("cursor"));
        CursorState back =
                Objects.requireNonNull(CursorState.decode(cursor(), CursorState.path(3)));
        assertThat(back.counted()).isEqualTo(960);
        assertThat(back.encode()).isEqualTo(cursor());
    }

    @Test
    void upstreams_are_the_golden_file_and_read_back() throws Exception {
        assertThat(dump(upstreams())).isEqualTo(golden("upstreams"));
        assertThat(UpstreamNumbers.encode(UpstreamNumbers.decode(upstreams())))
                .isEqualTo(upstreams());
    }

    @Test
    void a_segment_of_a_later_release_is_refused_with_its_name() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        storage.createFolder(Segment.FOLDER);
        byte[] page = segment();
        ByteBuffer b = ByteBuffer.wrap(page);
        b.putInt(8, 2);
        CRC32C crc = new CRC32C();
        crc.update(page, 0, 2044);
        b.putInt(2044, (int) crc.getValue());
        try (StorageFile file = storage.openForWriting(Segment.path(0))) {
            file.write(ByteBuffer.wrap(page), 0);
        }

        assertThatThrownBy(
                        () ->
                                Spool.open(
                                        SpoolRig.settings(1 << 20, 64 * 1024),
                                        storage,
                                        SpoolObserver.NONE,
                                        new SpoolRig.TestClock()))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining(Segment.name(0))
                .hasMessageContaining("format 2");
    }

    @SuppressWarnings("EnumOrdinal") // any transport will do
    @Test
    void all_of_the_metadata_comes_back() throws Exception {
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] address = i % 2 == 0 ? new byte[] {10, 0, 0, (byte) i} : new byte[16];
            sources.add(
                    new Source(
                            "listener" + i % 3,
                            Source.Transport.values()[i % 6],
                            new InetSocketAddress(InetAddress.getByAddress(address), 60_000 + i),
                            1L << i,
                            i % 3 == 0
                                    ? Source.NO_CERTIFICATE
                                    : i % 3 == 1 ? "ab".repeat(32) : "other"));
        }
        Random random = new Random(5);
        Batch batch = new Batch(1 << 16);
        List<BatchMetadata.Run> runs = new ArrayList<>();
        List<BatchMetadata.Change> changes = new ArrayList<>();
        byte[] frame = "1 x".getBytes(US_ASCII);
        for (int i = 0; i < 500; i++) {
            Source source = sources.get(random.nextInt(40));
            long micros = random.nextLong() >>> random.nextInt(64);
            long ordinal = random.nextLong() >>> 1;
            long mask = random.nextLong() >>> random.nextInt(64);
            int kept = random.nextInt(3);
            int reasons = random.nextInt(2) == 0 ? 0 : random.nextInt();
            System.arraycopy(frame, 0, batch.frames(), batch.length(), 3);
            batch.commit(3, source, micros, ordinal, mask, reasons, 2, frame, 0, kept);
            runs.add(new BatchMetadata.Run(source, micros, ordinal, 1, mask));
            changes.add(new BatchMetadata.Change(i, 2, reasons, kept));
        }
        Octets octets = new Octets(10);
        batch.encodeMetadata(octets, 1_000);
        BatchHeader header =
                new BatchHeader(
                        0, 500, 1500, octets.length, batch.originalsLength(), 0, 1_000, 0, 0);

        BatchMetadata back = new BatchMetadata();
        assertThat(back.decodeAll(octets.array, 0, header)).isTrue();
        List<BatchMetadata.Run> read = new ArrayList<>();
        for (int r = 0; r < back.runs(); r++) {
            read.add(back.run(r));
        }
        assertThat(read).isEqualTo(runs);
        assertThat(back.changes()).isEqualTo(changes);
    }

    @Test
    void damaged_metadata_never_throws() throws Exception {
        byte[] octets = segment();
        BatchHeader header =
                Objects.requireNonNull(
                        BatchHeader.decode(octets, 4096, new SaltedCrc(salt(octets))));
        Random random = new Random(3);
        BatchMetadata metadata = new BatchMetadata();
        for (int i = 0; i < 20_000; i++) {
            byte[] copy = octets.clone();
            int at = FRAMES + header.framesLength() + random.nextInt(header.metadataLength());
            copy[at] = (byte) random.nextInt();
            metadata.decodeAll(copy, FRAMES + header.framesLength(), header);
        }
        assertThat(metadata.decodeAll(octets, FRAMES + header.framesLength(), header)).isTrue();
    }

    @Test
    void two_hundred_octets_take_at_most_two_hundred_and_sixty_from_two_messages_on()
            throws Exception {
        byte[] message = "x".repeat(200).getBytes(US_ASCII);
        for (int count : new int[] {2, 3, 10, 1000}) {
            MemoryStorage storage = new MemoryStorage();
            SpoolSettings settings = SpoolRig.settings(1 << 28, 1 << 26);
            try (Spool spool =
                    Spool.open(settings, storage, SpoolObserver.NONE, new SpoolRig.TestClock())) {
                Lane lane = spool.lane(() -> {});
                for (int i = 0; i < count; i++) {
                    SpoolRig.put(lane, message, 3, 1_700_000_000_000_000L, i, 0, new byte[0]);
                }
                spool.writer().commitOnce();
                assertThat((spool.bytes() - SegmentHeader.LENGTH) / (double) count)
                        .as("in batches of %s", count)
                        .isLessThanOrEqualTo(260);
            }
        }
    }

    private static byte[] salt(byte[] segment) {
        return Arrays.copyOfRange(segment, 16, 32);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in =
                SpoolFormatTest.class.getResourceAsStream("/format/" + name + ".hex")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Offset and 16 octets a line; lines of zeros are left out. */
    static String dump(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < octets.length; at += 16) {
            int end = Math.min(octets.length, at + 16);
            String line = HexFormat.ofDelimiter(" ").formatHex(octets, at, end);
            if (!line.matches("[0 ]*")) {
                text.append(String.format(Locale.ROOT, "%04x: %s%n", at, line));
            }
        }
        return text.toString();
    }
}
