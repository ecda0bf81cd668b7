package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.runtime.NanoClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Upgrade and downgrade: a data folder as release 0.1 left it is read for ever, and one of a later
 * release is refused by the name of the file. The golden folder has 203 messages, 202 of which came
 * before its last checkpoint: delivered to upstream {@code archive}, waiting for {@code away} and
 * {@code far}.
 */
@Beside
class GoldenDataTest {
    private static final String GOLDEN = "/format/data-0.1.zip";
    private static final int MESSAGES = 203;
    private static final int SLOT_HEADER = 24;

    @TempDir Path folder;
    private Path conf;
    private DeadPort dead;

    /** A file of the data folder, and what makes it one of the next version. */
    private enum Newer {
        UPSTREAMS("upstreams", "the list of upstreams has format 2"),
        CURSOR("cursors/1", "the cursor cursors/1 has format 2"),
        FILES("cursors/0", "what the cursor of upstream archive says of its files has format 4"),
        COUNTERS("counters", "the file counters has format 2"),
        TWO_SLOTS("upstreams", "the file upstreams has format 2"),
        SEGMENT("spool/00000000000000000000.seg", "00000000000000000000.seg has format 2"),
        HASHES(
                "integrity/hashes/0-00000000000000000000.hashes",
                "0-00000000000000000000.hashes is of format 2, not 1"),
        METADATA(
                "integrity/metadata/00000000000000000000.batches",
                "00000000000000000000.batches is of format 2, not 1"),
        CHECKPOINTS("integrity/checkpoints/00000001.notes", "00000001.notes is of format 2, not 1");

        private final String file;
        private final String refusal;

        Newer(String file, String refusal) {
            this.file = file;
            this.refusal = refusal;
        }

        void change(byte[] octets) {
            switch (this) {
                case UPSTREAMS, CURSOR -> inSlots(octets, SLOT_HEADER);
                case COUNTERS -> inSlots(octets, SLOT_HEADER + 1); // a number of two octets
                case FILES -> inSlots(octets, -1);
                case TWO_SLOTS -> inSlots(octets, 7);
                case SEGMENT -> {
                    raise(octets, 11, 0, 2044);
                    raise(octets, 2048 + 11, 2048, 2044);
                }
                case HASHES -> raise(octets, 11, 0, 28);
                case METADATA -> raise(octets, 11, 0, 20);
                case CHECKPOINTS -> raise(octets, 9, 0, 12);
            }
        }
    }

    /** Raises an octet of a block and corrects the block's checksum, which lies behind it. */
    private static void raise(byte[] octets, int at, int block, int checksumAt) {
        octets[at]++;
        CRC32C crc = new CRC32C();
        crc.update(octets, block, checksumAt);
        ByteBuffer.wrap(octets).putInt(block + checksumAt, (int) crc.getValue());
    }

    /** In both slots of a two-slot file; -1: the version of the file upstream's state. */
    private static void inSlots(byte[] octets, int at) {
        int half = octets.length / 2;
        for (int slot = 0; slot < octets.length; slot += half) {
            ByteBuffer b = ByteBuffer.wrap(octets, slot, half).slice();
            int length = b.getInt(16);
            if (length == 0) {
                continue;
            }
            octets[slot + (at < 0 ? stateOfFiles(b, SLOT_HEADER + length) : at)]++;
            CRC32C crc = new CRC32C();
            crc.update(b.slice(0, 20));
            crc.update(b.slice(SLOT_HEADER, length));
            b.putInt(20, (int) crc.getValue());
        }
    }

    /** It ends the cursor, behind its length in two octets. */
    private static int stateOfFiles(ByteBuffer cursor, int end) {
        for (int at = SLOT_HEADER; at < end - 2; at++) {
            if (cursor.getShort(at) == end - at - 2 && cursor.get(at + 2) == 3) {
                return at + 2;
            }
        }
        throw new AssertionError("no state of a file upstream");
    }

