package io.sealpost.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Chunks as a listener reads them: whole messages of 200 octets, framed one way or the other. */
final class Streams {
    static final int MESSAGES = 300;
    private static final int MESSAGE_OCTETS = 200;

    private Streams() {}

    static byte[] chunk(String framing, String form) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        for (int i = 0; i < MESSAGES; i++) {
            String message = message(form, i);
            String frame =
                    switch (framing) {
                        case "counted" -> message.length() + " " + message;
                        case "line" -> message + "\n";
                        default -> throw new IllegalArgumentException(framing);
                    };
            chunk.writeBytes(frame.getBytes(StandardCharsets.US_ASCII));
        }
        return chunk.toByteArray();
    }

    private static String message(String form, int i) {
        String head =
                switch (form) {
                    case "rfc5424" ->
                            "<134>1 2026-11-24T10:00:00.%06dZ host%03d app 1000 ID47 - "
                                    .formatted(i, i);
                    case "rfc5424sd" ->
                            "<134>1 2026-11-24T10:00:00.%06dZ host%03d app 1000 ID47 [ex@32473 seq=\"%d\"] "
                                    .formatted(i, i, i);
                    case "rfc3164" -> "<134>Nov 24 10:00:00 host%03d app[1000]: ".formatted(i);
                    default -> throw new IllegalArgumentException(form);
                };
        String text = "connection from 192.0.2.17 port 49152 accepted by worker; session opened ";
        return (head + text.repeat(3)).substring(0, MESSAGE_OCTETS);
    }
}
