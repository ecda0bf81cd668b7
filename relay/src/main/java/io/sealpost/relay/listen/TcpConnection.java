package io.sealpost.relay.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.sealpost.protocol.frame.StreamFramer;
import io.sealpost.relay.pipeline.Sender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of plain syslog, in counted frames or lines. */
final class TcpConnection extends StreamConnection {
    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);

    private final StreamFramer framer;

    TcpConnection(TcpListener listener, Loop loop, Channel channel, Sender sender) {
        super(listener, loop, channel, sender);
        this.framer = new StreamFramer(listener.maxMessageBytes());
    }

    @Override
    boolean next(byte[] b, int from, int end) {
        StreamFramer.Result result =
                ended() ? framer.close(b, from, end) : framer.next(b, from, end);
        return result == StreamFramer.Result.FRAME;
    }

    @Override
    int messageOffset() {
        return framer.frameOffset();
    }

    @Override
    int messageLength() {
        return framer.frameLength();
    }

    @Override
    boolean truncated() {
        return framer.truncated();
    }

    @Override
    int consumedTo() {
        return framer.consumedTo();
    }

    @Override
    void delivered(long messages, int octets) {
        // its sender is told nothing
    }

    @Override
    void resumed() {
        if (ended()) {
            leave();
        } else {
            readOn();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener().connectionClosed();
        log.debug("listener {}: {} closed", listener().name(), peer());
        deliverLast();
    }

    @Override
    public void sweep(long nowNanos) {
        if (idle(nowNanos)) {
            listener().cutOffIdle(peer());
            channel().close();
        }
    }

    @Override
    public void finish() {
        channel().close();
    }

    @Override
    public void abandon() {
        int lost = takeLost();
        if (lost > 0) {
            listener().counters().dropped(Listener.SHUTDOWN, lost);
        }
        leave();
        channel().close();
    }
}
