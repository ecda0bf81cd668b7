package io.sealpost.relay.route;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import java.util.Arrays;
import java.util.regex.Matcher;

/**
 * Carries out one redaction on message after message, in memory of its own that is reused. Confined
 * to one event loop.
 *
 * <p>It fails closed: a text on which the expression takes too many steps is replaced as a whole.
 */
/*
 * Each redaction has a body of its own, so that what an earlier one of the same message left can be
 * read while this one writes.
 */
final class Redactor {
    /** A redacted body is at most so much longer than before; what is more is cut. */
    static final int GROWTH = 1024;

    private final OctetText text = new OctetText();
    private final Matcher matcher;
    private final byte[] with;
    private final byte[] withEscaped;
    private byte[] out = new byte[0];
    private int length;
    private int limit;
    private boolean full;
    private boolean found;
    private boolean givenUp;

    Redactor(Redaction redaction) {
        matcher = redaction.pattern().matcher(text);
        with = redaction.with().getBytes(US_ASCII);
        withEscaped = redaction.with().replaceAll("([\"\\\\\\]])", "\\\\$1").getBytes(US_ASCII);
    }

    /** The expression. */
    String pattern() {
        return matcher.pattern().pattern();
    }

    /** Redacts the message; whether the expression was given up on any text of it. */
    boolean redact(MessageScan scan) {
        byte[] b = scan.bodySource();
        int data = scan.structuredDataOffset();
        int dataEnd = data + scan.structuredDataLength();
        int begin = scan.textOffset();
        int end = begin + scan.textLength();
        limit = dataEnd - data + end - begin + GROWTH;
        length = 0;
        full = false;
        found = false;
        givenUp = false;
        structuredData(b, data, dataEnd);
        if (full) {
            // half an element would be none
            length = 0;
        }
        int dataLength = length;
        boolean dataCut = full;
        full = false;
        int mark = byteOrderMark(b, begin, end);
        put(b, begin, begin + mark);
        text.show(b, begin + mark, end);
        replace(b, begin + mark, end, with);
        if (found) {
            scan.body(out, dataLength, cutAtCharacter() - dataLength);
            scan.changed(Reason.REDACTED);
            if (full || dataCut) {
                scan.add(Reason.TRUNCATED);
            }
        }
        return givenUp;
    }

    private void structuredData(byte[] b, int from, int to) {
        int copied = from;
        int at = from;
        while (at < to) {
            if (b[at++] == '"') {
                int value = at;
                while (b[at] != '"') {
                    at += b[at] == '\\' ? 2 : 1;
                }
                put(b, copied, value);
                text.showEscaped(b, value, at);
                replace(b, value, at, withEscaped);
                copied = at++;
            }
        }
        put(b, copied, to);
    }

    /** Writes the shown text, which lies in {@code b[from, to)}, with what is found replaced. */
    private void replace(byte[] b, int from, int to, byte[] by) {
        int start = length;
        int copied = from;
        text.allowSteps();
        matcher.reset();
        try {
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    found = true;
                    put(b, copied, text.octetOf(matcher.start()));
                    put(by, 0, by.length);
                    copied = text.octetOf(matcher.end());
                }
            }
            put(b, copied, to);
        } catch (TooManyStepsException | StackOverflowError _) {
            givenUp = true;
            found = true;
            length = start;
            put(by, 0, by.length);
        }
    }

    private void put(byte[] b, int from, int to) {
        int count = Math.min(to - from, limit - length);
        full |= count < to - from;
        if (out.length < length + count) {
            out = Arrays.copyOf(out, Math.max(length + count, 2 * out.length));
        }
        System.arraycopy(b, from, out, length, count);
        length += count;
    }

    /** Where MSG ends if it was cut: not within a character of UTF-8. */
    private int cutAtCharacter() {
        if (!full) {
            return length;
        }
        int end = length;
        for (int back = 1; back <= 3 && back <= length; back++) {
            int octet = out[length - back] & 0xFF;
            if (octet >= 0xC0) {
                int needed = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : 2;
                return back < needed ? length - back : end;
            }
            if (octet < 0x80) {
                return end;
            }
        }
        return end;
    }

    private static int byteOrderMark(byte[] b, int from, int to) {
        boolean mark =
                to - from >= 3
                        && b[from] == (byte) 0xEF
                        && b[from + 1] == (byte) 0xBB
                        && b[from + 2] == (byte) 0xBF;
        return mark ? 3 : 0;
    }
}
