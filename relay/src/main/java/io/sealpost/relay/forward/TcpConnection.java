package io.sealpost.relay.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.tls.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a syslog server. The forwarder's thread hands it what to send and asks how far
 * it got; everything else is confined to the connection's event loop.
 *
 * <p>What the peer sends is read at once, and thrown away unless it is asked for, so that its FIN
 * or RST is seen at once, also on an idle connection. Either ends the connection. After a FIN the
 * socket stays open until {@link #close}, so that {@link PeerClose} can ask what it meant.
 */
final class TcpConnection extends ChannelDuplexHandler {
    /** As Netty gives it. */
    private static final int ETIMEDOUT = -110;

    private static final String CLOSED_BY_PEER = "closed by the peer";

    private final Runnable wake;
    private final Wire wire;
    private final Outflow outflow = new Outflow();
    private final TcpSampler sampler;

    // Written by the event loop only.
    private volatile boolean endedByFin;
    private volatile boolean endedByNotice;
    private volatile boolean timedOut;
    private volatile boolean answered;
    private volatile @Nullable String ended;
    private volatile boolean reset;
    private volatile @Nullable Channel channel;

    // Set by the forwarder's thread, taken back by the event loop.
    private volatile boolean asking;

    /** Null where what the peer says is thrown away, and the kernel is asked instead. */
    private final @Nullable Inbound inbound;

    /**
     * A connection to be.
     *
     * @param inbound takes what the peer says, if that is of interest
     * @param wake called on the event loop when the forwarder should look: more is confirmed, there
     *     is room again, or the connection has ended
     */
    TcpConnection(Wire wire, Optional<Inbound> inbound, NanoClock clock, Runnable wake) {
        this.wire = wire;
        this.inbound = inbound.orElse(null);
        this.wake = wake;
        sampler = new TcpSampler(wire, outflow, clock, wake);
    }

    /** Becomes the end of this pipeline, behind its wire. */
    void join(ChannelPipeline pipeline) {
        wire.join(pipeline, this);
    }

    /** Whether runs can be handed over as files. */
    boolean takesFiles() {
        return wire.takesFiles();
    }

    /** Hands over a run to leave by sendfile; consumes it. Forwarder's thread. */
    void send(FrameRun run, FileChannel file) {
        hand(new RunRegion(run, file), run.length());
    }

    /** Hands over octets; consumes the buffer. Forwarder's thread. */
    void send(ByteBuf octets) {
        hand(octets, octets.readableBytes());
    }

    private void hand(Object message, long length) {
        Channel to = channel;
        if (to == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        outflow.hand(length);
        to.writeAndFlush(message).addListener(future -> taken(length, future));
    }

    private void taken(long length, Future<?> future) {
        boolean relieved = outflow.relieve(length);
        if (future.isSuccess()) {
            outflow.take(length);
            sampler.taken();
        } else {
            end(future.cause());
        }
        if (relieved) {
            wake.run();
        }
    }

    /** Whether more may be handed over. */
    boolean hasRoom() {
        return sampler.hasRoom();
    }

    /** Octets handed over so far. */
    long handed() {
        return outflow.handed();
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return sampler.proven();
    }

    /** Octets that count as delivered: proven, or trusted to be read. */
    long confirmed() {
        return sampler.confirmed();
    }

    /** Whether the peer's kernel has everything handed over. */
    boolean acknowledgedAll() {
        return !asking && sampler.acknowledgedAll();
    }

    /** Whether everything handed over was acknowledged this long before now, or before the end. */
    boolean unanswered(Duration howLong) {
        return acknowledgedAll() && sampler.quiet(howLong);
    }

    /** Whether it ever was open. */
    boolean wasOpened() {
        return channel != null;
    }

    boolean isOpen() {
        return ended == null;
    }

    /** Why the connection ended; empty while it has not. */
    String ended() {
        String reason = ended;
        return reason == null ? "" : reason;
    }

    /** Whether it ended by the peer's FIN. */
    boolean endedByFin() {
        return endedByFin;
    }

    /** Whether it ended by the peer's word that it will say no more: TLS has one before FIN. */
    boolean endedByPeer() {
        return endedByFin || endedByNotice;
    }

    /** Whether the kernel gave it up, because the peer had been silent for too long. */
    boolean timedOut() {
        return timedOut;
    }

    /** Whether RST came after the end. */
    boolean reset() {
        return reset || sampler.resetSeen();
    }

    /**
     * Asks a peer that has ended the connection whether it is still there, without a message. False
     * if that cannot be done on this connection. Forwarder's thread.
     */
    boolean ask() {
        Channel open = channel;
        Optional<Runnable> question = wire.question();
        if (open == null || question.isEmpty()) {
            return false;
        }
        asking = true;
        open.eventLoop()
                .execute(
                        () -> {
                            question.get().run();
                            sampler.expectMore();
                            asking = false;
                        });
        return true;
    }

    /** Whether the peer's FIN came behind our question. */
    boolean answered() {
        return answered;
    }

    /** Tells the peer that nothing more comes; all must have been acknowledged. Any thread. */
    void endWriting() {
        if (channel instanceof DuplexChannel open) {
            open.eventLoop().execute(() -> wire.endWriting(open));
        }
    }

    /** Closes; what is still pending is given up. Any thread. */
    void close() {
        Channel open = channel;
        if (open != null) {
            var _ = open.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (wire.opensWithSocket()) {
            begin((UnixChannel) context.channel());
            open(context);
        }
    }

    /** The socket is connected, and nothing was written yet. */
    void begin(UnixChannel socket) {
        sampler.begin(socket);
    }

    private void open(ChannelHandlerContext context) {
        if (inbound == null) {
            sampler.open((UnixChannel) context.channel());
        }
        channel = context.channel();
        wake.run();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        var _ = context.write(message, promise);
        sampler.start();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        wire.closing();
        var _ = context.close(promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (inbound != null && !inbound.add((ByteBuf) message)) {
                end("it sends what is no answer");
                var _ = context.channel().close();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (inbound != null) {
            wake.run();
        }
    }

    /** What the peer has said; there must be somewhere to put it. Forwarder's thread. */
    Inbound inbound() {
        if (inbound == null) {
            throw new IllegalStateException("thrown away");
        }
        return inbound;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case ChannelInputShutdownEvent _ -> finCame(context);
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> open(context);
            case SslHandshakeCompletionEvent handshake -> end(handshake.cause());
            case SslCloseCompletionEvent farewell when farewell.isSuccess() && ended == null -> {
                endedByNotice = true;
                end(CLOSED_BY_PEER);
                sampler.start();
            }
            default -> {}
        }
    }

    private void finCame(ChannelHandlerContext context) {
        if (channel == null) {
            end("it closed the connection in the handshake");
            var _ = context.channel().close();
        } else if (ended == null || endedByNotice) {
            answered = wire.asked();
            endedByFin = true;
            end(CLOSED_BY_PEER);
            wake.run();
            sampler.start();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(CLOSED_BY_PEER);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean ofSocket = cause instanceof IOException && !(cause instanceof SSLException);
        if (endedByNotice && ofSocket) {
            reset = true;
            wake.run();
        }
        end(cause);
        var _ = context.channel().close();
    }

    private void end(@Nullable Throwable cause) {
        if (cause instanceof Errors.NativeIoException error && error.expectedErr() == ETIMEDOUT) {
            timedOut = true;
        }
        end(reason(cause));
    }

    private void end(String reason) {
        if (ended == null) {
            sampler.ended(endedByPeer());
            ended = reason;
            wake.run();
        }
    }

    /** What the system said, without the name of the call that Netty puts before it. */
    static String reason(@Nullable Throwable cause) {
        if (cause instanceof SSLException || cause instanceof DecoderException) {
            return Refusal.ofServer(cause).text();
        }
        String message = cause == null ? null : cause.getMessage();
        if (message == null) {
            return cause == null ? "unknown" : cause.getClass().getSimpleName();
        }
        int call = message.indexOf("failed");
        int colon = call < 0 ? -1 : message.indexOf(": ", call);
        return colon < 0 ? message : message.substring(colon + 2);
    }
}
