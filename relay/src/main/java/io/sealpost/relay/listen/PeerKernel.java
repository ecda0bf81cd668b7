package io.sealpost.relay.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;

/** What our kernel knows of the one at the other end of a TCP connection. */
final class PeerKernel {
    /** SO_ERROR of SOL_SOCKET. */
    private static final IntegerUnixChannelOption SOCKET_ERROR =
            new IntegerUnixChannelOption("SO_ERROR", 1, 4);

    private PeerKernel() {}

    /**
     * Whether it has acknowledged all that was written, for a peer that has ended its side. Called
     * on the channel's event loop; takes the socket's error, if there is one.
     */
    static boolean hasAll(Channel channel) {
        // A client that is gone has sent FIN, and answers what comes after that with RST. This
        // empties our send queue, so that nothing seems to be without acknowledgement, and what is
        // read still ends as after FIN alone: only the socket's error, which nobody takes before,
        // tells of it. It is asked for last, since RST may come between.
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return (waiting == null || waiting.isEmpty())
                && channel instanceof EpollSocketChannel socket
                && socket.tcpInfo().unacked() == 0
                && socket.config().getOption(SOCKET_ERROR) == 0;
    }
}
