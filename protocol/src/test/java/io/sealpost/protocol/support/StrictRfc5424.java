package io.sealpost.protocol.support;

import io.sealpost.protocol.message.Slice;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of RFC 5424 §6 as one pattern, written independently of the parser: the judge of what
 * leaves the relay. SD names may be of any length.
 *
 * @param sd STRUCTURED-DATA
 * @param msg MSG
 */
public record StrictRfc5424(
        int priority,
        String timestamp,
        String hostname,
        String appName,
        String procId,
        String msgId,
        String sd,
        Slice msg) {
    private static final String NAME = "[!#-<>-\\\\^-~]+";
    private static final String ELEMENT =
            "\\[" + NAME + "(?: " + NAME + "=\"(?:[^\"\\\\\\]]|\\\\.)*+\")*+\\]";
    private static final String DATE = "(\\d{4})-(\\d{2})-(\\d{2})";
    private static final String TIME = "T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?";
    private static final String OFFSET = "(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
    private static final Pattern MESSAGE =
            Pattern.compile(
                    "<(0|[1-9]\\d{0,2})>1 (-|"
                            + DATE
                            + TIME
                            + OFFSET
                            + ") ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) (-|(?:"
                            + ELEMENT
                            + ")++)(?: (.*+))?",
                    Pattern.DOTALL);

    /** The fields of this message; an assertion error says that it is not well-formed. */
    public static StrictRfc5424 parse(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        Matcher m = MESSAGE.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(1)) > 191) {
            throw new AssertionError("not RFC 5424: " + text);
        }
        if (m.group(3) != null) {
            date(m, text);
        }
        String msg = m.group(12) == null ? "" : m.group(12);
        return new StrictRfc5424(
                Integer.parseInt(m.group(1)),
                m.group(2),
                m.group(7),
                m.group(8),
                m.group(9),
                m.group(10),
                m.group(11),
                Slice.copyOf(msg.getBytes(StandardCharsets.ISO_8859_1), 0, msg.length()));
    }

    private static void date(Matcher m, String text) {
        try {
            LocalDate.of(
                    Math.max(1, Integer.parseInt(m.group(3))),
                    Integer.parseInt(m.group(4)),
                    Integer.parseInt(m.group(5)));
        } catch (DateTimeException e) {
            throw new AssertionError("no such date: " + text, e);
        }
    }
}
