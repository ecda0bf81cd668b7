package io.sealpost.relay.forward;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import java.util.Optional;

/**
 * How the octets of a connection's stream become octets on the network. The kernel tells of the
 * latter only, so what it says is brought back to the stream here. Confined to the connection's
 * event loop, but for what is constant.
 */
interface Wire {
    /** Adds to the pipeline what stands between the socket and the connection. */
    void join(ChannelPipeline pipeline, TcpConnection connection);

    /** Whether files can leave by sendfile. */
    boolean takesFiles();

    /** Whether messages may be sent as soon as the socket is connected. */
    boolean opensWithSocket();

    /** Octets given to the socket, when so many octets of the stream were handed over. */
    long given(long stream);

    /** Octets that the kernel has taken, when it took so many octets of the stream. */
    long taken(long stream);

    /** The kernel has just taken the stream up to here. */
    void complete(long stream);

    /** Octets that the peer's process may have read without having seen what is in them. */
    int heldBack();

    /** How far the stream lies wholly within so many octets. */
    long stream(long wire);

    /** So many octets are behind us: nobody will ask for less any more. */
    void forget(long wire);

    /** Tells the peer that nothing more comes. */
    void endWriting(DuplexChannel channel);

    /** The connection is about to be closed: nothing is held back any more. */
    void closing();

    /**
     * Sends what a peer that is gone answers by RST, and what harms none that is there; empty where
     * every octet is a part of a message. Which of the two is constant.
     */
    Optional<Runnable> question();

    /** Whether that was sent. */
    boolean asked();
}
