package io.sealpost.relay.pipeline;

import io.sealpost.protocol.message.MessageScan;

/** Decides which upstreams get a message. Immutable; replaced as a whole when routes change. */
public final class Routing {
    private final long everywhere;

    private Routing(long everywhere) {
        this.everywhere = everywhere;
    }

    /** Everything goes to all of these upstreams: bit n is the upstream with number n. */
    public static Routing everywhere(long upstreams) {
        return new Routing(upstreams);
    }

    long upstreams(MessageScan scan) {
        return everywhere;
    }
}
