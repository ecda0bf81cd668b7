package io.sealpost.relay.listen;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * The close of a connection whose peer is to get all that was written: ends our side, and reads a
 * little longer. Closing on octets that were not read would reset the connection, and take away
 * what the peer has not read yet. Confined to the connection's event loop.
 */
final class LingeringClose {
    /** How long the peer may take to read what was written. */
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

    /** How long it may take then to close its side. */
    private static final int LINGER_MILLIS = 300;

    private final Channel channel;
    private boolean begun;
    private long begunNanos;

    LingeringClose(Channel channel) {
        this.channel = channel;
    }

    /** Nothing more will be written. Does nothing the second time. */
    void begin(long nowNanos) {
        if (!begun) {
            begun = true;
            begunNanos = nowNanos;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> allWritten());
        }
    }

    /** Called now and then. */
    void sweep(long nowNanos) {
        if (begun && nowNanos - begunNanos >= TIMEOUT_NANOS) {
            channel.close();
        }
    }

    /** Over TLS its farewell goes before the end of our side. */
    private void allWritten() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (!channel.isActive()) {
            channel.close();
        } else if (tls == null) {
            endOutput();
        } else {
            tls.closeOutbound().addListener(_ -> endOutput());
        }
    }

    private void endOutput() {
        ((DuplexChannel) channel).shutdownOutput();
        var _ = channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, MILLISECONDS);
    }
}
