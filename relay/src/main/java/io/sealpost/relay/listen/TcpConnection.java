package io.sealpost.relay.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sealpost.protocol.frame.StreamFramer;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.Intake.Verdict;
import io.sealpost.relay.pipeline.Sender;
import io.sealpost.relay.spool.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sender's connection, confined to its event loop. Between chunks it holds nothing but the
 * unfinished rest; while the lane has no room, what was read and not taken in.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements Resident {
    private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);
    private static final byte[] NOTHING = new byte[0];
    private static final int NONE = -1;

    /** An array above this length is given back when nothing is left in it. */
    private static final int SMALL_REST_BYTES = 512;

    private final TcpListener listener;
    private final Loop loop;
    private final Channel channel;

    /** Known in full after the handshake where there is one. */
    private Sender sender;

    private final StreamFramer framer;

    private byte[] rest = NOTHING;
    private int restLength;

    /** Length of a frame at the start of the rest that was found, but had no room; or NONE. */
    private int foundLength = NONE;

    private boolean foundTruncated;
    private int foundNext;

    private long ordinal;
    private long received;
    private long lastReadNanos;
    private boolean waiting;
    private boolean ended;

    /** Whether the first octets have shown that this is no TLS on a plain port. */
    private boolean plain;

    TcpConnection(TcpListener listener, Loop loop, Channel channel, Sender sender) {
        this.listener = listener;
        this.loop = loop;
        this.channel = channel;
        this.sender = sender;
        this.framer = new StreamFramer(listener.maxMessageBytes());
        this.lastReadNanos = loop.nanos();
        this.plain = listener.speaksTls();
    }

    InetSocketAddress peer() {
        return sender.source().peer();
    }

    /** The handshake is done. Before it there are no messages. */
    void identified(String certificateHash) {
        Source source = sender.source();
        sender =
                sender.with(
                        new Source(
                                source.listener(),
                                source.transport(),
                                source.peer(),
                                source.connection(),
                                certificateHash));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            read(in);
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        if (ended) {
            return;
        }
        int length = in.readableBytes();
        received += length;
        lastReadNanos = loop.nanos();
        if (waiting) {
            reserve(restLength + length);
            in.readBytes(rest, restLength, length);
            restLength += length;
            return;
        }
        int end = restLength + length;
        byte[] octets = loop.octets(end);
        System.arraycopy(rest, 0, octets, 0, restLength);
        in.readBytes(octets, restLength, length);
        if (!plain && !greeted(octets, end)) {
            return;
        }
        if (!deliver(octets, end)) {
            awaitRoom();
        }
    }

    /** Whether what came is to be framed: more must come, or it is TLS, where not. */
    private boolean greeted(byte[] b, int end) {
        switch (ClientHello.in(b, end)) {
            case NO -> plain = true;
            case UNDECIDED -> keep(b, 0, end);
            case YES -> {
                restLength = 0;
                ended = true;
                listener.refusedTls(peer());
                channel.close();
            }
        }
        return plain;
    }

    /**
     * Takes in all messages of {@code b[0, end)} and keeps the rest; false if there was no room.
     */
    private boolean deliver(byte[] b, int end) {
        Intake intake = loop.intake();
        Verdict verdict = intake.begin();
        int taken = 0;
        if (verdict == Verdict.ACCEPTED) {
            try {
                taken = takeIn(intake, b, end);
                verdict = foundLength == NONE ? Verdict.ACCEPTED : Verdict.FULL;
            } finally {
                intake.end(listener.counters());
            }
        }
        keep(b, taken, end);
        if (verdict == Verdict.CLOSED) {
            abandon();
        }
        return verdict != Verdict.FULL;
    }

    /** Returns where what is to be kept begins. */
    private int takeIn(Intake intake, byte[] b, int end) {
        int from = 0;
        if (foundLength != NONE) {
            if (refused(intake.accept(b, 0, foundLength, foundTruncated, sender, ordinal))) {
                return 0;
            }
            from = foundNext;
            foundLength = NONE;
        }
        while (next(b, from, end)) {
            int offset = framer.frameOffset();
            int length = framer.frameLength();
            boolean truncated = framer.truncated();
            if (refused(intake.accept(b, offset, length, truncated, sender, ordinal))) {
                foundLength = length;
                foundTruncated = truncated;
                foundNext = framer.consumedTo() - offset;
                return offset;
            }
            from = framer.consumedTo();
        }
        return framer.consumedTo();
    }

    private boolean next(byte[] b, int from, int end) {
        StreamFramer.Result result = ended ? framer.close(b, from, end) : framer.next(b, from, end);
        return result == StreamFramer.Result.FRAME;
    }

    private boolean refused(Verdict verdict) {
        if (verdict == Verdict.ACCEPTED) {
            ordinal++;
            return false;
        }
        return true;
    }

    private void keep(byte[] b, int from, int end) {
        int length = end - from;
        if (length == 0 && rest.length > SMALL_REST_BYTES) {
            rest = NOTHING;
        }
        byte[] target = length <= rest.length ? rest : new byte[capacity(length)];
        System.arraycopy(b, from, target, 0, length);
        rest = target;
        restLength = length;
    }

    private void reserve(int length) {
        if (rest.length < length) {
            byte[] larger = new byte[capacity(length)];
            System.arraycopy(rest, 0, larger, 0, restLength);
            rest = larger;
        }
    }

    private static int capacity(int length) {
        return length < 64 ? 64 : Integer.highestOneBit(length - 1) << 1;
    }

    private void awaitRoom() {
        waiting = true;
        channel.config().setAutoRead(false);
        loop.waitingRoom().add(this);
    }

    @Override
    public boolean resume() {
        if (!deliver(rest, restLength)) {
            return false;
        }
        waiting = false;
        if (ended) {
            leave();
        } else {
            channel.config().setAutoRead(true);
        }
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.connectionClosed();
        log.debug("listener {}: {} closed", listener.name(), sender.source().peer());
        ended = true;
        if (waiting) {
            return;
        }
        if (deliver(rest, restLength)) {
            leave();
        } else {
            waiting = true;
            loop.waitingRoom().add(this);
        }
    }

    private void leave() {
        rest = NOTHING;
        restLength = 0;
        loop.remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug(
                    "listener {}: {}: {}",
                    listener.name(),
                    sender.source().peer(),
                    cause.getMessage());
        } else {
            listener.counters().cutOff("failure");
            log.error(
                    "listener {}: closing the connection of {} after a failure of ours",
                    listener.name(),
                    sender.source().peer(),
                    cause);
        }
        context.close();
    }

    @Override
    public void sweep(long nowNanos) {
        long idleNanos = listener.idleNanos();
        if (idleNanos > 0 && !waiting && nowNanos - lastReadNanos >= idleNanos) {
            listener.cutOffIdle(peer());
            channel.close();
        }
    }

    @Override
    public void finish() {
        channel.close();
    }

    @Override
    public void abandon() {
        int lost = foundLength == NONE ? 0 : 1;
        int from = foundLength == NONE ? 0 : foundNext;
        ended = true;
        while (next(rest, from, restLength)) {
            lost++;
            from = framer.consumedTo();
        }
        if (lost > 0) {
            listener.counters().dropped(Listener.SHUTDOWN, lost);
        }
        foundLength = NONE;
        waiting = false;
        leave();
        channel.close();
    }

    @Override
    public Listener listener() {
        return listener;
    }

    @Override
    public boolean waiting() {
        return waiting;
    }

    @Override
    public long received() {
        return received;
    }
}
