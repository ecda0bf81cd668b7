package io.sealpost.relay.admin;

import java.util.Optional;

/** Says whether the relay can take messages in. Called from any thread, must not block. */
@FunctionalInterface
public interface Readiness {
    /** Why the relay is not ready, in words for an operator; empty if it is. */
    Optional<String> obstacle();
}
