package io.sealpost.relay.forward;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Which of several servers could not be connected to while another was, told once until each can be
 * used again. Confined to the forwarder's thread.
 */
final class MissingServers {
    private final Logger logger;
    private final String upstream;
    private final ForwardObserver observer;
    private final Set<Server> missing = new HashSet<>();

    MissingServers(Logger logger, String upstream, ForwardObserver observer) {
        this.logger = logger;
        this.upstream = upstream;
        this.observer = observer;
    }

    /** This one could not be connected to, but another one was. */
    void missed(Server server, String reason) {
        if (missing.add(server)) {
            logger.warn("upstream {}: {} cannot be used: {}", upstream, server, reason);
            observer.serverDown(upstream, server.toString(), reason);
        }
    }

    /** This one was connected to. */
    void found(Server server) {
        if (missing.remove(server)) {
            logger.info("upstream {}: {} can be used again", upstream, server);
            observer.serverUp(upstream, server.toString());
        }
    }
}
