package io.sealpost.relay.listen;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sealpost.protocol.relp.RelpServerSession;
import io.sealpost.relay.pipeline.Sender;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A RELP session: its messages are acknowledged once they are durable. */
/*
 * What may be acknowledged when is for Unacknowledged to say. While messages wait there for a sync,
 * the connection stands in the loop's SyncRoom; while messages wait there for upstreams, it looks
 * again and again. The answers of one sync leave in one write.
 *
 * What was read and not taken in when the connection ends is forgotten, and not counted as dropped:
 * it was not acknowledged, so its sender still has it.
 */
final class RelpConnection extends StreamConnection {
    private static final Logger log = LoggerFactory.getLogger(RelpConnection.class);

    /** Messages that may be unacknowledged; reading stops there. */
    static final int MAX_UNACKNOWLEDGED = 1 << 16;

    /** Octets that they may have. */
    static final int MAX_UNACKNOWLEDGED_BYTES = 16 << 20;

    /** How long a peer may take to open the session. */
    private static final long OPEN_TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    /** The connection broke. */
    private static final String LOST = "lost";

    private static final String OPEN_TIMEOUT = "relp-open-timeout";

    /** Pause between two looks at other connections. */
    private static final int LOOK_AGAIN_MILLIS = 2;

    /** Pause between two looks at the upstreams. */
    private static final int DELIVERY_LOOK_MILLIS = 5;

    private final RelpServerSession session;
    private final Unacknowledged unacknowledged;
    private final LingeringClose closing;
    private final Repeats repeats;
    private final NumberedStreams streams;

    /** Where the messages have numbers; known with the first one. */
    private @Nullable NumberedSession numbered;

    private final long begunNanos;

    /** Whether it stands in the sync room. */
    private boolean inSyncRoom;

    /** Whether a look at the upstreams is due. */
    private boolean watchesUpstreams;

    /** Why it ends, as counted. */
    private String ending = LOST;

    private boolean endTold;
    private long acknowledged;

    /** Of the lane, behind the last message taken in. */
    private long position;

    /** The peer ended its side when it had all acknowledgements. */
    private boolean endedWithAll;

    /** Whether what came instead of a session looks like plain syslog. */
    private boolean plainSyslog;

    RelpConnection(
            TcpListener listener,
            Loop loop,
            Channel channel,
            Sender sender,
            TcpListenerSettings.Protocol.Relp relp,
            EventLoops loops) {
        super(listener, loop, channel, sender);
        this.repeats = new Repeats(this, loops.lostSessions());
        this.streams = loops.streams();
        this.session =
                new RelpServerSession(
                        listener.maxMessageBytes(),
                        relp.software(),
                        _ -> mayNumber(relp.chainFrom()));
        this.unacknowledged =
                new Unacknowledged(loop.intake(), relp.delivered(), listener.counters());
        this.closing = new LingeringClose(channel);
        this.begunNanos = loop.nanos();
    }

    @Override
    boolean next(byte[] b, int from, int end) {
        RelpServerSession.Step step = session.next(b, from, end);
        if (step == RelpServerSession.Step.ENDED && !session.opened()) {
            plainSyslog |= PlainSyslog.in(b, from, end);
        }
        return step == RelpServerSession.Step.MESSAGE;
    }

    @Override
    int messageOffset() {
        return session.messageOffset();
    }

    @Override
    int messageLength() {
        return session.messageLength();
    }

    @Override
    boolean truncated() {
        return session.truncated();
    }

    @Override
    int consumedTo() {
        return session.consumedTo();
    }

    @Override
    void identified(String certificateHash) {
        super.identified(certificateHash);
        repeats.identified();
    }

    @Override
    boolean takeEarlier(boolean room) {
        return repeats.takeHeld(room);
    }

    @Override
    boolean take(byte[] b, int offset, int length, boolean truncated) {
        if (numbered == null && session.stream().isPresent()) {
            numbered = new NumberedSession(this, streams, session.stream().get());
        }
        return numbered == null
                ? repeats.take(b, offset, length, truncated)
                : numbered.take(b, offset, length, truncated);
    }

    @Override
    void passOver(int messages) {
        super.passOver(messages);
        unacknowledged.passOver();
    }

    /** Numbers are believed only from peers that are known. */
    private boolean mayNumber(List<Network> chainFrom) {
        return !source().certificateHash().isEmpty()
                || chainFrom.stream().anyMatch(net -> net.contains(peer().getAddress()));
    }

    /** A message has to wait for other connections; it is looked at again soon. */
    void lookAgain() {
        var _ =
                channel()
                        .eventLoop()
                        .schedule(loop().waitingRoom()::onSpace, LOOK_AGAIN_MILLIS, MILLISECONDS);
    }

    @Override
    void delivered(long messages, int octets) {
        if (messages > 0) {
            position = loop().intake().position();
            unacknowledged.add(messages, octets, position);
            if (!inSyncRoom && !releaseDurable()) {
                inSyncRoom = true;
                loop().syncRoom().add(this);
            }
        }
        answer();
    }

