package io.sealpost.relay;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conf file of a command. */
final class ConfFile {
    /** As the contract names it: below the checkout or the installation. */
    static final String DEFAULT = "conf/sealpost.conf";

    /** The launcher says where the default is, whatever the working folder. */
    private static final String PROPERTY = "sealpost.conf";

    private ConfFile() {}

    static Path path(@Nullable String option) {
        String name = option == null ? System.getProperty(PROPERTY, DEFAULT) : option;
        try {
            return Path.of(name);
        } catch (InvalidPathException _) {
            return Path.of(DEFAULT);
        }
    }

    /** The configuration, or empty after all problems have been printed. */
    static Optional<ConfigResult.Loaded> load(Path file, Console console) {
        return switch (ConfigReader.read(file)) {
            case ConfigResult.Loaded loaded -> Optional.of(loaded);
            case ConfigResult.Rejected rejected -> {
                print(rejected.problems(), console);
                yield Optional.empty();
            }
        };
    }

    static void print(Iterable<ConfigProblem> problems, Console console) {
        problems.forEach(problem -> console.err().println(problem));
    }
}
