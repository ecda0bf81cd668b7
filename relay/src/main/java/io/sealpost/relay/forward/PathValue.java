package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Makes a value of a message, which any sender can choose, fit for a part of a file's name: it
 * never names another folder, and is never empty or too long.
 */
final class PathValue {
    /** What values look like, for a regular expression. */
    static final String PATTERN = "[A-Za-z0-9._-]+";

    /** No limit may be below this. */
    static final int LEAST_LIMIT = 32;

    /** Digits and the dash behind a value that was cut. */
    private static final int MARK = 9;

    private PathValue() {}

    /**
     * The value with each other octet as {@code _}, also the dots of {@code .} and {@code ..}. A
     * longer one is cut and ends with a checksum of the whole, so that two long ones differ.
     *
     * @param value an octet a character
     */
    static String of(String value, int maxLength) {
        if (value.isEmpty()) {
            return "_";
        }
        if (value.equals(".") || value.equals("..")) {
            return "_".repeat(value.length());
        }
        int length = value.length() <= maxLength ? value.length() : maxLength - MARK;
        StringBuilder name = new StringBuilder(maxLength);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            name.append(isPlain(c) ? c : '_');
        }
        if (length < value.length()) {
            CRC32C crc = new CRC32C();
            crc.update(value.getBytes(ISO_8859_1));
            name.append('-').append(HexFormat.of().toHexDigits((int) crc.getValue()));
        }
        return name.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
