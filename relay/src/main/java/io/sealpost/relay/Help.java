package io.sealpost.relay;

import io.sealpost.relay.config.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Option;

/** The texts of help, made from the commands. */
final class Help {
    private Help() {}

    /** Prints the overview, or the help of the command named. */
    static ExitCode print(List<String> words, Console console) {
        if (words.isEmpty()) {
            console.out().print(overview());
            return ExitCode.GOOD;
        }
        Optional<Command> command = find(words.getFirst());
        if (command.isEmpty()) {
            console.err().println(unknown(words.getFirst()));
            return ExitCode.BAD_USAGE;
        }
        console.out().print(of(command.get()));
        return ExitCode.GOOD;
    }

    static Optional<Command> find(String word) {
        return Arrays.stream(Command.values())
                .filter(command -> command.word().equals(word))
                .findFirst();
    }

    static String unknown(String word) {
        List<String> known = Arrays.stream(Command.values()).map(Command::word).toList();
        return "sealpost: unknown command \""
                + word
                + "\""
                + Nearest.to(word, known)
                        .map(near -> ", did you mean \"" + near + "\"?")
                        .orElse(", known are " + String.join(", ", known));
    }

    static String overview() {
        StringBuilder text =
                new StringBuilder(
                        """
                        Sealpost, a syslog relay that loses nothing.

                        Usage: sealpost COMMAND [options]

                        """);
        for (Command command : Command.values()) {
            text.append(String.format("  %-28s %s%n", command.usage(), command.summary()));
        }
        return text.append(
                        """

                        First steps:
                          sealpost run                                        # with the conf file that comes with it
                          logger -n 127.0.0.1 -P 5514 -d "hello over UDP"     # in another terminal
                          sealpost check -c my.conf                           # before you use your own

                        Exit codes: 0 good, 1 the thing asked about is not so, 2 bad usage or
                        configuration, 3 could not tell or could not run.
                        "sealpost help COMMAND" tells more; all keys of the conf file: docs/configuration.md
                        """)
                .toString();
    }

    static String of(Command command) {
        StringBuilder text = new StringBuilder("Usage: sealpost ");
        text.append(command.usage()).append("\n\n");
        text.append(command.text()).append("\n\nOptions:\n");
        for (Option option : command.options().getOptions()) {
            String argument = option.hasArg() ? " " + option.getArgName() : "";
            String names =
                    (option.getOpt() == null ? "    " : "-" + option.getOpt() + ", ")
                            + "--"
                            + option.getLongOpt()
                            + argument;
            text.append(String.format("  %-20s %s%n", names, option.getDescription()));
        }
        text.append("\nExamples:\n");
        command.examples().lines().forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }
}
