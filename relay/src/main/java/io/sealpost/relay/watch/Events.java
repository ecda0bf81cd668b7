package io.sealpost.relay.watch;

/**
 * Where the rooms say what happened. Thread-safe; never blocks, so that event loops and the spool
 * writer may call it. Too many events of a kind are counted, and the next one says how many.
 */
public interface Events {
    /** Tells of an event. */
    void raise(Event event);

    /**
     * Messages about events that the stream has taken so far. Who counts messages compares with it,
     * so that the relay does not speak of nothing but its own words.
     */
    default long taken() {
        return 0;
    }

    /** Tells nobody. */
    static Events none() {
        return event -> {};
    }
}
