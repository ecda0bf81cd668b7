package io.sealpost.relay.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Pattern;

/** How messages stand in a file, as its beginning shows. */
@SuppressWarnings("EnumOrdinal") // an array of all values
enum LineFormat {
    /** A message a line. */
    LINES("one message a line", ""),
    /** Each message behind its length, RFC 6587 §3.4.1. */
    OCTET_COUNTED("octet-counted", ""),
    /** What syslog-ng and rsyslog write by default, with the old time. */
    TRADITIONAL(
            "the default format of syslog-ng, or RSYSLOG_TraditionalFileFormat of rsyslog",
            "priority, year, fraction and zone of the time, MSGID and structured data"),
    /** RSYSLOG_FileFormat, and syslog-ng with ISO times. */
    ISO_TIME(
            "RSYSLOG_FileFormat of rsyslog, or syslog-ng's format with ISO times",
            "priority, MSGID and structured data"),
    /** Something else. */
    OTHER("a format that is not known", "what messages were made of");

    private static final Pattern MESSAGE = Pattern.compile("<[0-9]{1,3}>1 ");
    private static final Pattern OLD_TIME = Pattern.compile("[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} ");
    private static final Pattern NEW_TIME =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+) ");

    private final String description;
    private final String lost;

    LineFormat(String description, String lost) {
        this.description = description;
        this.lost = lost;
    }

    String description() {
        return description;
    }

    /** What it leaves out of each message. */
    String lost() {
        return lost;
    }

    boolean isWhole() {
        return this == LINES || this == OCTET_COUNTED;
    }

    /**
     * The format that covers most of the octets with which a file begins. Senders choose what
     * stands in messages, so marks inside them, such as octet counts within a line, must not decide
     * it.
     */
    static LineFormat of(byte[] octets, boolean ended) {
        CountedFrames frames = new CountedFrames(octets, ended);
        frames.cut((_, _) -> {});
        long[] covered = new long[values().length];
        new String(octets, StandardCharsets.ISO_8859_1)
                .lines()
                .forEach(line -> covered[ofLine(line).ordinal()] += line.length() + 1);
        if (frames.covered() > Arrays.stream(covered).sum() - covered[OTHER.ordinal()]) {
            return OCTET_COUNTED;
        }
        return Arrays.stream(values())
                .max(Comparator.comparingLong(format -> covered[format.ordinal()]))
                .filter(best -> covered[best.ordinal()] > 0)
                .orElse(LINES);
    }

    private static LineFormat ofLine(String line) {
        if (MESSAGE.matcher(line).lookingAt()) {
            return LINES;
        }
        if (OLD_TIME.matcher(line).lookingAt()) {
            return TRADITIONAL;
        }
        return NEW_TIME.matcher(line).lookingAt() ? ISO_TIME : OTHER;
    }
}
