package io.sealpost.relay.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a conf file strictly: all problems in one go, or a complete {@link RelayConfig}. */
public final class ConfigReader {
    private static final Pattern INCLUDED_FILE =
            Pattern.compile("(?:required\\()?(?:file\\()?\"([^\"]+)\"\\)*\\s*,?\\s*(?:[#/}].*)?");

    private final Path file;
    private final Facts facts;
    private final Place top;
    private final Problems problems = new Problems();

    private ConfigReader(Path file, Facts facts) {
        this.file = file;
        this.facts = facts;
        this.top = new Place(file.toString(), 1);
    }

    /** Reads the file; problems name it as it is named here. */
    public static ConfigResult read(Path file) {
        return read(file, Facts.ofMachine());
    }

    static ConfigResult read(Path file, Facts facts) {
        return new ConfigReader(file, facts).result();
    }

    private ConfigResult result() {
        try {
            if (!scan(file, new HashSet<>())) {
                return new ConfigResult.Rejected(problems.sorted(), List.of());
            }
            ConfigParseOptions options =
                    ConfigParseOptions.defaults()
                            .setSyntax(ConfigSyntax.CONF)
                            .setAllowMissing(false);
            return check(ConfigFactory.parseFile(file.toFile(), options).resolve());
        } catch (ConfigException e) {
            // After a syntax error nothing else that was found can be trusted.
            ConfigProblem syntax = syntax(e);
            return new ConfigResult.Rejected(List.of(syntax), List.of());
        }
    }

    private ConfigProblem syntax(ConfigException e) {
        Place place = e.origin() == null ? top : Place.of(e.origin(), top);
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        if (e.origin() != null) {
            String prefix = e.origin().description() + ": ";
            message = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        }
        return new ConfigProblem(place.file(), place.line(), "cannot be read: " + plain(message));
    }

    /** The parser's commonest complaints in words that help. */
    private static String plain(String message) {
        if (message.contains("unescaped newline in quoted strings")) {
            return "a quotation mark is open at the end of the line, close it";
        }
        if (message.contains("end of file")) {
            return "the file ends inside a block, a closing } or ] is missing";
        }
        int hint = message.indexOf(" (if you intended");
        return hint < 0 ? message : message.substring(0, hint);
    }

    private ConfigResult check(Config parsed) {
        ConfigObject root = parsed.root();
        root.forEach(
                (key, value) -> {
                    if (!key.equals(Schema.ROOT)) {
                        problems.add(
                                Place.of(value.origin(), top),
                                "unknown key " + key + ", everything stands inside sealpost { }");
                    }
                });
        ConfigValue sealpost = root.get(Schema.ROOT);
        if (!(sealpost instanceof ConfigObject object)) {
            problems.add(top, "no block sealpost { }, everything stands inside it");
            return new ConfigResult.Rejected(problems.sorted(), List.of());
        }
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent() == null ? absolute : absolute.getParent();
        Place place = Place.of(object.origin(), top);
        ValueReader values = new ValueReader(folder, problems);
        Block block = new BlockReader(values, problems).read(object, Schema.TREE, "", place);
        new CrossChecks(block, problems).check();
        if (!problems.isEmpty()) {
            values.reportMissingFiles();
            return new ConfigResult.Rejected(problems.sorted(), Port.of(block));
        }
        RelayConfig config = ConfigMapper.map(block, absolute, facts);
        return new ConfigResult.Loaded(config, warnings(block, place, config), Port.of(block));
    }

    private static List<ConfigProblem> warnings(Block root, Place place, RelayConfig config) {
        Problems warnings = new Problems();
        if (!root.has("enterprise-number")) {
            warnings.add(
                    place,
                    "enterprise-number is not set, elements of the relay carry "
                            + RelayConfig.DOCUMENTATION_ENTERPRISE
                            + " (the number for documentation); set your own");
        }
        Block admin = root.block("admin");
        Endpoint bind = admin.get("bind", Endpoint.class);
        if (!bind.isLoopback()) {
            warnings.add(
                    admin.place("bind"),
                    "admin.bind: everybody who reaches "
                            + bind
                            + " can read health and metrics, use \"127.0.0.1:"
                            + bind.port()
                            + "\" unless this is meant");
        }
        RouteWarnings.add(root, config.routes(), warnings);
        return warnings.sorted();
    }

    /**
     * Looks for what the parser passes over, in this file and those it includes. False: a file is
     * missing, parsing makes no sense.
     */
    private boolean scan(Path path, Set<Path> seen) {
        if (!seen.add(path.toAbsolutePath().normalize())) {
            return true;
        }
        Optional<String> text = text(path);
        if (text.isEmpty()) {
            return false;
        }
        SourceScan scan = SourceScan.of(text.get());
        for (SourceScan.Twice twice : scan.twice()) {
            problems.add(
                    new Place(path.toString(), twice.line()),
                    withoutRoot(twice.key())
                            + " is written twice, take out this one or the one in line "
                            + twice.firstLine());
        }
        boolean complete = true;
        for (SourceScan.Include include : scan.includes()) {
            complete &= include(path, include, seen);
        }
        return complete;
    }

    private boolean include(Path from, SourceScan.Include include, Set<Path> seen) {
        Place place = new Place(from.toString(), include.line());
        Matcher matcher = INCLUDED_FILE.matcher(include.target());
        if (!matcher.matches()) {
            problems.add(place, "include takes a file only, write include \"other.conf\"");
            return false;
        }
        Path target = from.resolveSibling(matcher.group(1));
        if (!matcher.group(1).endsWith(".conf")) {
            problems.add(place, "include: the name of " + target + " must end in .conf, rename it");
            return false;
        }
        if (!Files.isRegularFile(target)) {
            problems.add(place, "include: no file " + target + ", correct its name");
            return false;
        }
        return scan(target, seen);
    }

    private static String withoutRoot(String key) {
        String prefix = Schema.ROOT + ".";
        return key.startsWith(prefix) ? key.substring(prefix.length()) : key;
    }

    private Optional<String> text(Path path) {
        Place place = new Place(path.toString(), 1);
        try {
            byte[] octets = Files.readAllBytes(path);
            CharBuffer characters = CharBuffer.allocate(octets.length);
            ByteBuffer input = ByteBuffer.wrap(octets);
            CoderResult end = StandardCharsets.UTF_8.newDecoder().decode(input, characters, true);
            String text = characters.flip().toString();
            if (end.isMalformed()) {
                int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
                problems.add(
                        new Place(path.toString(), line), "is no UTF-8 text, save it as UTF-8");
            }
            return Optional.of(text);
        } catch (NoSuchFileException _) {
            problems.add(place, "no such file, name the conf file with -c FILE");
        } catch (IOException e) {
            String wrong =
                    Files.isDirectory(path) ? "is a folder" : "cannot be read: " + e.getMessage();
            problems.add(place, wrong + ", name a readable conf file");
        }
        return Optional.empty();
    }
}
