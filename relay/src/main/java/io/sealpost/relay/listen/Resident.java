package io.sealpost.relay.listen;

/** A socket that lives on one event loop. All methods are called there. */
interface Resident {
    /** The listener it belongs to. */
    Listener listener();

    /** Delivers what waited for room and reads on; false if there still was not enough room. */
    boolean resume();

    /** Whether it waits for room. */
    boolean waiting();

    /** Octets received so far: whether anything came since the last look. */
    long received();

    /** Called once a second. */
    void sweep(long nowNanos);

    /** Delivers what is left, an unfinished message, too, and closes as soon as that has room. */
    void finish();

    /** Counts what is left as dropped, and closes. */
    void abandon();
}
