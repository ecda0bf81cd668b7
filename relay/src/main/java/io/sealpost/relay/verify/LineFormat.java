package io.sealpost.relay.verify;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** How messages stand in a file, as its first lines show. */
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

    private static final Pattern MESSAGE = Pattern.compile("(?s)<[0-9]{1,3}>1 .*");
    private static final Pattern COUNTED = Pattern.compile("[0-9] <[0-9]{1,3}>1 ");
    private static final Pattern BEGUN = Pattern.compile("(?:^|\n)<[0-9]{1,3}>1 ");
    private static final Pattern OLD_TIME =
            Pattern.compile("(?s)[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} .*");
    private static final Pattern NEW_TIME =
            Pattern.compile("(?s)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+) .*");

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

    /** The format of most of the lines with which a file begins. */
    static LineFormat of(byte[] octets, int length) {
        int[] votes = new int[values().length];
        String text = new String(octets, 0, length, StandardCharsets.ISO_8859_1);
        if (COUNTED.matcher(text).results().count() > BEGUN.matcher(text).results().count()) {
            return OCTET_COUNTED;
        }
        text.lines().filter(line -> !line.isEmpty()).limit(200).forEach(line -> vote(line, votes));
        LineFormat best = LINES;
        for (LineFormat format : values()) {
            best = votes(votes, format) > votes(votes, best) ? format : best;
        }
        return best;
    }

    @SuppressWarnings("EnumOrdinal") // an array of all values
    private static int votes(int[] votes, LineFormat format) {
        return votes[format.ordinal()];
    }

    @SuppressWarnings("EnumOrdinal") // an array of all values
    private static void vote(String line, int[] votes) {
        votes[ofLine(line).ordinal()]++;
    }

    private static LineFormat ofLine(String line) {
        if (MESSAGE.matcher(line).matches()) {
            return LINES;
        }
        if (OLD_TIME.matcher(line).matches()) {
            return TRADITIONAL;
        }
        if (NEW_TIME.matcher(line).matches()) {
            return ISO_TIME;
        }
        return OTHER;
    }
}
