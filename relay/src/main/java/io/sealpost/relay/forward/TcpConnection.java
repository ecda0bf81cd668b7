package io.sealpost.relay.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a syslog server. The forwarder's thread hands it what to send and asks how far
 * it got; everything else is confined to the connection's event loop.
 *
 * <p>What the peer sends is read at once and thrown away, so that its FIN or RST is seen at once,
 * also on an idle connection. Either ends the connection. After a FIN the socket stays open until
 * {@link #close}, so that {@link PeerClose} can ask what it meant.
 */
final class TcpConnection extends ChannelDuplexHandler {
    /** Octets handed over and not yet taken by the kernel, above which the forwarder waits. */
    static final long MAX_PENDING = 4 * 1024 * 1024;

    /** How often the kernel is asked while something is not confirmed. */
    private static final Duration SAMPLE_EVERY = Duration.ofMillis(10);

    /** How often once nothing has moved for {@link #QUIET}. */
    private static final Duration SAMPLE_QUIET_EVERY = Duration.ofMillis(250);

    private static final long QUIET = Duration.ofSeconds(3).toNanos();

    private final NanoClock clock;
    private final Runnable wake;
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
    private volatile @Nullable String ended;
    private volatile boolean reset;
    private volatile @Nullable Channel channel;

    private @Nullable ConfirmedRule rule;
    private boolean infoKnown;
    private long synOctets;
    private long written;
    private boolean sampling;

    /**
     * A connection to be.
     *
     * @param wake called on the event loop when the forwarder should look: more is confirmed, there
     *     is room again, or the connection has ended
     */
    TcpConnection(NanoClock clock, Runnable wake) {
        this.clock = clock;
        this.wake = wake;
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
        } else {
            end(reason(future.cause()));
        }
        if (before > MAX_PENDING / 2 && before - length <= MAX_PENDING / 2) {
            wake.run();
        }
    }

    /** Whether more may be handed over. */
    boolean hasRoom() {
        return pending.get() < MAX_PENDING;
    }

    /** Octets handed over so far. */
    long handed() {
        return handed;
    }

    /** Octets that the peer's process has read, by the kernel's account of it. */
    long proven() {
        return proven;
    }

    /** Octets that count as delivered: proven, or long enough silent. */
    long confirmed() {
        return confirmed;
    }

    /** Whether the peer's kernel has everything handed over. */
    boolean acknowledgedAll() {
        return acknowledged >= handed;
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

    /** Whether RST came after the FIN. */
    boolean reset() {
        return reset;
    }

    /** Tells the peer that nothing more comes; all must have been acknowledged. Any thread. */
    void endWriting() {
        if (channel instanceof DuplexChannel open) {
            var _ = open.shutdownOutput();
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
        rule = new ConfirmedRule(clock.nanos());
        infoKnown = info.read((UnixChannel) context.channel());
        synOctets = info.bytesAcked();
        sample((UnixChannel) context.channel(), rule);
        channel = context.channel();
        wake.run();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        var _ = context.write(message, promise);
        beginSampling(context);
    }

    private void beginSampling(ChannelHandlerContext context) {
        if (!sampling) {
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
        if (current == null || (ended != null && !endedByFin) || !context.channel().isOpen()) {
            return;
        }
        if (endedByFin) {
            sampleEnd((UnixChannel) context.channel());
            sampleAfter(context, SAMPLE_EVERY);
            return;
        }
        sample((UnixChannel) context.channel(), current);
        if (confirmed == handed) {
            sampling = false;
        } else {
            boolean quiet = clock.nanos() - current.lastTraffic() > QUIET;
            sampleAfter(context, quiet ? SAMPLE_QUIET_EVERY : SAMPLE_EVERY);
        }
    }

    private void sample(UnixChannel open, ConfirmedRule current) {
        long now = clock.nanos();
        if (!infoKnown) {
            current.sample(now, handed, written, written < handed, 0);
        } else if (info.read(open)) {
            long reached = info.bytesAcked() - synOctets;
            current.sample(now, handed, reached, info.inFlight(), info.sendWindow());
        }
        if (current.acknowledged() != acknowledged) {
            acknowledgedAt = now;
            acknowledged = current.acknowledged();
        }
        proven = current.proven();
        if (current.confirmed() != confirmed) {
            confirmed = current.confirmed();
            wake.run();
        }
    }

    /** What is acknowledged behind the FIN confirms nothing any more. */
    private void sampleEnd(UnixChannel open) {
        if (infoKnown && info.read(open)) {
            reset = info.closed();
            acknowledged = Math.max(acknowledged, info.bytesAcked() - synOctets);
            wake.run();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && ended == null) {
            endedByFin = true;
            end("closed by the peer");
            beginSampling(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end("closed by the peer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(reason(cause));
        var _ = context.close();
    }

    private void end(String reason) {
        if (ended == null) {
            ended = reason;
            wake.run();
        }
    }

    /** What the system said, without the name of the call that Netty puts before it. */
    static String reason(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        if (message == null) {
            return cause == null ? "unknown" : cause.getClass().getSimpleName();
        }
        int call = message.indexOf("failed");
        int colon = call < 0 ? -1 : message.indexOf(": ", call);
        return colon < 0 ? message : message.substring(colon + 2);
    }
}
