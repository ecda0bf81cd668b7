package io.sealpost.protocol.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.protocol.message.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The examples of a page in docs/format: code blocks of two lines, a message and what it becomes.
 */
public final class FormatPage {
    private static final Pattern EXAMPLE =
            Pattern.compile("^```\\n(.+)\\n(.+)\\n```$", Pattern.MULTILINE);
    private static final Pattern OCTET = Pattern.compile("\\\\x([0-9A-F]{2})");

    private FormatPage() {}

    /** A message and what it becomes. */
    public record Example(Slice message, String becomes) {}

    /** The examples of this page, in its order. */
    public static List<Example> examples(String name) {
        try {
            String page = Files.readString(Path.of("..", "docs", "format", name));
            return EXAMPLE.matcher(page)
                    .results()
                    .map(block -> new Example(octets(block.group(1)), block.group(2)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Slice octets(String line) {
        String latin = new String(line.getBytes(UTF_8), ISO_8859_1);
        byte[] octets =
                OCTET.matcher(latin)
                        .replaceAll(
                                octet -> {
                                    int value = Integer.parseInt(octet.group(1), 16);
                                    return value == '\\' ? "\\\\" : String.valueOf((char) value);
                                })
                        .getBytes(ISO_8859_1);
        return Slice.copyOf(octets, 0, octets.length);
    }
}
