package io.sealpost.protocol.parse;

import java.nio.charset.StandardCharsets;

/** The severity words that some devices (F5) write between HOSTNAME and tag. */
final class SeverityWords {
    private static final byte[][] WORDS = {
        ascii("emerg"), ascii("alert"), ascii("crit"), ascii("err"), ascii("error"),
        ascii("warning"), ascii("warn"), ascii("notice"), ascii("info"), ascii("debug")
    };

    private SeverityWords() {}

    /** Behind a severity word and its blanks, or -1 where another word stands. */
    static int behind(byte[] b, int p, int end) {
        for (byte[] word : WORDS) {
            int q = p + word.length;
            if (q < end && Octets.blank(b[q]) && Octets.startsWith(b, p, end, word)) {
                return Octets.skipBlanks(b, q, end);
            }
        }
        return -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
