package io.sealpost.relay.listen;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening TCP socket. It outlives the listener that opened it when a new configuration listens
 * at the same address. Thread-safe.
 */
final class ListeningSocket {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);

    /** Room for the address that an accept gives: its length, IPv6 with scope, and port. */
    private static final int ADDRESS_BYTES = 26;

    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

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

    /**
     * Takes in the connections that wait to be accepted, at most so many, and closes. Closing alone
     * would reset them, with all that their senders have written already and believe delivered.
     */
    void close(int most) throws InterruptedException {
        Channel bound = channel();
        try {
            bound.eventLoop().execute(() -> takeInAndClose(bound, most));
        } catch (RejectedExecutionException _) {
            bound.close();
        }
        bound.closeFuture().await();
    }

    /** On the socket's event loop, so that nobody else accepts meanwhile. */
    private static void takeInAndClose(Channel bound, int most) {
        try {
            Socket socket = (Socket) ((UnixChannel) bound).fd();
            byte[] address = new byte[ADDRESS_BYTES];
            for (int i = 0; i < most; i++) {
                int descriptor = socket.accept(address);
                if (descriptor < 0) {
                    break;
                }
                bound.pipeline().fireChannelRead(new EpollSocketChannel(descriptor));
            }
        } catch (IOException e) {
            LOG.warn(
                    "connections that waited to be accepted are closed with what they sent: {}",
                    e.getMessage());
        } finally {
            bound.close();
        }
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

    /** Counts one that was admitted for its address, unless there are so many of that. */
    boolean admits(InetAddress address, int most) {
        if (perAddress.merge(address, 1, Integer::sum) > most) {
            left(address);
            return false;
        }
        return true;
    }

    /** A counted connection is closed. */
    void left(InetAddress address) {
        connections.decrementAndGet();
        perAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }
}
