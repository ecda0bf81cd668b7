package io.sealpost.relay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.spool.FileStorage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand seeded tamperings, each of which both verifiers must find: ours, and {@code
 * docs/verify.py}, which was written from {@code docs/integrity.md} alone. And honest logs, on
 * which neither may find anything.
 */
@Tag("interop")
@Timeout(300)
class TamperingIT {
    private static final int TAMPERINGS = 1_000;
    private static final int HONEST = 30;

    @TempDir Path dir;

    private Path export;
    private Path old;
    private Path file;
    private LogBuilder log;
    private String key;

    @BeforeEach
    void makeLogs() throws Exception {
        export = dir.resolve("export");
        old = dir.resolve("old");
        file = dir.resolve("up.log");
        log = LogBuilder.spooled(dir.resolve("data")).filled(6, 40);
        key = log.printedKeys().getFirst();
        export(dir.resolve("data"), old);
        log.filled(6, 40);
        export(dir.resolve("data"), export);
        try (LogBuilder other = LogBuilder.in(dir.resolve("other")).filled(12, 40)) {
            assertThat(other.messages()).hasSameSizeAs(log.messages());
            export(dir.resolve("other"), dir.resolve("forged"));
        }
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    @Test
    void each_of_a_thousand_tamperings_is_found_by_both_and_none_on_honest_logs() throws Exception {
        try (Python python = Python.start()) {
            for (long seed = 1; seed <= HONEST; seed++) {
                honest(new Random(seed), seed, python);
            }
            for (long seed = 1; seed <= TAMPERINGS; seed++) {
                tamper(new Random(seed), seed, python);
            }
        }
    }

    @Test
    void verify_py_takes_our_proofs_and_no_changed_ones() throws Exception {
        Path proof = dir.resolve("p.tlog-proof");
        try (SealedLog sealed = DataFolderLog.of("log", FileStorage.at(dir.resolve("data")));
                Python python = Python.start()) {
            byte[] octets = LogBuilder.lines(log.messages());
            for (long index : new long[] {0, 1, 39, 100, log.leaf(245)}) {
                UpstreamFile lines =
                        new UpstreamFile("f", octets.length, new ByteArrayInputStream(octets));
                byte[] good =
                        new ProofSearch(sealed)
                                .inFile(lines, OptionalLong.of(index), Optional.empty())
                                .proof()
                                .orElseThrow()
                                .encode();
                byte[] bad = good.clone();
                bad[40] ^= 1;

                Files.write(proof, good);
                assertThat(python.run("--key", key, proof.toString())).isZero();
                Files.write(proof, bad);
                assertThat(python.run("--key", key, proof.toString())).isEqualTo(1);
            }
        }
    }

    @Test
    void verify_py_reads_bundles_and_finds_another_entry_in_one() throws Exception {
        Path bundle = export.resolve("tile/entries/000");
        byte[] sound = Files.readAllBytes(bundle);
        try (Python python = Python.start()) {
            assertThat(python.run("--key", key, export.toString())).isZero();
            byte[] other = sound.clone();
            other[20] ^= 1;
            Files.write(bundle, other);
            assertThat(python.run("--key", key, export.toString())).isEqualTo(1);
            Files.delete(bundle);
            assertThat(python.run("--key", key, export.toString())).as("gone, as any").isZero();
        }
    }

    @Test
    void verify_py_finds_metadata_that_is_gone_from_the_beginning() throws Exception {
        Path metadata = export.resolve("metadata");
        long firstLeaf = FirstBlock.remove(metadata);
        String name = "%020d.batches".formatted(firstLeaf);
        long octets = Files.size(metadata.resolve(name));
        Files.writeString(metadata.resolve("index"), name + " " + octets + "\n");
        try (Python python = Python.start()) {
            assertThat(python.run("--key", key, export.toString())).isEqualTo(1);
        }
    }

    private void honest(Random random, long seed, Python python) throws Exception {
        boolean half = random.nextBoolean();
        List<byte[]> lines = half ? log.only(i -> i % 2 == 0) : log.messages();
        boolean counted = random.nextBoolean();
        byte[] octets = counted ? LogBuilder.counted(lines) : LogBuilder.lines(lines);
        Files.write(file, octets);
        Optional<String> upstream = half ? Optional.of("half") : Optional.empty();

        CollectedFindings findings = ours(upstream);

        assertThat(findings.all).as("seed " + seed).isEmpty();
        assertThat(python.run(words(upstream))).as("seed " + seed).isZero();
    }

    /** Makes one tampering, has it found, and puts everything back. */
    private void tamper(Random random, long seed, Python python) throws Exception {
        List<byte[]> lines = new ArrayList<>(log.messages());
        int at = random.nextInt(lines.size() - 1);
        boolean counted = random.nextBoolean();
        Optional<Path> damaged = Optional.empty();
        byte[] sound = new byte[0];
        String what;
        Path used = export;
        int kind = random.nextInt(10);
        switch (kind) {
            case 0 -> {
                what = "a bit of line " + at;
                byte[] line = lines.get(at).clone();
                // A newline instead of a character makes two lines of one, and so on: all show.
                line[random.nextInt(line.length)] ^= (byte) (1 << random.nextInt(8));
                lines.set(at, line);
            }
            case 1 -> {
                what = "line " + at + " removed";
                lines.remove(at);
            }
            case 2 -> {
                what = "line " + at + " doubled";
                lines.add(random.nextInt(lines.size()), lines.get(at));
            }
            case 3 -> {
                int with = at + 1 + random.nextInt(lines.size() - at - 1);
                what = "lines " + at + " and " + with + " swapped";
                java.util.Collections.swap(lines, at, with);
            }
            case 4 -> {
                what = "a line inserted at " + at;
                lines.add(at, ("<134>1 - - - - - - never sent " + seed).getBytes(UTF_8));
            }
            case 5 -> {
                what = "line " + at + " cut";
                byte[] line = lines.get(at);
                lines.set(at, Arrays.copyOf(line, random.nextInt(line.length)));
            }
            case 6 -> {
                Path victim = any(random, "");
                sound = Files.readAllBytes(victim);
                damaged = Optional.of(victim);
                byte[] less = Arrays.copyOf(sound, random.nextInt(sound.length));
                what = victim + " cut to " + less.length;
                Files.write(victim, less);
            }
            case 7 -> {
                Path victim = any(random, "");
                sound = Files.readAllBytes(victim);
                damaged = Optional.of(victim);
                byte[] bit = sound.clone();
                int octet = random.nextInt(signedOctets(victim, sound));
                bit[octet] ^= (byte) (1 << random.nextInt(8));
                what = "a bit in octet " + octet + " of " + victim;
                Files.write(victim, bit);
            }
            case 8 -> {
                what = "a forged checkpoint";
                Path victim = export.resolve("checkpoint");
                sound = Files.readAllBytes(victim);
                damaged = Optional.of(victim);
                String forged = new String(sound, UTF_8);
                String root = forged.split("\n", -1)[2];
                Files.writeString(
                        victim,
                        random.nextBoolean()
                                ? Files.readString(dir.resolve("forged/checkpoint"))
                                : forged.replace(
                                        root,
                                        new Checkpoint("x", 0, randomHash(random))
                                                .text()
                                                .split("\n", -1)[2]));
            }
            default -> {
                what = "an old tree put back";
                used = old;
            }
        }
        Files.write(file, counted ? LogBuilder.counted(lines) : LogBuilder.lines(lines));
        Path before = export;
        export = used;
        boolean found = ours(Optional.empty()).has(Finding.Verdict.TAMPERED);
        int pythons = python.run(words(Optional.empty()));
        export = before;
        if (damaged.isPresent()) {
            Files.write(damaged.get(), sound);
        }

        assertThat(found).as("seed " + seed + ", ours: " + what).isTrue();
        assertThat(pythons).as("seed " + seed + ", verify.py: " + what).isEqualTo(1);
    }

    private static io.sealpost.relay.integrity.Hash randomHash(Random random) {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        return io.sealpost.relay.integrity.Hash.at(octets, 0);
    }

    /** Of the note what the Ed25519 key has signed, and its signature; of other files all. */
    private static int signedOctets(Path victim, byte[] octets) {
        if (!victim.endsWith("checkpoint")) {
            return octets.length;
        }
        String note = new String(octets, UTF_8);
        int end = note.indexOf('\n', note.indexOf("\n\n") + 2);
        return note.substring(0, end).getBytes(UTF_8).length;
    }

    private Path any(Random random, String below) throws IOException {
        try (Stream<Path> all = Files.walk(export.resolve(below))) {
            List<Path> files =
                    all.filter(Files::isRegularFile)
                            // which files there are is no evidence
                            .filter(path -> !path.endsWith("index"))
                            .sorted()
                            .toList();
            return files.get(random.nextInt(files.size()));
        }
    }

    private String[] words(Optional<String> upstream) {
        List<String> words = new ArrayList<>(List.of("--key", key));
        upstream.ifPresent(name -> words.addAll(List.of("--upstream", name)));
        words.addAll(List.of(export.toString(), file.toString()));
        return words.toArray(String[]::new);
    }

    private CollectedFindings ours(Optional<String> upstream) throws Exception {
        CollectedFindings findings = new CollectedFindings();
        LogKeys keys = new LogKeys(List.of(log.keys().keys().getFirst()));
        FilesCheck.Order order =
                new FilesCheck.Order(upstream.map(Set::of).orElse(Set.of()), false, false);
        try (SealedLog sealed = new TiledLog("export", new ExportFolder(FileStorage.at(export)))) {
            Optional<Checkpoint> newest = new LogCheck(sealed, keys, findings).run();
            if (newest.isPresent() && !findings.has(Finding.Verdict.TAMPERED)) {
                byte[] octets = Files.readAllBytes(file);
                FilesCheck check = FilesCheck.of(sealed, keys, findings, order, newest.get());
                check.read(
                        List.of(
                                new UpstreamFile(
                                        "up.log",
                                        octets.length,
                                        new ByteArrayInputStream(octets))));
                check.finish();
                new EntryCheck(sealed, findings).run(newest.get().size());
            }
        }
        return findings;
    }

    private static void export(Path data, Path to) throws IOException {
        try (SealedLog log = DataFolderLog.of("log", FileStorage.at(data))) {
            new LogExport(log, new ExportFolder(FileStorage.at(to))).run();
        }
    }

    /** The other verifier, as one process. */
    private record Python(Process process, BufferedReader answers) implements AutoCloseable {
        static Python start() throws IOException {
            Path program = Path.of("..").resolve("docs/verify.py").toAbsolutePath();
            Process process =
                    new ProcessBuilder("python3", program.toString(), "--batch")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            return new Python(process, process.inputReader(UTF_8));
        }

        int run(String... words) throws IOException {
            OutputStream in = process.getOutputStream();
            in.write((String.join(" ", words) + "\n").getBytes(UTF_8));
            in.flush();
            String exitCode = answers.readLine();
            if (exitCode != null) {
                return Integer.parseInt(exitCode);
            }
            throw new IOException("verify.py ended");
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
