package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import java.io.IOException;

/** Wires the rooms together as the configuration says. */
final class Assembly {
    private Assembly() {}

    @SuppressWarnings("DoNotCallSuggester") // stands in until the rooms are there to be wired
    static Relay of(RelayConfig config) throws IOException {
        throw new IOException(
                "the rooms are not wired together yet ("
                        + config.listeners().size()
                        + " listeners)");
    }
}
