package io.sealpost.relay;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Messages as lines for a terminal: what would end the line, move the cursor or is no UTF-8 is
 * shown as {@code \n}, {@code \t}, {@code \x1b}. Confined to one thread.
 */
final class PrintableLine {
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);

    /** The message as text, with escapes. */
    String of(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        CharBuffer chars = CharBuffer.allocate(message.length + 1);
        StringBuilder line = new StringBuilder(message.length + 16);
        decoder.reset();
        while (true) {
            CoderResult result = decoder.decode(in, chars, true);
            append(chars.flip(), line);
            chars.clear();
            if (!result.isError()) {
                return line.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                hex(in.get() & 0xff, line);
            }
        }
    }

    private static void append(CharBuffer chars, StringBuilder line) {
        while (chars.hasRemaining()) {
            char c = chars.get();
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        hex(c, line);
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }

    private static void hex(int octet, StringBuilder line) {
        line.append("\\x")
                .append(Character.forDigit(octet >> 4, 16))
                .append(Character.forDigit(octet & 15, 16));
    }
}
