package io.sealpost.relay.pipeline;

/**
 * What one listener took in. Called once per chunk on event loops: must be quick and thread-safe.
 */
public interface IntakeCounters {
    /** So many messages came, dropped ones among them. */
    void received(int messages, long octets);

    /** Normalization changed so many messages for the reason with this bit number. */
    void changed(int reasonBit, int messages);

    /** So many messages were dropped at the door. */
    void dropped(String reason, int messages);

    /** So many messages were not let in, because their sources sent more than they may. */
    void rateLimited(int messages);

    /** So many messages took a route that leads nowhere, as the conf file wants it. */
    void droppedByRoute(String route, int messages);

    /**
     * So many searches for regular expressions were given up, because they took too many steps.
     *
     * @param pattern the one that was given up last
     */
    void givenUp(String pattern, int searches);

    /** So many datagrams held no message. */
    void ignored(int datagrams);
}
