package io.sealpost.relay;

import io.sealpost.relay.config.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line. */
public final class Main {
    private static final List<String> HELP_WORDS = List.of("-h", "--help", "-?");
    private static final List<String> VERSION_WORDS = List.of("-v", "-V", "--version");

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, Console.standard()).number());
    }

    /** Runs one command; whatever happens, the operator gets a sentence and no stack trace. */
    static ExitCode run(String[] arguments, Console console) {
        try {
            return dispatch(arguments, console);
        } catch (RuntimeException | Error e) {
            Logger log = LoggerFactory.getLogger(Main.class);
            log.debug("unexpected", e);
            console.err()
                    .println(
                            "sealpost: unexpected problem: "
                                    + e
                                    + " (log { level = debug } tells more; please report it)");
            return ExitCode.COULD_NOT;
        }
    }

    private static ExitCode dispatch(String[] arguments, Console console) {
        if (arguments.length == 0) {
            console.err().print(Help.overview());
            return ExitCode.BAD_USAGE;
        }
        String word = arguments[0];
        if (HELP_WORDS.contains(word)) {
            return Help.print(List.of(), console);
        }
        Optional<Command> command =
                VERSION_WORDS.contains(word) ? Optional.of(Command.VERSION) : Help.find(word);
        if (command.isEmpty()) {
            console.err().println(Help.unknown(word));
            return ExitCode.BAD_USAGE;
        }
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        return execute(command.get(), rest, console);
    }

    private static ExitCode execute(Command command, String[] rest, Console console) {
        CommandLine line;
        try {
            line =
                    DefaultParser.builder()
                            .setAllowPartialMatching(false)
                            .get()
                            .parse(command.options(), rest);
        } catch (ParseException e) {
            return badUsage(command, sentence(command, e), console);
        }
        if (line.hasOption(Command.HELP_OPTION)) {
            console.out().print(Help.of(command));
            return ExitCode.GOOD;
        }
        if (line.getArgList().size() > command.maxArguments()) {
            String word = line.getArgList().get(command.maxArguments());
            return badUsage(command, "\"" + word + "\" is one word too many", console);
        }
        return command.execute(line, console);
    }

    private static String sentence(Command command, ParseException e) {
        return switch (e) {
            case UnrecognizedOptionException unknown -> {
                List<String> known =
                        command.options().getOptions().stream()
                                .map(Option::getLongOpt)
                                .map(name -> "--" + name)
                                .toList();
                String suggestion =
                        Nearest.to(unknown.getOption(), known)
                                .map(near -> ", did you mean " + near + "?")
                                .orElse("");
                yield "unknown option " + unknown.getOption() + suggestion;
            }
            case MissingArgumentException missing ->
                    "-"
                            + Optional.ofNullable(missing.getOption())
                                    .map(Option::getKey)
                                    .orElse("option")
                            + " needs a value";
            default -> String.valueOf(e.getMessage());
        };
    }

    static ExitCode badUsage(Command command, String sentence, Console console) {
        console.err()
                .println(
                        "sealpost "
                                + command.word()
                                + ": "
                                + sentence
                                + "; \"sealpost help "
                                + command.word()
                                + "\" shows how it is used");
        return ExitCode.BAD_USAGE;
    }
}
