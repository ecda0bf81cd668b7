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

    /** How messages come, as the conf file calls it. */
    String transport();

    /**
     * Opens its sockets; what comes waits in the kernel until {@link #start}.
     *
     * @throws IOException with a message for the operator
     */
    void bind() throws IOException;

    /** Begins to take in what comes to its sockets. */
    void start();

    /**
     * Whether it can {@linkplain #succeed take over} the sockets of the other, so that no sender
     * notices that the configuration was replaced.
     */
    boolean canSucceed(Listener other);

    /**
     * Takes over the sockets of the other instead of {@link #bind} and {@link #start}. Connections
     * that are open stay with the other, and keep its settings, until their senders end them.
     */
    void succeed(Listener other);

    /**
     * Takes no new senders and closes its sockets, but lets open connections go on. Nothing happens
     * to sockets that another has taken over.
     */
    void retire(Duration patience) throws InterruptedException;

    /** Connections that are open. */
    int connections();

    /** Where it listens, with the port really bound. */
    InetSocketAddress address();

    /**
     * Takes no new senders, takes in what the kernel already has from the others, then closes.
     * Where the spool has no room for so long, what was read and not taken in is counted as
     * dropped.
     */
    void stop(Duration patience) throws InterruptedException;
}
