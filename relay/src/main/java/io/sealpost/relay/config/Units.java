package io.sealpost.relay.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as they are written in conf files. */
final class Units {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(-?[0-9.]+)\\s*([A-Za-z]*)");
    private static final Map<String, Long> SIZES = new LinkedHashMap<>();
    private static final Map<String, Long> MICROS = new LinkedHashMap<>();

    static {
        SIZES.put("B", 1L);
        SIZES.put("KiB", 1L << 10);
        SIZES.put("MiB", 1L << 20);
        SIZES.put("GiB", 1L << 30);
        SIZES.put("TiB", 1L << 40);
        MICROS.put("us", 1L);
        MICROS.put("ms", 1_000L);
        MICROS.put("s", 1_000_000L);
        MICROS.put("m", 60_000_000L);
        MICROS.put("h", 3_600_000_000L);
        MICROS.put("d", 86_400_000_000L);
    }

    private Units() {}

    static long parseSize(String text) throws BadValueException {
        return parse(
                text, SIZES, "size", "write it as \"64 KiB\"; units are B, KiB, MiB, GiB, TiB");
    }

    static Duration parseDuration(String text) throws BadValueException {
        long micros =
                parse(
                        text,
                        MICROS,
                        "duration",
                        "write it as \"30 s\"; units are us, ms, s, m, h, d");
        return Duration.ofNanos(Math.multiplyExact(micros, 1_000L));
    }

    private static long parse(String text, Map<String, Long> units, String what, String right)
            throws BadValueException {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new BadValueException("\"" + text + "\" is no " + what, right);
        }
        String unit = matcher.group(2);
        Long factor = units.get(unit);
        if (factor == null) {
            String wrong =
                    unit.isEmpty()
                            ? "\"" + text + "\" has no unit"
                            : "\"" + unit + "\" is no unit of a " + what;
            throw new BadValueException(wrong, right);
        }
        String digits = matcher.group(1);
        if (digits.indexOf('.') >= 0) {
            throw new BadValueException(
                    "\"" + text + "\" is no whole number", "use a smaller unit instead");
        }
        BigInteger value = new BigInteger(digits).multiply(BigInteger.valueOf(factor));
        // Larger values than these are out of every range; they must not overflow on the way.
        return value.min(BigInteger.valueOf(Long.MAX_VALUE / 1_000L))
                .max(BigInteger.valueOf(-1))
                .longValueExact();
    }

    /** With the largest unit that leaves a whole number. */
    static String size(long octets) {
        return format(octets, SIZES, "B");
    }

    /** With the largest unit that leaves a whole number. */
    static String duration(Duration duration) {
        return format(duration.toNanos() / 1_000L, MICROS, "s");
    }

    private static String format(long value, Map<String, Long> units, String zeroUnit) {
        String text = "0 " + zeroUnit;
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (value != 0 && value % unit.getValue() == 0) {
                text = value / unit.getValue() + " " + unit.getKey();
            }
        }
        return text;
    }
}
