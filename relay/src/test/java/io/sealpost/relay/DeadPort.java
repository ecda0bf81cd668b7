package io.sealpost.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port that is taken, so nobody else gets it, but refuses every connection. */
final class DeadPort implements AutoCloseable {
    private final Socket socket = new Socket();

    static DeadPort taken() throws IOException {
        DeadPort port = new DeadPort();
        port.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return port;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The conf file's words for an upstream that is never there. */
    String upstream() {
        return "type = syslog, transport = tcp, servers = [\"127.0.0.1:%d\"]"
                .formatted(socket.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
