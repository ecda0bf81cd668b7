package io.sealpost.relay.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets of a message as the characters a regular expression sees, without a copy where they are
 * ASCII. Reused from text to text; confined to one event loop.
 *
 * <p>Each look at a character is a step, and the steps are limited: a text that would keep a
 * regular expression busy for longer is given up with {@link TooManyStepsException}.
 */
/*
 * UTF-8 becomes UTF-16, so that "." is a character and never a part of one. An octet that is no
 * UTF-8 becomes one lone surrogate from U+DC80 to U+DCFF, which no valid text holds: it matches
 * ".", and every character still has its place among the octets.
 */
final class OctetText implements CharSequence {
    /** Enough for any sane expression on a short text. */
    private static final int FREE_STEPS = 4096;

    /** Looks at each character that an expression may take. */
    private static final int STEPS_PER_CHARACTER = 32;

    private static final char LONE = '\uDC00';
    private static final byte[] NOTHING = new byte[0];

    private byte[] octets = NOTHING;
    private int offset;
    private int end;
    private boolean direct = true;
    private char[] chars = new char[0];

    /** Where each character begins among the octets; one more for the end. */
    private int[] starts = new int[0];

    private int length;
    private int steps;

    /** Shows {@code b[from, to)}. */
    void show(byte[] b, int from, int to) {
        begin(b, from, to);
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= b[i];
        }
        if (all >= 0) {
            length = to - from;
        } else {
            decode(false);
        }
    }

    /** Shows a PARAM-VALUE, RFC 5424 §6.3.3, without the backslashes that escape. */
    void showEscaped(byte[] b, int from, int to) {
        begin(b, from, to);
        for (int i = from; i < to; i++) {
            if (b[i] < 0 || b[i] == '\\') {
                decode(true);
                return;
            }
        }
        length = to - from;
    }

    private void begin(byte[] b, int from, int to) {
        octets = b;
        offset = from;
        end = to;
        direct = true;
    }

    /** Gives the next search its steps. */
    void allowSteps() {
        steps = FREE_STEPS + STEPS_PER_CHARACTER * length;
    }

    /** Where the character with this index begins among the octets; the length gives the end. */
    int octetOf(int index) {
        return direct ? offset + index : starts[index];
    }

    private void decode(boolean escaped) {
        direct = false;
        if (chars.length < end - offset) {
            chars = new char[Math.max(end - offset, 2 * chars.length)];
            starts = new int[chars.length + 1];
        }
        int count = 0;
        int at = offset;
        while (at < end) {
            int from = at;
            if (escaped && octets[at] == '\\' && at + 1 < end && escapes(octets[at + 1])) {
                at++;
            }
            int octet = octets[at];
            int width = octet >= 0 ? 1 : width(octets, at, end);
            if (width == 4) {
                int point = point(octets, at);
                starts[count] = from;
                chars[count++] = Character.highSurrogate(point);
                starts[count] = from;
                chars[count++] = Character.lowSurrogate(point);
            } else {
                starts[count] = from;
                chars[count++] = character(octet, width, at);
            }
            at += Math.max(1, width);
        }
        starts[count] = end;
        length = count;
    }

    private char character(int octet, int width, int at) {
        return switch (width) {
            case 1 -> (char) octet;
            case 2 -> (char) ((octet & 0x1F) << 6 | (octets[at + 1] & 0x3F));
            case 3 ->
                    (char)
                            ((octet & 0x0F) << 12
                                    | (octets[at + 1] & 0x3F) << 6
                                    | (octets[at + 2] & 0x3F));
            default -> (char) (LONE + (octet & 0xFF));
        };
    }

    private static boolean escapes(byte octet) {
        return octet == '"' || octet == '\\' || octet == ']';
    }

    private static int point(byte[] b, int at) {
        return (b[at] & 0x07) << 18
                | (b[at + 1] & 0x3F) << 12
                | (b[at + 2] & 0x3F) << 6
                | (b[at + 3] & 0x3F);
    }

    /**
     * Octets of the well-formed character above ASCII that begins here (Unicode table 3-7), or 0.
     */
    private static int width(byte[] b, int at, int end) {
        int first = b[at] & 0xFF;
        int second = at + 1 < end ? b[at + 1] & 0xFF : 0;
        if (first >= 0xC2 && first <= 0xDF) {
            return continues(second) ? 2 : 0;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            boolean good =
                    continues(second)
                            && (first != 0xE0 || second >= 0xA0)
                            && (first != 0xED || second <= 0x9F);
            return good && at + 2 < end && continues(b[at + 2] & 0xFF) ? 3 : 0;
        }
        if (first >= 0xF0 && first <= 0xF4) {
            boolean good =
                    continues(second)
                            && (first != 0xF0 || second >= 0x90)
                            && (first != 0xF4 || second <= 0x8F);
            return good
                            && at + 3 < end
                            && continues(b[at + 2] & 0xFF)
                            && continues(b[at + 3] & 0xFF)
                    ? 4
                    : 0;
        }
        return 0;
    }

    private static boolean continues(int octet) {
        return octet >= 0x80 && octet <= 0xBF;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        if (--steps < 0) {
            throw TooManyStepsException.INSTANCE;
        }
        return direct ? (char) octets[offset + index] : chars[index];
    }

    @Override
    public CharSequence subSequence(int from, int to) {
        return toString().substring(from, to);
    }

    @Override
    public String toString() {
        return direct
                ? new String(octets, offset, length, StandardCharsets.US_ASCII)
                : new String(Arrays.copyOf(chars, length));
    }
}
