package io.sealpost.relay.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Turns one value of the conf file into its Java type, or says what is wrong with it. */
final class ValueReader {
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}) ?/ ?s");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
    private static final Pattern FILE_PATTERNS =
            Pattern.compile("(?:[^%]|%[Ymd%]|%(?:host|app|facility)%)*");

    /** Stands for something that a sender can choose. */
    private static final Pattern FILE_VALUE = Pattern.compile("%(?:host|app|facility)%");

    /** Values in one name, and octets of a name with values: each keeps room for a host's name. */
    private static final int MAX_FILE_VALUES = 3;

    private static final int MAX_FILE_NAME = 120;

    private static final int MAX_FILE_PATH = 900;

    private static final Pattern PEER_NAME =
            Pattern.compile("(?i)[a-z0-9_*-]{1,63}(?:\\.[a-z0-9_*-]{1,63})*");
    private static final Pattern FINGERPRINT =
            Pattern.compile(
                    "(?i)sha-?256:[0-9a-f]{2}(?::?[0-9a-f]{2}){31}|sha-?1:[0-9a-f]{2}(?::?[0-9a-f]{2}){19}");

    /** Relative paths start here. */
    private final Path folder;

    private final Problems problems;
    private final List<Runnable> missing = new ArrayList<>();

    ValueReader(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** Files named that are not there, told beside other problems. */
    void reportMissingFiles() {
        missing.forEach(Runnable::run);
    }

    /** Empty where the value is wrong; the problem has been reported then. */
    Optional<Object> read(String name, ConfigValue value, Kind kind, Place place) {
        if (kind instanceof Kind.Many many) {
            return many(name, value, many, place);
        }
        if (kind instanceof Kind.OneOrMany some) {
            return value instanceof ConfigList
                    ? many(name, value, new Kind.Many(some.each(), 1, some.max()), place)
                    : read(name, value, some.each(), place).map(List::of);
        }
        try {
            Object read = one(value, kind);
            if (kind instanceof Kind.ReadFile && !Files.exists((Path) read)) {
                missing.add(() -> problems.add(place, name + ": no such file, correct its name"));
            }
            return Optional.of(read);
        } catch (BadValueException e) {
            problems.add(place, name + ": " + e.problem());
            return Optional.empty();
        }
    }

    private Optional<Object> many(String name, ConfigValue value, Kind.Many many, Place place) {
        if (!(value instanceof ConfigList list)) {
            problems.add(
                    place,
                    name
                            + ": a list is needed, not "
                            + article(value)
                            + ", write "
                            + (fits(value, many.each())
                                    ? "[" + value.render() + "]"
                                    : many.example()));
            return Optional.empty();
        }
        if (list.size() < many.min()) {
            problems.add(place, name + ": the list is too short, it needs " + many.min());
            return Optional.empty();
        }
        if (list.size() > many.max()) {
            String right =
                    many.max() == 1
                            ? "this version takes exactly one"
                            : "at most " + many.max() + " are taken";
            problems.add(place, name + ": the list holds " + list.size() + ", " + right);
            return Optional.empty();
        }
        List<Object> elements = new ArrayList<>();
        for (ConfigValue element : list) {
            Place where = Place.of(element.origin(), place);
            read(name, element, many.each(), where).ifPresent(elements::add);
        }
        return elements.size() == list.size() ? Optional.of(elements) : Optional.empty();
    }

    /** Whether it is one good element, and only the brackets around it are missing. */
    private boolean fits(ConfigValue value, Kind each) {
        try {
            Object _ = one(value, each);
            return true;
        } catch (BadValueException _) {
            return false;
        }
    }

    private Object one(ConfigValue value, Kind kind) throws BadValueException {
        return switch (kind) {
            case Kind.Word(int maxLength) -> word(text(value, kind), maxLength);
            case Kind.Choice<?> choice ->
                    choice.words().contains(shown(value))
                            ? choice(shown(value), choice)
                            : choice(text(value, kind), choice);
            case Kind.Size(long min, long max) -> size(value, kind, min, max);
            case Kind.Time(Duration min, Duration max) -> time(value, kind, min, max);
            case Kind.Rate(int max) -> rate(text(value, kind), max);
            case Kind.Whole(int min, int max) -> whole(value, min, max);
            case Kind.Zone _ -> zone(text(value, kind));
            case Kind.Peer _ -> peer(text(value, kind));
            case Kind.Net _ -> Network.parse(text(value, kind));
            case Kind.HostAndPort(int minPort) -> endpoint(text(value, kind), minPort);
            case Kind.Folder _, Kind.ReadFile _, Kind.WrittenFile _ ->
                    folder.resolve(path(text(value, kind))).normalize();
            case Kind.DailyFile _ -> dailyFile(text(value, kind));
            case Kind.Flag _ -> flag(value);
            case Kind.Name _ -> name(text(value, kind));
            case Kind.Glob(int maxLength) -> word(text(value, kind), maxLength);
            case Kind.Regex _ -> regex(text(value, kind));
            case Kind.Mapping(Kind each) -> mapping(text(value, kind), each, kind);
            case Kind.Replacement _ -> replacement(text(value, kind));
            case Kind.SeverityRange _ -> SeverityRange.parse(text(value, kind));
            case Kind.Many _, Kind.OneOrMany _, Kind.BlockLike _ ->
                    throw new IllegalStateException("lists and blocks are read elsewhere");
        };
    }

    private static String text(ConfigValue value, Kind kind) throws BadValueException {
        if (value.valueType() != ConfigValueType.STRING) {
            throw new BadValueException(
                    "a text is needed, not " + article(value),
                    value.valueType() == ConfigValueType.NULL
                            ? "leave the key out for its default"
                            : "write " + kind.example());
        }
        return (String) value.unwrapped();
    }

    private static String word(String text, int maxLength) throws BadValueException {
        if (text.length() > maxLength || !PRINTABLE.matcher(text).matches()) {
            throw new BadValueException(
                    "\"" + text + "\" cannot be a name",
                    "use 1 to " + maxLength + " printable ASCII characters without blanks");
        }
        return text;
    }

    private static Integer rate(String text, int max) throws BadValueException {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            throw new BadValueException("\"" + text + "\" is no rate", "write 1000/s");
        }
        long rate = Long.parseLong(matcher.group(1));
        if (rate < 1 || rate > max) {
            throw new BadValueException(text + " is out of range", "use 1/s to " + max + "/s");
        }
        return (int) rate;
    }

    private Map.Entry<Object, Object> mapping(String text, Kind each, Kind kind)
            throws BadValueException {
        String[] sides = text.split(" *-> *", -1);
        if (sides.length != 2) {
            throw new BadValueException(
                    "\"" + text + "\" does not say what becomes what", "write " + kind.example());
        }
        return Map.entry(side(sides[0], each), side(sides[1], each));
    }

    private Object side(String text, Kind each) throws BadValueException {
        return one(ConfigValueFactory.fromAnyRef(text.strip()), each);
    }

    private static String replacement(String text) throws BadValueException {
        if (text.length() > Kind.Replacement.MAX_LENGTH
                || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new BadValueException(
                    "\"" + text + "\" cannot stand for a redacted text",
                    "use at most " + Kind.Replacement.MAX_LENGTH + " printable ASCII characters");
        }
        return text;
    }

    private static Boolean flag(ConfigValue value) throws BadValueException {
        if (value.unwrapped() instanceof Boolean yes) {
            return yes;
        }
        throw new BadValueException(
                "true or false is needed, not " + article(value), "write true or leave it out");
    }

    private static String name(String text) throws BadValueException {
        if (text.length() > BlockReader.MAX_NAME || !BlockReader.NAME.matcher(text).matches()) {
            throw new BadValueException(
                    "\"" + text + "\" cannot be a name",
                    "use a-z, 0-9 and \"-\", at most " + BlockReader.MAX_NAME + " characters");
        }
        return text;
    }

    private static String regex(String text) throws BadValueException {
        if (text.isEmpty() || text.length() > Kind.Regex.MAX_LENGTH) {
            throw new BadValueException(
                    "the regular expression has " + text.length() + " characters",
                    "use 1 to " + Kind.Regex.MAX_LENGTH);
        }
        try {
            return Pattern.compile(text).pattern();
        } catch (PatternSyntaxException e) {
            String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            throw new BadValueException(
                    "\"" + text + "\" is no regular expression: " + e.getDescription() + where,
                    "correct it there, or write \\\\ before a character that stands for itself");
        }
    }

    private static Object choice(String text, Kind.Choice<?> choice) throws BadValueException {
        List<String> words = choice.words();
        int index = words.indexOf(text);
        if (index >= 0) {
            return choice.allowed().get(index);
        }
        String right = "use " + choice.example();
        throw new BadValueException(
                "\"" + text + "\" is not known to this version",
                Nearest.to(text, words)
                        .map(word -> right + "; did you mean " + word + "?")
                        .orElse(right));
    }

    private static Long size(ConfigValue value, Kind kind, long min, long max)
            throws BadValueException {
        // A bare number means octets, as everywhere in HOCON.
        String text =
                value.valueType() == ConfigValueType.NUMBER
                        ? value.unwrapped() + " B"
                        : text(value, kind);
        long octets = Units.parseSize(text);
        if (octets < min || octets > max) {
            throw new BadValueException(
                    shown(value) + " is out of range",
                    "use " + Units.size(min) + " to " + Units.size(max));
        }
        return octets;
    }

    private static Duration time(ConfigValue value, Kind kind, Duration min, Duration max)
            throws BadValueException {
        String text =
                value.valueType() == ConfigValueType.NUMBER
                        ? String.valueOf(value.unwrapped())
                        : text(value, kind);
        Duration duration = Units.parseDuration(text);
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new BadValueException(
                    shown(value) + " is out of range",
                    "use " + Units.duration(min) + " to " + Units.duration(max));
        }
        return duration;
    }

    private static Integer whole(ConfigValue value, int min, int max) throws BadValueException {
        if (value.valueType() != ConfigValueType.NUMBER) {
            throw new BadValueException(
                    "a number is needed, not " + article(value), "use " + min + " to " + max);
        }
        double number = ((Number) value.unwrapped()).doubleValue();
        if (number != Math.rint(number) || number < min || number > max) {
            throw new BadValueException(
                    shown(value) + " is out of range",
                    "use a whole number from " + min + " to " + max);
        }
        return (int) number;
    }

    private static ZoneId zone(String text) throws BadValueException {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException _) {
            throw new BadValueException(
                    "\"" + text + "\" is no time zone",
                    Nearest.to(text, ZoneId.getAvailableZoneIds())
                            .map(zone -> "did you mean \"" + zone + "\"?")
                            .orElse("write \"Europe/Berlin\", \"UTC\" or \"+02:00\""));
        }
    }

    private static String peer(String text) throws BadValueException {
        if (text.indexOf(':') < 0) {
            if (PEER_NAME.matcher(text).matches()) {
                return text;
            }
            throw new BadValueException(
                    "\"" + text + "\" is no name of a host",
                    "write \"web1.example.com\" or \"*.example.com\"");
        }
        if (!FINGERPRINT.matcher(text).matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is no fingerprint",
                    "write SHA256: and 64 or SHA1: and 40 hexadecimal digits");
        }
        return text;
    }

    private static Endpoint endpoint(String text, int minPort) throws BadValueException {
        Endpoint endpoint = Endpoint.parse(text);
        if (endpoint.port() < minPort) {
            throw new BadValueException("port 0 cannot be connected to", "use 1 to 65535");
        }
        return endpoint;
    }

    private String dailyFile(String text) throws BadValueException {
        if (!FILE_PATTERNS.matcher(text).matches()) {
            throw new BadValueException(
                    "\"" + text + "\" holds an unknown place after %",
                    "use %Y, %m, %d, %host%, %app%, %facility%, and %% for a per cent sign");
        }
        String plain = text.replace("%%", "");
        if ((plain.contains("%d") && !plain.contains("%m"))
                || (plain.contains("%m") && !plain.contains("%Y"))) {
            throw new BadValueException(
                    "\"" + text + "\" names the same file again after a while",
                    "write %Y before %m, and %m before %d");
        }
        for (String name : text.split("/", -1)) {
            long values = FILE_VALUE.matcher(name).results().count();
            if (values > MAX_FILE_VALUES || (values > 0 && octets(name) > MAX_FILE_NAME)) {
                throw new BadValueException(
                        "the name \"" + name + "\" leaves too little room for what it stands for",
                        "use at most "
                                + MAX_FILE_NAME
                                + " octets and "
                                + MAX_FILE_VALUES
                                + " values");
            }
        }
        if (text.endsWith("/")) {
            throw new BadValueException("\"" + text + "\" is a folder", "name a file in it");
        }
        // A per cent sign in the name of the conf file's folder stands for itself.
        Path base = Path.of(folder.toString().replace("%", "%%"));
        String whole = path(text).isAbsolute() ? text : base.resolve(text).normalize().toString();
        if (octets(whole) > MAX_FILE_PATH) {
            throw new BadValueException(
                    "the path has " + octets(whole) + " octets", "use at most " + MAX_FILE_PATH);
        }
        return whole;
    }

    private static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Path path(String text) throws BadValueException {
        if (text.isEmpty()) {
            throw new BadValueException("the path is empty", "name a file or folder");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException _) {
            throw new BadValueException("the path holds a NUL", "take it out");
        }
    }

    private static String shown(ConfigValue value) {
        return String.valueOf(value.unwrapped());
    }

    private static String article(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "a block";
            case LIST -> "a list";
            case NUMBER -> "the number " + shown(value);
            case BOOLEAN -> shown(value);
            case NULL -> "null";
            case STRING -> "the text \"" + shown(value) + "\"";
        };
    }
}
