package io.sealpost.relay.forward;

/**
 * Told what forwarders meet that the queue's own counts do not show. Called on the forwarders'
 * threads; must not block.
 */
public interface ForwardObserver {
    /** The upstream takes messages from now on, or no longer. Called at changes only. */
    default void connected(String upstream, boolean now) {}

    /** No connection, or no file, any more, and why. Called once until {@link #up}. */
    default void down(String upstream, String reason) {}

    /**
     * It works again.
     *
     * @param target the server or file that takes messages now
     */
    default void up(String upstream, String target) {}

    /** One of several servers cannot be used, while another is. Called once until the next. */
    default void serverDown(String upstream, String server, String reason) {}

    /** It can be used again. */
    default void serverUp(String upstream, String server) {}

    /** So many LF, CR and NUL octets were escaped because the upstream takes lines. */
    default void escaped(String upstream, long octets) {}

    /** So many messages were cut because the upstream takes no longer ones. */
    default void cut(String upstream, long messages) {}

    /** Hears nothing. */
    static ForwardObserver none() {
        return new ForwardObserver() {};
    }
}
