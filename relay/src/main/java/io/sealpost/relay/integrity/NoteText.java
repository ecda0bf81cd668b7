package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The characters and numbers that the text formats have in common. */
final class NoteText {
    /** NEXT LINE: a space to Unicode, but not to {@link Character}. */
    private static final int NEXT_LINE = 0x85;

    private static final int FIRST_PRINTABLE = 0x20;

    /** Digits of the largest long. */
    private static final int MAX_DIGITS = 19;

    private NoteText() {}

    /** The text of octets that are UTF-8 without control characters other than newline. */
    static String decode(byte[] octets, int maxOctets) throws NoteFormatException {
        if (octets.length > maxOctets) {
            throw new NoteFormatException("longer than " + maxOctets + " octets");
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
            if (!isPlain(text)) {
                throw new NoteFormatException("control characters");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new NoteFormatException("not UTF-8");
        }
    }

    /** Whether the text has no control characters below U+0020 but newline, and is encodable. */
    static boolean isPlain(String text) {
        return text.codePoints().allMatch(c -> c == '\n' || isPlain(c));
    }

    /** Whether the text can be one line of a note. */
    static boolean isLine(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(NoteText::isPlain);
    }

    private static boolean isPlain(int c) {
        return c >= FIRST_PRINTABLE && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    /** Whether the text can be the name of a key: no spaces and no plus. */
    static boolean isKeyName(String text) {
        return isLine(text) && text.codePoints().noneMatch(c -> c == '+' || isSpace(c));
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
    }

    /** A number from 0 to the largest long, in decimal digits without leading zeroes. */
    static long number(String digits) throws NoteFormatException {
        boolean canonical =
                !digits.isEmpty()
                        && digits.length() <= MAX_DIGITS
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                        && (digits.length() == 1 || digits.charAt(0) != '0');
        if (canonical) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                // beyond the largest long
            }
        }
        throw new NoteFormatException("not a number");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
