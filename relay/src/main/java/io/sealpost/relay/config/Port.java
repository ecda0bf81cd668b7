package io.sealpost.relay.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A port that a conf file asks for.
 *
 * @param key as it is written, for example {@code listeners.udp.bind}
 * @param udp whether it is one of UDP, not TCP
 */
public record Port(String key, Endpoint bind, boolean udp, Lines lines) {
    /** Those that could be read, whatever is wrong beside them. */
    static List<Port> of(Block root) {
        Lines lines = Lines.of(root);
        List<Port> ports = new ArrayList<>();
        root.block("listeners")
                .named()
                .forEach(
                        (name, listener) -> {
                            if (listener.has("bind") && listener.has("transport")) {
                                ports.add(
                                        new Port(
                                                "listeners." + name + ".bind",
                                                listener.get("bind", Endpoint.class),
                                                listener.get(
                                                                "transport",
                                                                Schema.ListenerTransport.class)
                                                        == Schema.ListenerTransport.UDP,
                                                lines));
                            }
                        });
        root.block("admin")
                .find("bind", Endpoint.class)
                .ifPresent(bind -> ports.add(new Port("admin.bind", bind, false, lines)));
        return ports;
    }

    /** A problem with it, found outside the file. */
    public ConfigProblem problem(String message) {
        return lines.problem(key, message);
    }
}
