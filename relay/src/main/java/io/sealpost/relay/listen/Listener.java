package io.sealpost.relay.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** An open door for messages. Its methods are for control threads, never for event loops. */
public sealed interface Listener permits TcpListener, UdpListener {
    /** Reason under which messages are counted that could not be taken in before the end. */
    String SHUTDOWN = "shutdown";

    /** Its name in the conf file. */
    String name();

    /**
     * Begins to listen.
     *
     * @throws IOException with a message for the operator
     */
    void start() throws IOException;

    /** Where it listens, with the port really bound. */
    InetSocketAddress address();

    /**
     * Takes no new senders, takes in what the kernel already has from the others, then closes.
     * Where the spool has no room for so long, what was read and not taken in is counted as
     * dropped.
     */
    void stop(Duration patience) throws InterruptedException;
}
