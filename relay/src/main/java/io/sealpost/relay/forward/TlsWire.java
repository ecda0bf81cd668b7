package io.sealpost.relay.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sealpost.relay.tls.ClientTls;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream goes onto the network in TLS records. Stands between the socket and the TLS handler
 * and counts what passes. Confined to the connection's event loop.
 */
final class TlsWire extends ChannelDuplexHandler implements Wire {
    /*
     * Counting. The TLS handler completes the write of a piece of the stream together with the write
     * of the record that holds its last octet. Here every record is written under a promise of our
     * own, which first counts the record as taken and then completes the handler's. So when the
     * connection hears that a piece of the stream is complete, `taken` is where its last record
     * ends, or further when the news was late: then we claim less than we could.
     *
     * Asking. The TLS handler answers a peer's close_notify by its own at once. If the peer has closed
     * its socket, that answer provokes the RST which PeerClose wants to provoke when it is ready to
     * see it. So what the handler writes while it reads is held back until it has read: if the peer
     * has said farewell, until ask() or closing(); if not (a part of the handshake, a new key), no
     * longer.
     */

    /** A record at its longest (RFC 8446 §5.2). */
    private static final int RECORD = 5 + 16 * 1024 + 256;

    private record Held(Object message, ChannelPromise promise) {}

    private final ClientTls tls;
    private final String host;
    private final int port;
    private final RecordMarks marks = new RecordMarks();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private @Nullable TcpConnection connection;
    private @Nullable SslHandler records;
    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean closing;
    private long given;
    private long taken;

    // Read by the forwarder's thread, too.
    private volatile boolean asked;

    TlsWire(ClientTls tls, String host, int port) {
        this.tls = tls;
        this.host = host;
        this.port = port;
    }

    @Override
    public void join(ChannelPipeline pipeline, TcpConnection above) {
        SslHandler handler = tls.handler(pipeline.channel().alloc(), host, port);
        connection = above;
        records = handler;
        pipeline.addLast(this, handler, above);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext here) {
        context = here;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext here) {
        drop();
    }

    @Override
    public void channelActive(ChannelHandlerContext here) {
        if (connection != null) {
            connection.begin((UnixChannel) here.channel());
        }
        here.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
        reading = true;
        try {
            here.fireChannelRead(message);
        } finally {
            reading = false;
        }
        if (!held.isEmpty() && !mustWait()) {
            letPass(here);
        }
    }

    private boolean mustWait() {
        SslHandler handler = records;
        boolean farewell = handler != null && handler.engine().isInboundDone();
        return !closing && (reading || (farewell && !asked));
    }

    @Override
    public void write(ChannelHandlerContext here, Object message, ChannelPromise promise) {
        if (mustWait()) {
            held.add(new Held(message, promise));
        } else {
            pass(here, message, promise);
        }
    }

    private void pass(ChannelHandlerContext here, Object message, ChannelPromise promise) {
        long length = ((ByteBuf) message).readableBytes();
        given += length;
        ChannelPromise own = here.newPromise();
        own.addListener(future -> passed(length, future, promise));
        var _ = here.write(message, own);
    }

    private void passed(long length, Future<?> future, ChannelPromise promise) {
        if (future.isSuccess()) {
            taken += length;
            boolean _ = promise.trySuccess();
        } else {
            boolean _ = promise.tryFailure(future.cause());
        }
    }

    private void letPass(ChannelHandlerContext here) {
        for (Held one = held.poll(); one != null; one = held.poll()) {
            pass(here, one.message(), one.promise());
        }
        here.flush();
    }

    private void drop() {
        for (Held one = held.poll(); one != null; one = held.poll()) {
            ReferenceCountUtil.release(one.message());
            boolean _ = one.promise().tryFailure(new ClosedChannelException());
        }
    }

    /** An alert that says why the handshake failed shall reach the peer. */
    @Override
    public void close(ChannelHandlerContext here, ChannelPromise promise) {
        closing();
        var _ = here.close(promise);
    }

    /** The TLS handler closes the socket only when its close_notify has passed. */
    @Override
    public void closing() {
        closing = true;
        ChannelHandlerContext here = context;
        if (here != null) {
            letPass(here);
        }
    }

    @Override
    public boolean takesFiles() {
        return false;
    }

    @Override
    public boolean opensWithSocket() {
        return false;
    }

    @Override
    public long given(long stream) {
        return given;
    }

    @Override
    public long taken(long stream) {
        return taken;
    }

    @Override
    public void complete(long stream) {
        marks.mark(taken, stream);
    }

    @Override
    public int heldBack() {
        return RECORD;
    }

    @Override
    public long stream(long wire) {
        return marks.stream(wire);
    }

    @Override
    public void forget(long wire) {
        marks.forget(wire);
    }

    /** A close_notify, and FIN behind it. */
    @Override
    public void endWriting(DuplexChannel channel) {
        SslHandler handler = records;
        if (handler != null) {
            asked = true;
            handler.closeOutbound().addListener(_ -> channel.shutdownOutput());
        }
    }

    @Override
    public Optional<Runnable> question() {
        return Optional.of(this::ask);
    }

    private void ask() {
        SslHandler handler = records;
        ChannelHandlerContext here = context;
        if (asked || handler == null || here == null) {
            return;
        }
        asked = true;
        if (held.isEmpty()) {
            var _ = handler.closeOutbound();
        } else {
            letPass(here);
        }
    }

    @Override
    public boolean asked() {
        return asked;
    }
}
