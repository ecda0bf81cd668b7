package io.sealpost.relay.seal;

import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origin of a log: {@code BASE}, and after a log was closed {@code BASE/2}, {@code BASE/3}.
 *
 * @param base what all of them have
 * @param number from 1
 */
public record LogName(String base, long number) {
    private static final int MAX_NAME = 200;
    private static final Pattern LATER = Pattern.compile("(.+)/([2-9]|[1-9][0-9]{1,8})");

    /** The name that an origin tells. */
    public static LogName of(String origin) {
        Matcher later = LATER.matcher(origin);
        return later.matches()
                ? new LogName(later.group(1), Long.parseLong(later.group(2)))
                : new LogName(origin, 1);
    }

    /** A new one of the relay of this name, which nobody else has. */
    public static LogName random(String relay, RandomGenerator random) {
        String host = relay.length() > MAX_NAME ? relay.substring(0, MAX_NAME) : relay;
        return new LogName(
                host.replaceAll("[^!-~]|\\+", "-")
                        + "/sealpost/"
                        + String.format(Locale.ROOT, "%016x", random.nextLong()),
                1);
    }

    LogName withNumber(long other) {
        return new LogName(base, other);
    }

    /** As it stands in checkpoints. */
    public String origin() {
        return number == 1 ? base : base + '/' + number;
    }
}
