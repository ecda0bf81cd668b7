package io.sealpost.relay.config;

import io.sealpost.protocol.message.Severity;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Severities as they are written: {@code error}, or {@code >= warning}: warning and worse. */
final class SeverityRange {
    private static final Pattern TEXT = Pattern.compile("\\s*(>=|<=|>|<|=|)\\s*(\\S+)\\s*");

    /** Also the short names of syslog.h. */
    private static final Map<String, Severity> WORDS = new LinkedHashMap<>();

    static {
        Arrays.stream(Severity.values()).forEach(each -> WORDS.put(each.label(), each));
        WORDS.put("emerg", Severity.EMERGENCY);
        WORDS.put("crit", Severity.CRITICAL);
        WORDS.put("err", Severity.ERROR);
        WORDS.put("warn", Severity.WARNING);
    }

    private SeverityRange() {}

    static Set<Severity> parse(String text) throws BadValueException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is no severity", "write error or \">= warning\"");
        }
        Severity named = severity(matcher.group(2));
        // the more severe, the smaller the number
        return switch (matcher.group(1)) {
            case ">=" -> EnumSet.range(Severity.EMERGENCY, named);
            case "<=" -> EnumSet.range(named, Severity.DEBUG);
            case ">" -> without(named, EnumSet.range(Severity.EMERGENCY, named), text);
            case "<" -> without(named, EnumSet.range(named, Severity.DEBUG), text);
            default -> EnumSet.of(named);
        };
    }

    static Severity severity(String word) throws BadValueException {
        Severity found = WORDS.get(word.toLowerCase(Locale.ROOT));
        if (found == null) {
            List<String> known = Arrays.stream(Severity.values()).map(Severity::label).toList();
            String right = "use " + String.join(", ", known);
            throw new BadValueException(
                    "\"" + word + "\" is no severity",
                    Nearest.to(word, WORDS.keySet())
                            .map(near -> right + "; did you mean " + near + "?")
                            .orElse(right));
        }
        return found;
    }

    private static Set<Severity> without(Severity named, EnumSet<Severity> range, String text)
            throws BadValueException {
        range.remove(named);
        if (range.isEmpty()) {
            throw new BadValueException("no severity is " + text, "take it out");
        }
        return range;
    }
}