    @BeforeEach
    void unpack() throws IOException {
        try (InputStream in = GoldenDataTest.class.getResourceAsStream(GOLDEN);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve("data").resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, zip.readAllBytes());
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
        dead = DeadPort.taken();
        conf = folder.resolve("sealpost.conf");
        Files.writeString(conf, text(dead.port()));
    }

    @AfterEach
    void close() throws IOException {
        dead.close();
    }

    private String text(int away) {
        return """
        sealpost {
          name = golden
          data-dir = data
          listeners.tcp { transport = tcp, bind = "127.0.0.1:0" }
          upstreams {
            archive { type = file, path = "archive/%%Y-%%m-%%d.log" }
            away { type = syslog, transport = tcp, servers = ["127.0.0.1:%d"] }
            far { type = relp, servers = ["127.0.0.1:%d"] }
          }
          spool { segment-size = 1 MiB, max-size = 64 MiB, reserve = 0 B }
          integrity.keep = 36500 d
          admin.bind = "127.0.0.1:0"
          log.events = off
        }
        """
                .formatted(away, dead.port());
    }

    @Test
    void what_waits_in_a_data_folder_of_release_0_1_is_delivered_and_counted_on() throws Exception {
        try (ServerSocket away = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningRelay relay =
                        RunningRelay.whole(folder, NanoClock.system(), text(away.getLocalPort()))) {
            List<String> arrived = new ArrayList<>();
            try (Socket connection = away.accept()) {
                InputStream in = connection.getInputStream();
                while (arrived.size() < MESSAGES) {
                    arrived.add(new String(in.readNBytes(length(in)), UTF_8));
                }
            }

            for (Map.Entry<String, Long> kind :
                    Map.of("golden tcp", 100L, "golden relp", 50L, "golden old", 50L).entrySet()) {
                assertThat(arrived.stream().filter(message -> message.contains(kind.getKey())))
                        .hasSize(kind.getValue().intValue())
                        .doesNotHaveDuplicates();
            }
            assertThat(relay.metrics())
                    .contains("sealpost_messages_received_total{listener=\"tcp\"} 150.0")
                    .contains("sealpost_upstream_queued{upstream=\"far\"}");
            relay.awaitDelivered("archive", deliveredBy(relay));
        }
        String key = Path.of("src/test/resources/format/data-0.1.vkey").toString();
        String log = folder.resolve("data/integrity").toString();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertThat(run(said, "verify", "--key", key, log))
                .as(said.toString(UTF_8))
                .isEqualTo(ExitCode.GOOD);
    }

    /** What the archive had, and what the new process has added: nothing comes twice. */
    private static long deliveredBy(RunningRelay relay) throws Exception {
        String synced =
                relay.metrics()
                        .lines()
                        .filter(line -> line.startsWith("sealpost_spool_synced_total "))
                        .findFirst()
                        .orElseThrow();
        return (long) Double.parseDouble(synced.substring(synced.indexOf(' ')));
    }

    private static int length(InputStream in) throws IOException {
        int length = 0;
        for (int digit = in.read(); digit != ' '; digit = in.read()) {
            length = length * 10 + digit - '0';
        }
        return length;
    }

    @ParameterizedTest
    @EnumSource(Newer.class)
    void a_file_of_the_next_version_is_refused_by_its_name_and_left_as_it_is(Newer newer)
            throws IOException {
        Path file = folder.resolve("data").resolve(newer.file);
        byte[] octets = Files.readAllBytes(file);
        newer.change(octets);
        Files.write(file, octets);

        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ExitCode code = run(said, "run", "-c", conf.toString());

        assertThat(code).isEqualTo(ExitCode.COULD_NOT);
        assertThat(said.toString(UTF_8).lines().filter(line -> line.startsWith("sealpost: ")))
                .singleElement()
                .asString()
                .contains("cannot start: ", newer.refusal);
        if (newer != Newer.FILES) { // by then its cursor was written again, with the same state
            assertThat(Files.readAllBytes(file)).isEqualTo(octets);
        }
    }

    private static ExitCode run(ByteArrayOutputStream said, String... words) {
        Console console =
                new Console(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(said, true, UTF_8),
                        new PrintStream(said, true, UTF_8));
        return Main.run(words, console);
    }
}
