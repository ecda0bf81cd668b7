package io.sealpost.relay.forward;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import java.util.Optional;

/** The stream goes onto the network as it is. */
final class PlainWire implements Wire {
    @Override
    public void join(ChannelPipeline pipeline, TcpConnection connection) {
        pipeline.addLast(connection);
    }

    @Override
    public boolean takesFiles() {
        return true;
    }

    @Override
    public boolean opensWithSocket() {
        return true;
    }

    @Override
    public long given(long stream) {
        return stream;
    }

    @Override
    public long taken(long stream) {
        return stream;
    }

    @Override
    public void complete(long stream) {
        // no need to note it
    }

    @Override
    public int heldBack() {
        return 0;
    }

    @Override
    public long stream(long wire) {
        return wire;
    }

    @Override
    public void forget(long wire) {
        // nothing is noted
    }

    @Override
    public void endWriting(DuplexChannel channel) {
        var _ = channel.shutdownOutput();
    }

    @Override
    public void closing() {}

    @Override
    public Optional<Runnable> question() {
        return Optional.empty();
    }

    @Override
    public boolean asked() {
        return false;
    }
}
