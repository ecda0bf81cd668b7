package io.sealpost.relay.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
abstract sealed class StreamConnection extends ChannelInboundHandlerAdapter implements Resident
        permits TcpConnection, RelpConnection {
    private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);
    private static final byte[] NOTHING = new byte[0];
    private static final int NONE = -1;

    /** An array above this length is given back when nothing is left in it. */
    private static final int SMALL_REST_BYTES = 512;

    private final TcpListener listener;
    private final Loop loop;
    private final Channel channel;

    /** Known in full after the handshake where there is one. */
    private Sender sender;

    private byte[] rest = NOTHING;
    private int restLength;

    /** Length of a message at the start of the rest that was found, but had no room; or NONE. */
    private int foundLength = NONE;

    private boolean foundTruncated;
    private int foundNext;

    private long ordinal;

    /** What ordinals count from. */
    private long firstOrdinal;

    /** Something waits for room. */
    private boolean full;

    private long received;
    private long lastReadNanos;
    private boolean waiting;
    private boolean ended;

    /** Whether the first octets have shown that this is no TLS on a plain port. */
    private boolean plain;

    StreamConnection(TcpListener listener, Loop loop, Channel channel, Sender sender) {
        this.listener = listener;
        this.loop = loop;
        this.channel = channel;
        this.sender = sender;
        this.lastReadNanos = loop.nanos();
        this.plain = listener.speaksTls();
    }

    /**
     * Looks for the next message in {@code b[from, end)}; what is needed of it again begins at
     * {@link #consumedTo}.
     */
    abstract boolean next(byte[] b, int from, int end);

    abstract int messageOffset();

    abstract int messageLength();

    abstract boolean truncated();

    abstract int consumedTo();

    /** A chunk was looked through, and so many messages of so many octets were taken in. */
    abstract void delivered(long messages, int octets);

    /** What waited for room is delivered. */
    abstract void resumed();

    /**
     * Takes in what was kept before what is to come; false if that has to wait.
     *
     * @param room whether there may be room at all
     */
    boolean takeEarlier(boolean room) {
        return true;
    }

    /** Takes in a message. False if that has to wait: then it comes again. */
    boolean take(byte[] b, int offset, int length, boolean truncated) {
        return store(b, offset, length, truncated);
    }

    /** Puts a message into the lane; false if there is no room. */
    final boolean store(byte[] b, int offset, int length, boolean truncated) {
        if (loop.intake().accept(b, offset, length, truncated, sender, firstOrdinal + ordinal)
                != Verdict.ACCEPTED) {
            return false;
        }
        ordinal++;
        return true;
    }

    /** So many messages are dealt with, though not stored. */
    void passOver(int messages) {
        ordinal += messages;
    }

    /** The messages are those of a numbered stream, from this number on. Before the first. */
    final void carries(String stream, long first) {
        sender = sender.with(sender.source().with(stream));
        firstOrdinal = first;
    }

    final Source source() {
        return sender.source();
    }

    final InetSocketAddress peer() {
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
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            read(in);
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        int length = in.readableBytes();
        received += length;
        lastReadNanos = loop.nanos();
        if (ended) {
            return;
        }
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
    final boolean deliver(byte[] b, int end) {
        Intake intake = loop.intake();
        Verdict verdict = intake.begin();
        long before = ordinal;
        int taken = 0;
        if (verdict != Verdict.CLOSED) {
            boolean begun = verdict == Verdict.ACCEPTED;
            try {
                taken = takeIn(begun, b, end);
            } finally {
                if (begun) {
                    intake.end(listener.counters());
                }
            }
        }
        keep(b, taken, end);
        if (verdict == Verdict.CLOSED) {
            abandon();
            return true;
        }
        delivered(ordinal - before, taken);
        return !full;
    }

    /** What is kept, once more. */
    final boolean deliverRest() {
        return deliver(rest, restLength);
    }

    /** Returns where what is to be kept begins. */
    private int takeIn(boolean begun, byte[] b, int end) {
        int from = 0;
        full = !takeEarlier(begun);
        if (full) {
            return 0;
        }
        if (foundLength != NONE) {
            if (!begun || !take(b, 0, foundLength, foundTruncated)) {
                full = true;
                return 0;
            }
            from = foundNext;
            foundLength = NONE;
        }
        while (next(b, from, end)) {
            int offset = messageOffset();
            int length = messageLength();
            boolean truncated = truncated();
            if (!begun || !take(b, offset, length, truncated)) {
                full = true;
                foundLength = length;
                foundTruncated = truncated;
                foundNext = consumedTo() - offset;
                return offset;
            }
            from = consumedTo();
        }
        return consumedTo();
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

    /** Waits for room, reading no more. */
    final void awaitRoom() {
        if (!waiting) {
            waiting = true;
            readOn();
            loop.waitingRoom().add(this);
        }
    }

    /** Goes on reading, or stops, as it is to be now. */
    final void readOn() {
        boolean reading = mayRead();
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /** Whether more octets are wanted. */
    boolean mayRead() {
        return !waiting;
    }

    @Override
    public final boolean resume() {
        if (!deliverRest()) {
            return false;
        }
        waiting = false;
        resumed();
        return true;
    }

    /** Delivers the rest of a connection that has ended, now or when there is room. */
    final void deliverLast() {
        ended = true;
        if (waiting) {
            return;
        }
        if (deliverRest()) {
            leave();
        } else {
            awaitRoom();
        }
    }

    /** Nothing more is taken in, and what is kept is forgotten. */
    final void leave() {
        ended = true;
        waiting = false;
        foundLength = NONE;
        rest = NOTHING;
        restLength = 0;
        loop.remove(this);
    }

    /** Messages that were read whole and not taken in; nothing is left of them. */
    final int takeLost() {
        int lost = foundLength == NONE ? 0 : 1;
        int from = foundLength == NONE ? 0 : foundNext;
        ended = true;
        while (next(rest, from, restLength)) {
            lost++;
            from = consumedTo();
        }
        return lost;
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("listener {}: {}: {}", listener.name(), peer(), cause.getMessage());
        } else {
            listener.counters().cutOff("failure");
            log.error(
                    "listener {}: closing the connection of {} after a failure of ours",
                    listener.name(),
                    peer(),
                    cause);
        }
        context.close();
    }

    /** Whether it sent nothing for the idle timeout. */
    final boolean idle(long nowNanos) {
        long idleNanos = listener.idleNanos();
        return idleNanos > 0 && !waiting && nowNanos - lastReadNanos >= idleNanos;
    }

    final Loop loop() {
        return loop;
    }

    final Channel channel() {
        return channel;
    }

    /** Whether nothing more is taken from the peer. */
    final boolean ended() {
        return ended;
    }

    /** Takes nothing more from the peer but what was found and waits for room. */
    final void end() {
        ended = true;
    }

    @Override
    public final TcpListener listener() {
        return listener;
    }

    @Override
    public final boolean waiting() {
        return waiting;
    }

    @Override
    public final long received() {
        return received;
    }
}
