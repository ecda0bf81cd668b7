package io.sealpost.relay.verify;

import java.nio.charset.StandardCharsets;

/** A line as it can be shown on a terminal, whatever is in it. */
final class LineText {
    private static final int MOST_OCTETS = 160;

    private LineText() {}

    static String of(byte[] octets, int begin, int end) {
        int shown = Math.min(end - begin, MOST_OCTETS);
        String text = new String(octets, begin, shown, StandardCharsets.UTF_8);
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT) {
                                safe.append(String.format("\\x%02x", c));
                            } else {
                                safe.appendCodePoint(c);
                            }
                        });
        return safe + (shown < end - begin ? "..." : "");
    }
}
