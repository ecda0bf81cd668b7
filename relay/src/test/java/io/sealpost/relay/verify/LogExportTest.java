package io.sealpost.relay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.Beside;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Beside
class LogExportTest {
    @TempDir Path dir;

    private LogBuilder log;

    @BeforeEach
    void make() throws Exception {
        log = LogBuilder.spooled(dir.resolve("data")).filled(4, 70);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    private LogExport.Done export(Storage to) throws IOException {
        try (SealedLog data = DataFolderLog.of("log", FileStorage.at(dir.resolve("data")))) {
            return new LogExport(data, new ExportFolder(to)).run();
        }
    }

    private CollectedFindings check(Storage exported) throws IOException {
        CollectedFindings findings = new CollectedFindings();
        LogKeys ed25519 = new LogKeys(List.of(log.keys().keys().getFirst()));
        try (SealedLog tiled = new TiledLog("export", new ExportFolder(exported))) {
            Optional<Checkpoint> newest = new LogCheck(tiled, ed25519, findings).run();
            if (newest.isPresent() && findings.all.isEmpty()) {
                new EntryCheck(tiled, findings).run(newest.get().size());
            }
        }
        return findings;
    }

    /** Of every export, all that its checkpoint is over is there, or there is no checkpoint. */
    @Test
    void a_power_cut_at_any_point_leaves_an_export_that_the_next_one_makes_whole()
            throws Exception {
        long operations = powerCut(Long.MAX_VALUE, 1);
        assertThat(operations).isGreaterThan(20);
        for (long at = 1; at <= operations; at++) {
            for (long seed = 1; seed <= 5; seed++) {
                powerCut(at, seed);
            }
        }
    }

    private long powerCut(long at, long seed) throws Exception {
        FaultyStorage disk = FaultyStorage.seeded(seed);
        disk.crashAt(at);
        try {
            export(disk);
        } catch (FaultyStorage.PowerCut _) {
            // as ordered
        }
        long operations = disk.operations();
        disk.crash(new Random(seed));
        if (disk.exists("checkpoint")) {
            assertThat(check(disk).all).as("cut at %d, seed %d", at, seed).isEmpty();
        }

        LogExport.Done done = export(disk);

        disk.crash(new Random(seed));
        assertThat(done.entries()).isEqualTo(log.size());
        CollectedFindings findings = check(disk);
        assertThat(findings.all).as("again after a cut at %d, seed %d", at, seed).isEmpty();
        assertThat(findings.good.toString()).contains("entries: %d of %<d".formatted(log.size()));
        return operations;
    }

    @Test
    void a_file_that_is_not_whole_is_written_again() throws Exception {
        Path www = dir.resolve("www");
        FileStorage to = FileStorage.at(www);
        export(to);
        String rest = "001.p/" + log.size() % 256;
        for (String name :
                new String[] {
                    "tile/0/000",
                    "tile/0/" + rest,
                    "tile/1/000.p/1",
                    "tile/entries/000",
                    "tile/entries/" + rest
                }) {
            byte[] sound = Files.readAllBytes(www.resolve(name));
            Files.write(www.resolve(name), new byte[0]);
            export(to);
            assertThat(www.resolve(name)).hasBinaryContent(sound);
            Files.write(www.resolve(name + ".tmp"), new byte[2 * sound.length]);
            Files.write(www.resolve(name), Arrays.copyOf(sound, sound.length - 1));
            export(to);
            assertThat(www.resolve(name)).hasBinaryContent(sound);
        }
    }

    @Test
    void what_is_whole_is_not_written_again() throws Exception {
        FaultyStorage disk = FaultyStorage.seeded(1);
        export(disk);
        long tile = disk.identity("tile/0/000");
        long bundle = disk.identity("tile/entries/000");

        export(disk);

        assertThat(disk.identity("tile/0/000")).isEqualTo(tile);
        assertThat(disk.identity("tile/entries/000")).isEqualTo(bundle);
    }

    @Test
    void a_server_of_files_can_read_an_export() throws Exception {
        Path www = dir.resolve("www");
        export(FileStorage.shared(www));
        Path plain = Files.createFile(dir.resolve("plain"));

        for (String name : new String[] {"checkpoint", "tile/0/000"}) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(www.resolve(name))))
                    .as("as the umask leaves it")
                    .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(plain)));
        }
    }

    /** A relay drops a file of hashes at once; whoever takes away less wants to hide something. */
    @Test
    void leaf_hashes_that_are_gone_from_the_beginning_show() throws Exception {
        Path www = dir.resolve("www");
        export(FileStorage.at(www));
        assertThat(check(FileStorage.at(www)).all).isEmpty();

        Files.delete(www.resolve("tile/0/000"));

        assertThat(check(FileStorage.at(www)).all.toString()).contains("leaf hashes begin at 256");
    }

    @Test
    void names_that_a_server_gives_lead_nowhere_else() throws Exception {
        Path www = dir.resolve("www");
        export(FileStorage.at(www));
        Files.writeString(dir.resolve("victim"), "mine", UTF_8);
        for (String name : new String[] {"../../victim", "/etc/hostname", "..", "a/b", ""}) {
            Files.writeString(www.resolve("checkpoints/index"), name + " 4\n", UTF_8);
            try (SealedLog hostile = new TiledLog("www", new ExportFolder(FileStorage.at(www)))) {
                LogExport again =
                        new LogExport(
                                hostile, new ExportFolder(FileStorage.at(dir.resolve("copy"))));
                assertThatThrownBy(again::run).isInstanceOf(FileNotFoundException.class);
            }
        }
        assertThat(dir.resolve("victim")).hasContent("mine");
    }
}
