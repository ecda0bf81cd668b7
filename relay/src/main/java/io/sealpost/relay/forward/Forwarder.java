package io.sealpost.relay.forward;

import java.time.Duration;

/**
 * Delivers the queue of one upstream, for ever: what fails is tried again, nothing is given up
 * silently. All methods may be called from any thread.
 */
public interface Forwarder extends AutoCloseable {
    /** Name of the upstream in the conf file. */
    String name();

    /**
     * Begins to deliver, on threads of its own. Returns at once, whatever state the upstream is in.
     */
    void start();

    /** Where it delivers to: server or file, for people. */
    String target();

    /** Whether the upstream takes messages at present. */
    boolean connected();

    /** Messages written to the upstream that are not known to be safe there yet. */
    long unconfirmed();

    /**
     * Goes on until all that is synced now is delivered and confirmed, at most for this long, and
     * stops. What is left stays in the queue. Idempotent.
     */
    void stop(Duration grace);

    /** Whether it has stopped and will touch its queue no more. */
    boolean ended();

    /** Stops without grace. */
    @Override
    default void close() {
        stop(Duration.ZERO);
    }
}
