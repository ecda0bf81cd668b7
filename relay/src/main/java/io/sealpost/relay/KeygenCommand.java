package io.sealpost.relay;

import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.LogSigner;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** {@code sealpost keygen}. */
final class KeygenCommand {
    private static final String ORIGIN = "origin";
    private static final String OUTPUT = "o";

    private final Console console;

    KeygenCommand(Console console) {
        this.console = console;
    }

    static void addTo(Options options) {
        options.addOption(
                Option.builder()
                        .longOpt(ORIGIN)
                        .hasArg()
                        .argName("NAME")
                        .desc("origin of the log, without blanks or +")
                        .get());
        options.addOption(
                Option.builder(OUTPUT)
                        .longOpt("output")
                        .hasArg()
                        .argName("FILE")
                        .desc("where the private keys go")
                        .get());
    }

    /** Makes keys and prints the public ones. */
    ExitCode run(Command command, CommandLine line) {
        String origin = line.getOptionValue(ORIGIN);
        String output = line.getOptionValue(OUTPUT);
        if (origin == null || output == null) {
            String missing = origin == null ? "--" + ORIGIN : "-" + OUTPUT;
            return Main.badUsage(command, missing + " is missing", console);
        }
        Path file = Path.of(output);
        try {
            LogSigner signer = KeyFile.make(file, origin, new SecureRandom());
            signer.verifiers().forEach(key -> console.out().println(key.print()));
            return ExitCode.GOOD;
        } catch (IOException e) {
            console.err().println("sealpost keygen: " + sentence(file, e));
            return ExitCode.COULD_NOT;
        }
    }

    private static String sentence(Path file, IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains(" ") ? message : "cannot write " + file + ": " + e;
    }
}
