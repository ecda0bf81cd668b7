package io.sealpost.relay.interop;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of a message, read by this test's own few lines so that the relay does not judge
 * itself.
 */
record Fields(
        int pri,
        String timestamp,
        String host,
        String app,
        String procid,
        String msgid,
        String sd,
        String text) {
    private static final Pattern RFC5424 =
            Pattern.compile(
                    "<(\\d{1,3})>1 (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) "
                            + "(-|(?:\\[(?:[^\"\\]]|\"(?:[^\"\\\\]|\\\\.)*\")*\\])+)(?: (.*))?",
                    Pattern.DOTALL);

    static Fields of(String message) {
        Matcher matcher = RFC5424.matcher(message);
        if (!matcher.matches()) {
            throw new AssertionError("not RFC 5424: " + message);
        }
        String text = matcher.group(8);
        return new Fields(
                Integer.parseInt(matcher.group(1)),
                matcher.group(2),
                matcher.group(3),
                matcher.group(4),
                matcher.group(5),
                matcher.group(6),
                matcher.group(7),
                text == null ? "" : text);
    }

    String message() {
        return "<%d>1 %s %s %s %s %s %s %s"
                .formatted(pri, timestamp, host, app, procid, msgid, sd, text);
    }
}
