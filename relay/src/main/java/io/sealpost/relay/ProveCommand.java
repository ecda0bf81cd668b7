package io.sealpost.relay;

import io.sealpost.relay.integrity.TlogProof;
import io.sealpost.relay.verify.ProofSearch;
import io.sealpost.relay.verify.SealedLog;
import io.sealpost.relay.verify.UpstreamFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** {@code sealpost prove}. */
final class ProveCommand {
    private static final String INDEX = "index";
    private static final String MATCH = "match";
    private static final String OUT = "out";

    /**
     * What is asked for.
     *
     * @param log place of the log
     * @param token file with the token of a log at a URL, or empty
     * @param index of the entry, or empty
     * @param match text in the message, or empty
     * @param out file for the proof, or empty for standard output
     * @param files of an upstream that have the message
     */
    record Request(
            Optional<String> log,
            Optional<Path> token,
            Optional<String> index,
            Optional<String> match,
            Optional<String> out,
            List<String> files) {
        static Request of(CommandLine line, Console console) {
            return new Request(
                    LogPlace.named(line, Command.confFile(line), console),
                    LogPlace.token(line),
                    Optional.ofNullable(line.getOptionValue(INDEX)),
                    Optional.ofNullable(line.getOptionValue(MATCH)),
                    Optional.ofNullable(line.getOptionValue(OUT)),
                    line.getArgList());
        }
    }

    private final Console console;

    static void addTo(Options options) {
        options.addOption(Command.value(VerifyOptions.LOG, "WHERE", "the log, if not data-dir's"));
        options.addOption(VerifyOptions.token());
        options.addOption(Command.value(INDEX, "N", "the entry with this index"));
        options.addOption(Command.value(MATCH, "TEXT", "the first message with this text in it"));
        options.addOption(
                Option.builder("o")
                        .longOpt(OUT)
                        .hasArg()
                        .argName("FILE")
                        .desc("where the proof goes (default: standard output)")
                        .get());
    }

    ProveCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Request request) {
        try {
            String place =
                    request.log.orElseThrow(
                            () -> new IllegalArgumentException("no log: --log is missing"));
            if (request.index.isPresent() == request.match.isPresent()) {
                throw new IllegalArgumentException("either --index N or --match TEXT");
            }
            try (SealedLog log = LogPlace.open(place, request.token)) {
                return prove(new ProofSearch(log), request);
            }
        } catch (IllegalArgumentException e) {
            return Main.badUsage(Command.PROVE, String.valueOf(e.getMessage()), console);
        } catch (IOException e) {
            console.err().println("sealpost prove: " + Sentences.of(e));
            return ExitCode.COULD_NOT;
        }
    }

    private ExitCode prove(ProofSearch search, Request request) throws IOException {
        OptionalLong wanted = request.index.map(ProveCommand::index).orElse(OptionalLong.empty());
        ProofSearch.Found found = new ProofSearch.Found(Optional.empty(), 0);
        if (request.files.isEmpty()) {
            found = search.inLog(wanted, request.match);
        }
        for (String word : request.files) {
            if (found.proof().isEmpty()) {
                try (InputStream in = Files.newInputStream(Path.of(word))) {
                    UpstreamFile file = new UpstreamFile(word, Files.size(Path.of(word)), in);
                    found = search.inFile(file, wanted, request.match);
                }
            }
        }
        if (found.proof().isEmpty()) {
            console.err()
                    .println(
                            "sealpost prove: no such entry is in the log and the files; without"
                                    + " FILE only entries are searched that the spool, or an"
                                    + " export, still has");
            return ExitCode.NOT_SO;
        }
        if (found.more() > 0) {
            console.err()
                    .println(
                            "sealpost prove: "
                                    + found.more()
                                    + " more match; the proof is of the first");
        }
        write(found.proof().get(), request.out);
        return ExitCode.GOOD;
    }

    private static OptionalLong index(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("--index " + text + " is no number");
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    private void write(TlogProof proof, Optional<String> out) throws IOException {
        if (out.isPresent()) {
            Files.write(Path.of(out.get()), proof.encode());
            console.err().println("proof of entry " + proof.index() + " in " + out.get());
        } else {
            console.out().print(proof.print());
            console.out().flush();
        }
    }
}
