package io.sealpost.relay.listen;

import io.sealpost.relay.pipeline.IntakeCounters;

/** What happens at one listener. Called on event loops: must be quick and thread-safe. */
public interface ListenerCounters extends IntakeCounters {
    /** A connection was taken. */
    void connectionOpened();

    /** A connection taken before is gone. */
    void connectionClosed();

    /** A connection or a datagram of a sender was not taken. */
    void refused(String reason);

    /** A connection in use was closed by the relay. */
    void cutOff(String reason);

    /** The kernel dropped so many datagrams for lack of room in the receive buffer. */
    void kernelDrops(long datagrams);
}
