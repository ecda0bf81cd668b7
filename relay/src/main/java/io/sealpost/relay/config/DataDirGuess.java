package io.sealpost.relay.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data folder that a conf file with mistakes most likely means: its relay may run all the same,
 * with what the file said before.
 */
public final class DataDirGuess {
    private static final String KEY = "data-dir";
    private static final String PRESET = "../data";
    private static final Pattern LINE =
            Pattern.compile("(?m)^[\\s{]*(?:sealpost\\.)?data-dir\\s*[=:]\\s*\"?([^\"\\n#]+)");

    private DataDirGuess() {}

    /** Empty where there is no such file. */
    public static Optional<Path> of(Path file) {
        try {
            Path folder = file.toAbsolutePath().normalize().getParent();
            return Optional.ofNullable(folder)
                    .map(start -> start.resolve(written(file).strip()).normalize());
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static String written(Path file) {
        String path = Schema.ROOT + "." + KEY;
        try {
            Config config = ConfigFactory.parseFile(file.toFile()).resolve();
            return config.hasPath(path) ? config.getString(path) : PRESET;
        } catch (ConfigException _) {
            return byLine(file);
        }
    }

    private static String byLine(Path file) {
        try {
            Matcher matcher = LINE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            return matcher.find() ? matcher.group(1) : PRESET;
        } catch (IOException _) {
            return PRESET;
        }
    }
}
