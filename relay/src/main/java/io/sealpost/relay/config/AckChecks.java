package io.sealpost.relay.config;

import java.util.Map;
import java.util.Optional;

/** Rules about when a RELP listener acknowledges. */
final class AckChecks {
    private final String path;
    private final Block listener;
    private final Map<String, Block> upstreams;
    private final Problems problems;

    /**
     * @param path of the listener, with a last dot
     */
    AckChecks(String path, Block listener, Block upstreams, Problems problems) {
        this.path = path;
        this.listener = listener;
        this.upstreams = upstreams.named();
        this.problems = problems;
    }

    void check() {
        Block delivered = listener.block("delivered");
        boolean waits = listener.get("ack", RelayConfig.Ack.class) == RelayConfig.Ack.DELIVERED;
        if (!waits) {
            if (listener.isWritten("delivered")) {
                problems.add(
                        listener.place("delivered"),
                        path
                                + "delivered: is for nothing without ack = delivered, write that or"
                                + " take it out");
            }
            return;
        }
        if (delivered.list("upstreams", String.class).isEmpty()) {
            problems.add(
                    listener.place("ack"),
                    path
                            + "ack: delivered where? write delivered.upstreams = ["
                            + upstreams.keySet().stream().findFirst().orElse("siem")
                            + "]");
        }
        for (String name : delivered.list("upstreams", String.class)) {
            upstream(delivered, name);
        }
    }

    private void upstream(Block delivered, String name) {
        Block upstream = upstreams.get(name);
        if (upstream == null) {
            Optional<String> near = Nearest.to(name, upstreams.keySet());
            problems.add(
                    delivered.place("upstreams"),
                    path
                            + "delivered.upstreams: there is no upstream "
                            + name
                            + near.map(known -> ", did you mean " + known + "?").orElse(""));
            return;
        }
        boolean datagrams =
                upstream.find("transport", Schema.UpstreamTransport.class)
                        .filter(transport -> transport == Schema.UpstreamTransport.UDP)
                        .isPresent();
        if (datagrams) {
            problems.add(
                    delivered.place("upstreams"),
                    path
                            + "delivered.upstreams: over UDP nobody tells what arrives, take out "
                            + name);
        }
    }
}
