package io.sealpost.relay;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** {@code sealpost reload}. */
final class ReloadCommand {
    static final String WORD = "reload";
    private static final ConfigParseOptions JSON =
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    private final Console console;

    ReloadCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path conf) {
        return new ControlClient(WORD, console).ask(conf, Optional.empty(), this::show);
    }

    private ExitCode show(InputStream answer) throws IOException {
        String line = new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            Config outcome = ConfigFactory.parseString(line, JSON);
            if (outcome.hasPath("error")) {
                console.err().println("sealpost reload: " + outcome.getString("error"));
                return ExitCode.COULD_NOT;
            }
            boolean done = outcome.getBoolean("done");
            (done ? console.out() : console.err()).println(outcome.getString("text"));
            return done ? ExitCode.GOOD : ExitCode.BAD_USAGE;
        } catch (ConfigException _) {
            console.err().println("sealpost reload: the relay's answer is not understood");
            return ExitCode.COULD_NOT;
        }
    }
}
