package io.sealpost.relay.listen;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Options of Linux datagram sockets for which Netty has no name. */
final class UdpSocketOptions {
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_BYTES = 9 * Integer.BYTES;
    private static final int MEMINFO_DROPS_AT = 8 * Integer.BYTES;

    private UdpSocketOptions() {}

    /**
     * Sets the receive buffer, past the system's limit where the process may; returns the octets
     * that were granted.
     */
    static int receiveBuffer(Socket socket, int bytes) throws IOException {
        try {
            socket.setIntOpt(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        } catch (IOException | ChannelException _) { // the latter where the process may not
            socket.setReceiveBufferSize(bytes);
        }
        // the kernel counts its own overhead in, and says twice what was asked for
        return socket.getReceiveBufferSize() / 2;
    }

    /** Datagrams the kernel dropped for this socket since it was opened, modulo 2^32. */
    static int drops(Socket socket) throws IOException {
        ByteBuffer info = ByteBuffer.allocateDirect(MEMINFO_BYTES).order(ByteOrder.nativeOrder());
        socket.getRawOpt(SOL_SOCKET, SO_MEMINFO, info);
        return info.getInt(MEMINFO_DROPS_AT);
    }
}
