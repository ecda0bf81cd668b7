package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.protocol.message.Facility;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with a date in it, such as {@code /var/log/archive/%Y-%m-%d.log}: {@code %Y}, {@code %m},
 * {@code %d}, {@code %H} and {@code %%}; and with values of the message: {@code %host%}, {@code
 * %app%}, {@code %facility%}. A finer unit of time needs the coarser ones, so that no name ever
 * comes again. Immutable.
 */
public final class PathTemplate {
    private static final List<String> UNITS = List.of("%Y", "%m", "%d", "%H");
    private static final List<String> DIRECTIVES = List.of("%Y", "%m", "%d", "%H", "%%");
    private static final List<String> VALUES = List.of("%host%", "%app%", "%facility%");
    private static final Pattern NO_NAME = Pattern.compile("(^|/)\\.{1,2}(/|$)");

    /** Longest name of a file or folder, in octets. */
    private static final int MAX_COMPONENT = 255;

    private static final long NO_END = Long.MAX_VALUE;

    private final Path root;
    private final List<String> parts;
    private final Pattern pattern;
    private final int units;
    private final int[] maxValues;

    private PathTemplate(Path root, List<String> parts, Pattern pattern, int units) {
        this.root = root;
        this.parts = parts;
        this.pattern = pattern;
        this.units = units;
        this.maxValues = maxValues(parts);
    }

    /**
     * A file and the time it is for: from the start up to, not including, the end, in microseconds
     * since the epoch. The name is relative to {@link #root}.
     */
    record DatedName(String name, long startMicros, long endMicros) {
        boolean covers(long micros) {
            return micros >= startMicros && micros < endMicros;
        }
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException with what is wrong, for the operator
     */
    public static PathTemplate parse(String path) {
        Path whole = Path.of(path).toAbsolutePath().normalize();
        if (whole.toString().getBytes(UTF_8).length > ArchiveState.MAX_PATH) {
            throw new IllegalArgumentException(
                    "it is longer than " + ArchiveState.MAX_PATH + " octets");
        }
        if (whole.getNameCount() == 0) {
            throw new IllegalArgumentException(path + " names no file");
        }
        Path root = whole.getRoot();
        int first = 0;
        while (first < whole.getNameCount() - 1
                && whole.getName(first).toString().indexOf('%') < 0) {
            root = root.resolve(whole.getName(first));
            first++;
        }
        String names = whole.subpath(first, whole.getNameCount()).toString();
        List<String> parts = split(names);
        return new PathTemplate(root, parts, Pattern.compile(regex(parts)), units(parts));
    }

