package io.sealpost.relay.interop;

import java.io.IOException;

/**
 * Messages of senders that became durable since then: never more than really did, since those of
 * the relay itself are taken off as soon as they are made.
 *
 * @param synced of all messages
 * @param own of them, at most
 */
record Synced(long synced, long own) {
    private static final String SYNCED = "sealpost_spool_synced_total";

    static Synced from(Relay relay) throws IOException, InterruptedException {
        long own = relay.events();
        return new Synced(relay.metric(SYNCED), own);
    }

    int until(Relay relay) throws IOException, InterruptedException {
        long now = relay.metric(SYNCED);
        return (int) (now - synced - (relay.events() - own));
    }
}
