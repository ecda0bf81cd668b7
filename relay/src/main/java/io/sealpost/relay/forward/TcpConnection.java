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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    /** Octets handed over and not yet taken by the kernel, above which the forwarder waits. */
    static final long MAX_PENDING = 4 * 1024 * 1024;

    /*
     * A peer's kernel offers the more the more it is sent at a time, tens of MiB in a few milliseconds,
     * and twice as much behind is what proves that anything was read (ConfirmedRule). To a peer that
     * resets each connection after 50,000 messages nothing would ever be proven. So a young connection
     * has little on its way, and a window that stays small for as long.
     */

    /** Octets not acknowledged yet above which a young connection takes no more. */
    static final long YOUNG_FLIGHT = 256 * 1024;

    /** Octets proven to be read from which on a connection is young no more. */
    static final long YOUNG = 32 * 1024 * 1024;

    /** How often the kernel is asked while a young connection waits for that. */
    private static final Duration SAMPLE_YOUNG_EVERY = Duration.ofMillis(1);

    /** How often the kernel is asked while something is not confirmed. */
    private static final Duration SAMPLE_EVERY = Duration.ofMillis(10);

    /** How often besides, in octets: under load the distance is passed within one wait. */
    private static final long SAMPLE_EACH = 128 * 1024;

    /** How often once nothing has moved for {@link #QUIET}. */
    private static final Duration SAMPLE_QUIET_EVERY = Duration.ofMillis(250);

    /** As Netty gives it. */
    private static final int ETIMEDOUT = -110;

    private static final String CLOSED_BY_PEER = "closed by the peer";

    private static final long QUIET = Duration.ofSeconds(3).toNanos();

    private final NanoClock clock;
    private final Runnable wake;
    private final Wire wire;
    private final TcpInfo info = new TcpInfo();
    private final AtomicLong pending = new AtomicLong();

    // Written by the forwarder's thread only, before the octets are on their way to the event loop.
    private volatile long handed;

    // Written by the event loop only.
    private volatile long proven;
    private volatile long confirmed;
    private volatile long acknowledged;
    private volatile long acknowledgedAt;
    private volatile boolean endedByFin;
    private volatile boolean endedByNotice;
    private volatile boolean timedOut;
    private volatile boolean answered;
    private volatile boolean wireAcknowledged = true;
    private volatile @Nullable String ended;
    private volatile boolean reset;
    private volatile boolean young;
    private volatile @Nullable Channel channel;

    // Set by the forwarder's thread, taken back by the event loop.
    private volatile boolean asking;

    private @Nullable ConfirmedRule rule;
    private boolean infoKnown;
    private long synOctets;
    private long written;
    private long writtenAtSample;
    private boolean sampling;

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
        this.clock = clock;
        this.wake = wake;
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

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void hand(Object message, long length) {
        Channel to = channel;
        if (to == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        pending.addAndGet(length);
        handed += length;
        to.writeAndFlush(message).addListener(future -> taken(length, future));
    }

    private void taken(long length, Future<?> future) {
        long before = pending.getAndAdd(-length);
        if (future.isSuccess()) {
            written += length;
            if (inbound == null) {
                wire.complete(written);
                sampleUnderLoad();
            }
        } else {
            end(future.cause());
        }
        if (before > MAX_PENDING / 2 && before - length <= MAX_PENDING / 2) {
            wake.run();
        }
    }

    /** Whether more may be handed over. */
    boolean hasRoom() {
        return pending.get() < MAX_PENDING && (!young || handed - acknowledged < YOUNG_FLIGHT);
    }

    /** Octets handed over so far. */
    long handed() {
        return handed;
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return proven;
    }

    /** Octets that count as delivered: proven, or trusted to be read. */
    long confirmed() {
        return confirmed;
    }

    /** Whether the peer's kernel has everything handed over. */
    boolean acknowledgedAll() {
        return acknowledged >= handed && !asking && wireAcknowledged;
    }

    /** Whether everything handed over was acknowledged at least this long ago. */
    boolean unanswered(Duration since) {
        return acknowledgedAll() && clock.nanos() - acknowledgedAt >= since.toNanos();
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
        return reset;
    }

    /**
     * Asks a peer that has ended the connection whether it is still there, without a message. False
     * if that cannot be done on this connection. Forwarder's thread.
     */
    boolean ask() {
        Channel open = channel;
        if (open == null || !wire.canAsk()) {
            return false;
        }
        asking = true;
        open.eventLoop()
                .execute(
                        () -> {
                            wire.ask();
                            wireAcknowledged = false;
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
        infoKnown = info.read(socket);
        synOctets = info.bytesAcked();
    }

    private void open(ChannelHandlerContext context) {
        if (inbound == null) {
            rule = new ConfirmedRule(clock.nanos());
            young = infoKnown;
            sample((UnixChannel) context.channel(), rule);
        }
        channel = context.channel();
        wake.run();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        var _ = context.write(message, promise);
        beginSampling(context);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        wire.closing();
        var _ = context.close(promise);
    }

    private void beginSampling(ChannelHandlerContext context) {
        if (!sampling && inbound == null) {
            sampling = true;
            sampleAfter(context, SAMPLE_EVERY);
        }
    }

    private void sampleAfter(ChannelHandlerContext context, Duration wait) {
        var _ =
                context.executor()
                        .schedule(() -> sampleAgain(context), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void sampleAgain(ChannelHandlerContext context) {
        ConfirmedRule current = rule;
        if (current == null || (ended != null && !endedByPeer()) || !context.channel().isOpen()) {
            return;
        }
        if (endedByPeer()) {
            sampleEnd((UnixChannel) context.channel());
            sampleAfter(context, SAMPLE_EVERY);
            return;
        }
        sample((UnixChannel) context.channel(), current);
        if (confirmed == handed) {
            sampling = false;
        } else {
            boolean quiet = clock.nanos() - current.lastTraffic() > QUIET;
            Duration usual = young && !hasRoom() ? SAMPLE_YOUNG_EVERY : SAMPLE_EVERY;
            sampleAfter(context, quiet ? SAMPLE_QUIET_EVERY : usual);
        }
    }

    private void sampleUnderLoad() {
        boolean due = written - writtenAtSample >= SAMPLE_EACH && ended == null;
        if (due && rule != null && channel instanceof UnixChannel open && open.isOpen()) {
            look(open, rule);
        }
    }

    private void sample(UnixChannel open, ConfirmedRule current) {
        look(open, current);
        long nowConfirmed = wire.stream(current.confirmed());
        wire.forget(current.proven() - wire.heldBack());
        if (nowConfirmed != confirmed) {
            confirmed = nowConfirmed;
            wake.run();
        }
    }

    private void look(UnixChannel open, ConfirmedRule current) {
        writtenAtSample = written;
        long now = clock.nanos();
        long given = wire.given(handed);
        if (!infoKnown) {
            long reached = wire.taken(written);
            current.sample(now, given, reached, reached < given, 0, 0);
        } else if (info.read(open)) {
            long reached = info.bytesAcked() - synOctets;
            current.sample(now, given, reached, info.inFlight(), info.sendWindow(), info.unseen());
        }
        long reached = wire.stream(current.acknowledged());
        wireAcknowledged = current.acknowledged() >= given;
        if (reached != acknowledged) {
            boolean full = !hasRoom();
            acknowledgedAt = now;
            acknowledged = reached;
            young &= current.proven() < YOUNG;
            if (full && hasRoom()) {
                wake.run();
            }
        }
        proven = wire.stream(current.proven() - wire.heldBack());
    }

    /** What is acknowledged behind the peer's end confirms nothing any more. */
    private void sampleEnd(UnixChannel open) {
        if (infoKnown && info.read(open)) {
            reset = info.closed();
            long reached = info.bytesAcked() - synOctets;
            acknowledged = Math.max(acknowledged, wire.stream(reached));
            wireAcknowledged = reached >= wire.given(handed);
            wake.run();
        }
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
                beginSampling(context);
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
            beginSampling(context);
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
