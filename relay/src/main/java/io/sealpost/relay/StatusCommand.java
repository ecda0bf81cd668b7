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
import java.time.Duration;
import java.util.Optional;

/** {@code sealpost status}. */
final class StatusCommand {
    static final String WORD = "status";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ConfigParseOptions JSON =
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    private final Console console;

    StatusCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path conf, boolean json) {
        return new ControlClient(WORD, console)
                .ask(conf, Optional.of(PATIENCE), answer -> show(answer, json));
    }

    private ExitCode show(InputStream answer, boolean json) throws IOException {
        String line = new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip();
        Config status;
        try {
            status = ConfigFactory.parseString(line, JSON);
            if (status.hasPath("error")) {
                console.err().println("sealpost status: " + status.getString("error"));
                return ExitCode.COULD_NOT;
            }
            console.out().println(json ? line : StatusText.of(status));
            return status.getBoolean("well") ? ExitCode.GOOD : ExitCode.NOT_SO;
        } catch (ConfigException _) {
            console.err().println("sealpost status: the relay's answer is not understood");
            return ExitCode.COULD_NOT;
        }
    }
}
