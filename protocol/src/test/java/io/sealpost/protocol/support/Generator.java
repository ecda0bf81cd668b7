package io.sealpost.protocol.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Makes messages: well-formed ones, and ones put together from good and bad pieces. */
public final class Generator {
    private static final String[] PIECES = {
        "<13>",
        "<34>",
        "<191>",
        "<192>",
        "<0>",
        "<013>",
        "<>",
        "<",
        ">",
        "1 ",
        "2 ",
        "11 ",
        " ",
        "  ",
        "\t",
        ":",
        ": ",
        " : ",
        "-",
        "- ",
        "- - - - ",
        "Nov 24 11:59:59",
        "Oct  1 00:00:00.123",
        "nov 24 11:59:60",
        "Feb 29 10:00:00",
        "Feb 30 10:00:00",
        "Tue Nov 24 11:59:59 2026",
        "2026 Nov 24 11:59:59",
        "Nov 24 2026 11:59:59.1234567",
        "*Mar  1 00:00:36.123",
        ".Nov 24 11:59:59",
        "2026-11-24T11:59:59Z",
        "2026-11-24T11:59:59.123456+01:00",
        "2026-11-24T11:59:59.1234567Z",
        "2026-11-24T11:59:60Z",
        "2026-13-24T11:59:59Z",
        "2026-11-24T11:59:59",
        "2026-11-24 11:59:59,5",
        "2026-11-24T11:59:59+00:00Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999-23:59",
        "9999-12-31T23:59:59",
        "11/24/2026:11:59:59",
        "1637748932.123456",
        "1637748932",
        "00:00:36",
        "1w2d",
        "3d04h",
        "UTC",
        "EST",
        "CEST:",
        "NAS",
        "+02:00",
        "-0100",
        "Z",
        "2026",
        "1987",
        "237: ",
        "12: ",
        "router1: ",
        "RP/0/RSP0/CPU0:",
        "LC/0/1/CPU0:",
        "%SYS-5-CONFIG_I: ",
        "%ASA-6-302013:",
        "host",
        "10.0.0.1",
        "2001:db8::1",
        "::1",
        "[2001:db8::9]",
        "asa1: ",
        "app: ",
        "app[7]: ",
        "app[]:",
        "app[12 34]: ",
        "CEF:0|a|b",
        "LEEF:1.0|",
        "src:10.0.0.1 dst:10.0.0.2",
        "tag:text",
        "info ",
        "a=b: ",
        "{\"a\": \"b: c\"}",
        "last message repeated 5 times",
        "Message forwarded from aix7: ",
        "[a b=\"c\"]",
        "[a b=\"\\\"\\]\\\\\"]",
        "[a",
        "[]",
        "[a b=c]",
        "[sealpost@32473 x=\"1\"]",
        "[nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn@1 a=\"b\"]",
        "\"",
        "\\",
        "]",
        "[",
        "=",
        "\n",
        "\r\n",
        "\0",
        "\u00ef\u00bb\u00bf",
        "\u00ff\u00fe",
        "\u00fc",
        "text",
        "text with: colon"
    };
    private static final String NAMES = "abcXYZ019._-@!#$%&'()*+,/:;<>?[\\^`{|}~";

    private final Random random;

    /** A generator that gives the same messages for the same seed. */
    public Generator(long seed) {
        this.random = new Random(seed);
    }

    /** Any octets: pieces of headers in any order, random octets, or a damaged good message. */
    public byte[] anything() {
        return switch (random.nextInt(5)) {
            case 0 -> octets(random.nextInt(60));
            case 1 -> damaged(wellFormed());
            case 2 -> damaged(bsd().getBytes(StandardCharsets.ISO_8859_1));
            default -> pieces();
        };
    }

    /** A well-formed RFC 5424 message. */
    public byte[] wellFormed() {
        StringBuilder out = new StringBuilder();
        out.append('<').append(random.nextInt(192)).append(">1 ");
        out.append(random.nextInt(8) == 0 ? "-" : timestamp()).append(' ');
        out.append(name(255)).append(' ').append(name(48)).append(' ');
        out.append(name(128)).append(' ').append(name(32)).append(' ');
        out.append(structuredData());
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes(out.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (random.nextBoolean()) {
            octets.write(' ');
            octets.writeBytes(octets(random.nextInt(40)));
        }
        return octets.toByteArray();
    }

    private String bsd() {
        return PIECES[random.nextInt(5)] + "Nov 24 11:59:59 web1 sshd[12]: a text of words";
    }

    private byte[] pieces() {
        StringBuilder out = new StringBuilder();
        int count = random.nextInt(9);
        for (int i = 0; i < count; i++) {
            out.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextBoolean()) {
                out.append(' ');
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] damaged(byte[] message) {
        byte[] octets = message.clone();
        for (int i = random.nextInt(3); i >= 0 && octets.length > 0; i--) {
            int at = random.nextInt(octets.length);
            switch (random.nextInt(3)) {
                case 0 -> octets[at] = (byte) random.nextInt(256);
                case 1 -> octets = Arrays.copyOf(octets, at);
                default -> octets[at] = (byte) " :[]\"<>-\\=".charAt(random.nextInt(10));
            }
        }
        return octets;
    }

    private String timestamp() {
        String fraction = random.nextBoolean() ? "" : "." + "123456".substring(random.nextInt(6));
        String offset = random.nextBoolean() ? "Z" : random.nextBoolean() ? "+05:45" : "-00:00";
        return String.format(
                "%04d-%02d-%02dT%02d:%02d:%02d%s%s",
                random.nextInt(10_000),
                1 + random.nextInt(12),
                1 + random.nextInt(28),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                fraction,
                offset);
    }

    private String name(int max) {
        int length = 1 + random.nextInt(random.nextInt(10) == 0 ? max : 9);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(NAMES.charAt(random.nextInt(NAMES.length())));
        }
        return out.toString();
    }

    private String structuredData() {
        if (random.nextInt(3) == 0) {
            return "-";
        }
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            out.append('[').append(name(32));
            for (int k = random.nextInt(3); k > 0; k--) {
                out.append(' ').append(name(32)).append("=\"").append(value()).append('"');
            }
            out.append(']');
        }
        return out.toString();
    }

    private String value() {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            char c = (char) random.nextInt(256);
            if (c == '"' || c == '\\' || c == ']') {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    private byte[] octets(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }
}