    /** Directives such as {@code %Y}, and what stands between them. */
    private static List<String> split(String names) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at < names.length()) {
            int percent = names.indexOf('%', at);
            if (percent < 0) {
                percent = names.length();
            }
            if (percent > at) {
                parts.add(names.substring(at, percent));
            } else {
                String directive = directive(names, at);
                parts.add(directive);
                percent = at + directive.length();
            }
            at = percent;
        }
        return parts;
    }

    private static String directive(String names, int at) {
        for (String value : VALUES) {
            if (names.startsWith(value, at)) {
                return value;
            }
        }
        String directive = names.substring(at, Math.min(at + 2, names.length()));
        if (!DIRECTIVES.contains(directive)) {
            throw new IllegalArgumentException(
                    directive
                            + " is not known here; %Y, %m, %d, %H, %host%, %app%, %facility% and %%"
                            + " are");
        }
        return directive;
    }

    /** For each part the most octets that a value there may have, so that no name is too long. */
    private static int[] maxValues(List<String> parts) {
        int[] most = new int[parts.size()];
        for (int part = 0; part < most.length; part++) {
            most[part] = maxValue(parts, part);
            if (VALUES.contains(parts.get(part)) && most[part] < PathValue.LEAST_LIMIT) {
                throw new IllegalArgumentException(
                        "a name in it can become longer than " + MAX_COMPONENT + " octets");
            }
        }
        return most;
    }

    /** An equal share of what the rest of the name leaves free. */
    private static int maxValue(List<String> parts, int part) {
        int fixed = 0;
        int values = 1;
        for (int step : new int[] {-1, 1}) {
            boolean inside = true;
            for (int at = part + step; inside && at >= 0 && at < parts.size(); at += step) {
                String other = parts.get(at);
                int slash = step < 0 ? other.lastIndexOf('/') : other.indexOf('/');
                inside = slash < 0;
                if (!inside) {
                    other = step < 0 ? other.substring(slash + 1) : other.substring(0, slash);
                }
                if (VALUES.contains(other)) {
                    values++;
                } else {
                    fixed += length(other);
                }
            }
        }
        return (MAX_COMPONENT - fixed) / values;
    }

    /** Octets of a part that is no value, in a name. */
    private static int length(String part) {
        return switch (part) {
            case "%Y" -> 4;
            case "%%" -> 1;
            default -> part.getBytes(UTF_8).length;
        };
    }

    private static int units(List<String> parts) {
        int units = 0;
        for (String part : parts) {
            units = Math.max(units, UNITS.indexOf(part) + 1);
        }
        for (int unit = 0; unit < units; unit++) {
            if (!parts.contains(UNITS.get(unit))) {
                throw new IllegalArgumentException(
                        UNITS.get(units - 1)
                                + " needs "
                                + UNITS.get(unit)
                                + " as well, or names would come again");
            }
        }
        return units;
    }

    private static String regex(List<String> parts) {
        StringBuilder regex = new StringBuilder();
        boolean[] seen = new boolean[UNITS.size()];
        for (String part : parts) {
            int unit = UNITS.indexOf(part);
            if (VALUES.contains(part)) {
                regex.append(PathValue.PATTERN);
            } else if (unit < 0) {
                regex.append(Pattern.quote(part.equals("%%") ? "%" : part));
            } else if (seen[unit]) {
                regex.append("\\k<u").append(unit).append('>');
            } else {
                regex.append("(?<u").append(unit).append(unit == 0 ? ">\\d{4})" : ">\\d{2})");
                seen[unit] = true;
            }
        }
        return regex.toString();
    }

    /** The folder below which all files of this template lie; has no date in it. */
    public Path root() {
        return root;
    }

    /** Whether the file depends on more than the time of a message. */
    boolean hasValues() {
        return parts.stream().anyMatch(VALUES::contains);
    }

    /** Whether the path has this value in it, such as {@code %host%}. */
    boolean has(String value) {
        return parts.contains(value);
    }

    /** The file for messages received at this time; for a path without values. */
    DatedName at(long micros, ZoneId zone) {
        return at(micros, zone, new MessageHeader());
    }

    /** The file for messages received at this time, with these values. */
    DatedName at(long micros, ZoneId zone, MessageHeader header) {
        LocalDateTime time =
                LocalDateTime.ofInstant(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), zone);
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            switch (part) {
                case "%Y" -> name.append(String.format(Locale.ROOT, "%04d", time.getYear()));
                case "%m" -> twoDigits(name, time.getMonthValue());
                case "%d" -> twoDigits(name, time.getDayOfMonth());
                case "%H" -> twoDigits(name, time.getHour());
                case "%%" -> name.append('%');
                case "%host%" -> name.append(PathValue.of(header.host(), maxValues[i]));
                case "%app%" -> name.append(PathValue.of(header.app(), maxValues[i]));
                case "%facility%" -> name.append(Facility.of(header.facility()).label());
                default -> name.append(part);
            }
        }
        return dated(name.toString(), time, zone);
    }

    private static void twoDigits(StringBuilder name, int number) {
        name.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private DatedName dated(String name, LocalDateTime time, ZoneId zone) {
        if (units == 0) {
            return new DatedName(name, Long.MIN_VALUE, NO_END);
        }
        LocalDateTime hour = time.truncatedTo(ChronoUnit.HOURS);
        LocalDateTime start =
                switch (units) {
                    case 1 -> hour.withDayOfYear(1).withHour(0);
                    case 2 -> hour.withDayOfMonth(1).withHour(0);
                    case 3 -> hour.withHour(0);
                    default -> hour;
                };
        LocalDateTime end =
                switch (units) {
                    case 1 -> start.plusYears(1);
                    case 2 -> start.plusMonths(1);
                    case 3 -> start.plusDays(1);
                    default -> start.plusHours(1);
                };
        return new DatedName(name, micros(start, zone), micros(end, zone));
    }

    private static long micros(LocalDateTime time, ZoneId zone) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time.atZone(zone).toInstant());
    }

    /** What the name says about its time; empty if it is not of this template. */
    Optional<DatedName> read(String name, ZoneId zone) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches() || NO_NAME.matcher(name).find()) {
            return Optional.empty();
        }
        try {
            LocalDateTime time =
                    LocalDateTime.of(
                            number(matcher, 0, 1970),
                            number(matcher, 1, 1),
                            number(matcher, 2, 1),
                            number(matcher, 3, 0),
                            0);
            return Optional.of(dated(name, time, zone));
        } catch (java.time.DateTimeException e) {
            return Optional.empty();
        }
    }

    private int number(Matcher matcher, int unit, int otherwise) {
        return unit < units ? Integer.parseInt(matcher.group("u" + unit)) : otherwise;
    }

    /** The files there are, oldest first. */
    List<DatedName> existing(Storage storage, ZoneId zone) throws IOException {
        List<DatedName> found = new ArrayList<>();
        collect(storage, "", depth(), zone, found);
        found.sort(Comparator.comparingLong(DatedName::startMicros).thenComparing(DatedName::name));
        return found;
    }

    private void collect(
            Storage storage, String folder, int depth, ZoneId zone, List<DatedName> found)
            throws IOException {
        for (String entry : storage.list(folder)) {
            String path = folder.isEmpty() ? entry : folder + "/" + entry;
            if (depth > 0) {
                collect(storage, path, depth - 1, zone, found);
            } else {
                read(path, zone).ifPresent(found::add);
            }
        }
    }

    private int depth() {
        return (int) String.join("", parts).chars().filter(c -> c == '/').count();
    }

    /** Folder of a name, relative to the root; empty for the root itself. */
    static String folderOf(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /** The template, as an absolute path. */
    @Override
    public String toString() {
        return root.resolve(String.join("", parts)).toString();
    }
}
