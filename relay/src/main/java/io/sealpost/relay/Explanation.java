package io.sealpost.relay;

import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.message.SyslogMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How one message is understood.
 *
 * @param bytes the RFC 5424 message, without framing
 * @param routes names or numbers of the routes it takes; none where none are written
 * @param upstreams the upstreams it goes to: names, and what each guarantees
 */
record Explanation(
        SyslogMessage message, Sent bytes, List<String> routes, Map<String, String> upstreams) {
    /** The octets sent. */
    static final class Sent {
        private final byte[] octets;

        Sent(byte[] octets) {
            this.octets = octets;
        }
    }

    byte[] sent() {
        return bytes.octets.clone();
    }

    /** Names of the reasons, in their order on disk. */
    List<String> reasons() {
        return message.reasons().stream().sorted().map(Reason::label).toList();
    }

    /** For people. */
    String text() {
        List<String> reasons = reasons();
        return line("form", message.form().label())
                + line("unchanged", message.unchanged() ? "yes, sent byte for byte" : "no")
                + line("reasons", reasons.isEmpty() ? "none" : String.join(", ", reasons))
                + line(
                        "facility",
                        message.priority().facility().number()
                                + " "
                                + message.priority().facility().label())
                + line(
                        "severity",
                        message.priority().severity().number()
                                + " "
                                + message.priority().severity().label())
                + line("timestamp", message.timestamp())
                + line("hostname", message.hostname())
                + line("app-name", message.appName())
                + line("procid", message.procId())
                + line("msgid", message.msgId())
                + line("sd", visible(message.structuredData().text()))
                + line("msg", visible(message.text().text()))
                + line("routes", routes.isEmpty() ? "none" : String.join(", ", routes))
                + line(
                        "upstreams",
                        upstreams.isEmpty()
                                ? "none, it is dropped and counted"
                                : String.join(", ", upstreams.keySet()))
                + upstreams.entrySet().stream()
                        .map(upstream -> line("  " + upstream.getKey(), upstream.getValue()))
                        .collect(Collectors.joining())
                + line("sent", visible(new String(bytes.octets, StandardCharsets.UTF_8)));
    }

    private static String line(String name, String value) {
        return String.format("%-10s %s%n", name, value);
    }

    /** Control characters would change the terminal. */
    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                visible.append(String.format("\\x%02x", (int) c));
            } else {
                visible.append(c);
            }
        }
        return visible.toString();
    }
}
