package io.sealpost.relay;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.TlogProof;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.verify.EntryCheck;
import io.sealpost.relay.verify.FilesCheck;
import io.sealpost.relay.verify.Finding;
import io.sealpost.relay.verify.LogCheck;
import io.sealpost.relay.verify.LogKeys;
import io.sealpost.relay.verify.ProofCheck;
import io.sealpost.relay.verify.SealedLog;
import io.sealpost.relay.verify.UpstreamFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** {@code sealpost verify}. */
final class VerifyCommand {
    private static final String WHOLE = "nothing was changed, removed or slipped in";
    private static final int GZIP_1 = 0x1f;
    private static final int GZIP_2 = 0x8b;

    /**
     * What is asked for.
     *
     * @param keys texts of keys, or files with such
     * @param log place of the log that files are compared with, or empty
     * @param token file with the token of a log at a URL, or empty
     * @param words the log, the proof, or the files
     */
    record Request(
            List<String> keys,
            Optional<String> log,
            Optional<Path> token,
            FilesCheck.Order order,
            List<String> words) {}

    private final Console console;
    private final ShownFindings findings;

    VerifyCommand(Console console) {
        this.console = console;
        this.findings = new ShownFindings(console);
    }

    ExitCode run(Request request) {
        try {
            LogKeys keys = keys(request.keys);
            if (request.log.isPresent()) {
                return files(request.log.get(), keys, request);
            }
            if (request.words.size() != 1) {
                throw new IllegalArgumentException("one log or proof at a time; files take --log");
            }
            Optional<TlogProof> proof = ProofFile.read(request.words.getFirst());
            return proof.isPresent()
                    ? proof(proof.get(), keys)
                    : log(request.words.getFirst(), keys, request);
        } catch (IllegalArgumentException e) {
            return Main.badUsage(Command.VERIFY, String.valueOf(e.getMessage()), console);
        } catch (IOException e) {
            findings.endProgress();
            console.err().println("sealpost verify: cannot tell: " + Sentences.of(e));
            return ExitCode.COULD_NOT;
        }
    }

    static LogKeys keys(List<String> texts) throws IOException {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException(
                    "--key is missing: \"sealpost status\" of the relay, and its first start, show"
                            + " it; have it from there, not from who keeps the files");
        }
        List<VerifierKey> keys = new ArrayList<>();
        for (String text : texts) {
            List<String> lines =
                    text.contains("+") ? List.of(text) : Files.readAllLines(Path.of(text));
            for (String line : lines) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    try {
                        keys.add(VerifierKey.parse(line.strip()));
                    } catch (NoteFormatException e) {
                        throw new IllegalArgumentException(
                                "\"" + line + "\" is no verifier key: " + e.getMessage(), e);
                    }
                }
            }
        }
        return new LogKeys(keys);
    }

    private ExitCode log(String place, LogKeys keys, Request request) throws IOException {
        try (SealedLog log = LogPlace.open(place, request.token)) {
            Optional<Checkpoint> newest = new LogCheck(log, keys, findings).run();
            if (newest.isPresent() && !findings.has(Finding.Verdict.TAMPERED)) {
                new EntryCheck(log, findings).run(newest.get().size());
            }
        }
        return findings.verdict(WHOLE);
    }

    private ExitCode proof(TlogProof proof, LogKeys keys) {
        new ProofCheck(keys, findings).check(proof);
        return findings.verdict("the log has this entry, as signed");
    }

    private ExitCode files(String place, LogKeys keys, Request request) throws IOException {
        if (request.words.isEmpty()) {
            throw new IllegalArgumentException("with --log goes at least one FILE");
        }
        try (SealedLog log = LogPlace.open(place, request.token)) {
            Optional<Checkpoint> newest = new LogCheck(log, keys, findings).run();
            if (newest.isEmpty() || findings.has(Finding.Verdict.TAMPERED)) {
                console.out()
                        .println("the files are not compared with a log that is not as signed");
                return findings.verdict(WHOLE);
            }
            FilesCheck check = FilesCheck.of(log, keys, findings, request.order, newest.get());
            List<UpstreamFile> files = new ArrayList<>();
            try {
                for (String word : request.words) {
                    files.add(open(word));
                }
                check.read(files);
            } finally {
                for (UpstreamFile file : files) {
                    file.in().close();
                }
            }
            List<String> upstreams = check.finish();
            if (request.order.upstreams().isEmpty() && upstreams.size() > 1) {
                findings.note(
                        "the log has messages for "
                                + upstreams
                                + "; --upstream NAME asks only for those of one");
            }
        }
        return findings.verdict(WHOLE);
    }

    private static UpstreamFile open(String word) throws IOException {
        Path path;
        try {
            path = Path.of(word);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(word + " is no file", e);
        }
        InputStream in = Files.newInputStream(path);
        try (InputStream head = Files.newInputStream(path)) {
            if (head.read() == GZIP_1 && head.read() == GZIP_2) {
                in = new GZIPInputStream(in, 1 << 16);
            }
        }
        return new UpstreamFile(word, Files.size(path), in);
    }
}
