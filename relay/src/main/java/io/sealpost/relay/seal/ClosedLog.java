package io.sealpost.relay.seal;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A log that was closed, and why: the file {@code closed} in its folder, a line for each.
 *
 * @param origin of the closed log
 * @param next origin of the one that follows it
 * @param size entries of the closed one on disk
 * @param root of these, base64
 * @param reason a sentence
 */
public record ClosedLog(String origin, String next, long size, String root, String reason) {
    private static final int LINES = 5;

    byte[] encode() {
        return String.join("\n", origin, next, Long.toString(size), root, reason, "")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Throws IllegalArgumentException where the octets are another file's. */
    static ClosedLog decode(byte[] octets) {
        List<String> lines = new String(octets, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() != LINES) {
            throw new IllegalArgumentException("not " + LINES + " lines");
        }
        return new ClosedLog(
                lines.get(0),
                lines.get(1),
                Long.parseLong(lines.get(2)),
                lines.get(3),
                lines.get(4));
    }
}
