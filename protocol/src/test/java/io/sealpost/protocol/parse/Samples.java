package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.SyslogMessage;
import io.sealpost.protocol.support.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Our own samples, resources/samples/messages.txt: blocks of a name, the message, and the line that
 * says what must come of it. Escapes are {@code \n \r \t \0 \\ \xHH}.
 */
record Samples(String name, String message, String expected) {
    static List<Samples> all() throws IOException {
        List<Samples> samples = new ArrayList<>();
        try (InputStream in = Samples.class.getResourceAsStream("/samples/messages.txt")) {
            List<String> lines =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("//"))
                            .toList();
            for (int i = 0; i + 2 < lines.size(); i += 3) {
                samples.add(
                        new Samples(
                                lines.get(i).substring(2),
                                unescape(lines.get(i + 1).substring(2)),
                                lines.get(i + 2).substring(2)));
            }
        }
        return samples;
    }

    Parsed parsed() {
        return Parsed.of(message);
    }

    String describe(Parsed parsed) {
        SyslogMessage m = parsed.message();
        return String.join(
                        " ",
                        m.form().label(),
                        String.valueOf(m.priority().value()),
                        m.timestamp(),
                        m.hostname(),
                        m.appName(),
                        m.procId(),
                        m.msgId(),
                        m.structuredData().text(),
                        "{" + escape(m.text().toArray()) + "}",
                        String.join(",", parsed.reasons()))
                .strip();
    }

    private static String escape(byte[] octets) {
        StringBuilder out = new StringBuilder();
        for (byte octet : octets) {
            if (octet == '\\') {
                out.append("\\\\");
            } else if (octet < ' ' || octet == 0x7f) {
                out.append(String.format("\\x%02x", octet & 0xff));
            } else {
                out.append((char) octet);
            }
        }
        return out.toString();
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            switch (text.charAt(i++)) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i, i + 2), 16));
                    i += 2;
                }
                default -> out.append(text.charAt(i - 1));
            }
        }
        return out.toString();
    }
}
