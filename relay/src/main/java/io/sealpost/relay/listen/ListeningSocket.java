package io.sealpost.relay.listen;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP socket. It outlives the listener that opened it when a new configuration listens
 * at the same address. Thread-safe.
 */
final class ListeningSocket {
    private final AtomicInteger connections = new AtomicInteger();

    /** Set once, before anything is accepted. */
    private volatile @Nullable Channel channel;

    /** Who accepts; replaced by control threads. */
    private volatile TcpListener owner;

    ListeningSocket(TcpListener owner) {
        this.owner = owner;
    }

    void channel(Channel bound) {
        channel = bound;
    }

    Channel channel() {
        Channel bound = channel;
        if (bound == null) {
            throw new IllegalStateException("not bound");
        }
        return bound;
    }

    TcpListener owner() {
        return owner;
    }

    void owner(TcpListener successor) {
        owner = successor;
    }

    /** Counts a connection, of whichever owner, unless there are so many. */
    boolean admits(int most) {
        if (connections.incrementAndGet() > most) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    /** A counted connection is closed. */
    void left() {
        connections.decrementAndGet();
    }
}