    /** The lane is durable further than before; false if there are still messages to wait for. */
    boolean acknowledge() {
        if (channel().isActive()) {
            inSyncRoom = !releaseDurable();
            answer();
        } else {
            inSyncRoom = false;
        }
        return !inSyncRoom;
    }

    /** False if there is more to wait for. */
    private boolean releaseDurable() {
        session.acknowledge(unacknowledged.takeDurable(loop().nanos()));
        watchUpstreams();
        return !unacknowledged.awaitsSync();
    }

    /** Cursors of upstreams do not tell when they move, so they are looked at while it matters. */
    private void watchUpstreams() {
        if (!watchesUpstreams && unacknowledged.awaitsUpstreams()) {
            watchesUpstreams = true;
            var _ =
                    channel()
                            .eventLoop()
                            .schedule(this::lookAtUpstreams, DELIVERY_LOOK_MILLIS, MILLISECONDS);
        }
    }

    private void lookAtUpstreams() {
        watchesUpstreams = false;
        if (channel().isActive()) {
            session.acknowledge(unacknowledged.takeDelivered(loop().nanos()));
            watchUpstreams();
            answer();
        }
    }

    /** Writes the replies that there are, and closes when there will be no others. */
    private void answer() {
        session.ending().ifPresent(this::tellEnd);
        if (session.ending().isPresent()) {
            repeats.giveUp();
        }
        count();
        int length = session.repliesLength();
        if (length > 0) {
            channel()
                    .writeAndFlush(
                            channel()
                                    .alloc()
                                    .buffer(length)
                                    .writeBytes(session.replies(), 0, length));
            session.repliesTaken();
        }
        if (session.ended()) {
            closing.begin(loop().nanos());
        }
        readOn();
    }

    private void count() {
        long more = session.replied() - acknowledged;
        if (more > 0) {
            listener().counters().acknowledged(more);
            acknowledged += more;
        }
    }

    private void tellEnd(RelpServerSession.Ending ending) {
        if (endTold) {
            return;
        }
        endTold = true;
        end();
        if (this.ending.equals(LOST)) {
            this.ending = ending.label();
        }
        switch (ending) {
            case CLOSED, SHUT_DOWN ->
                    log.debug(
                            "listener {}: {} {}", listener().name(), peer(), session.endingText());
            case MALFORMED, TXNR, COMMAND, STATE, OFFERS ->
                    listener().ended(peer(), session.opened(), ending.label(), endingText());
        }
    }

    private String endingText() {
        return plainSyslog
                ? "it speaks plain syslog, but this listener takes RELP only; let it use a"
                        + " listener with transport = tcp"
                : "it breaks the rules of RELP: " + session.endingText();
    }

    /** After the end what comes is read and forgotten. */
    @Override
    boolean mayRead() {
        return super.mayRead() && (ended() || mayTakeMore());
    }

    private boolean mayTakeMore() {
        return channel().isWritable()
                && session.unacknowledged() < MAX_UNACKNOWLEDGED
                && unacknowledged.octets() < MAX_UNACKNOWLEDGED_BYTES;
    }

    @Override
    void resumed() {
        readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        readOn();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forget();
        if (session.opened()) {
            listener().counters().sessionEnded(ending);
        }
        listener().connectionClosed();
        log.debug("listener {}: {} closed", listener().name(), peer());
        leave();
    }

    /** Messages whose acknowledgements were written. */
    long replied() {
        return session.replied();
    }

    /** Behind what this position of the lane has to be durable for all that was taken in. */
    long position() {
        return position;
    }

    /**
     * Whether the client has surely got all its acknowledgements: it has closed the session, or
     * ended the connection in order when its kernel had them all. A kernel does that only if they
     * were read, else by RST.
     */
    boolean complete() {
        return endedWithAll
                || (session.ended()
                        && session.ending().orElseThrow() == RelpServerSession.Ending.CLOSED);
    }

    /** The peer has ended its side; what it has sent was read before. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            endedWithAll = session.unacknowledged() == 0 && PeerKernel.hasAll(channel());
            context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void sweep(long nowNanos) {
        repeats.sweep(nowNanos);
        closing.sweep(nowNanos);
        if (session.ending().isPresent()) {
            return; // it closes as soon as all is acknowledged
        }
        if (!session.opened() && nowNanos - begunNanos >= OPEN_TIMEOUT_NANOS) {
            listener().refused(peer(), OPEN_TIMEOUT, "it opened no RELP session within 30 s");
            finish();
        } else if (session.unacknowledged() == 0 && idle(nowNanos)) {
            ending = TcpListener.IDLE;
            listener().cutOffIdle(peer());
            finish();
        }
    }

    /** Takes nothing more, and closes when all that was taken in is acknowledged. */
    @Override
    public void finish() {
        unacknowledged.finish(loop().nanos());
        repeats.giveUp();
        session.shutDown();
        answer();
    }

    @Override
    public void abandon() {
        forget();
        leave();
        channel().close();
    }

    private void forget() {
        if (numbered != null) {
            numbered.ended();
        }
        repeats.ended();
    }
}
