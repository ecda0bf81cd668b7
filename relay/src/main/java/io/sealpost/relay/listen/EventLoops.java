package io.sealpost.relay.listen;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.StreamKey;
import io.sealpost.relay.spool.StreamMark;
import io.sealpost.relay.watch.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The event loops of the process, shared by listeners, upstreams and admin. Each has its own intake
 * into its own lane of the spool.
 */
public final class EventLoops implements AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    private final MultiThreadIoEventLoopGroup group;
    private final List<Loop> loops;
    private final NanoClock clock;
    private final Events events;
    private final LostSessions lostSessions;
    private final NumberedStreams streams;
    private final AtomicLong connections = new AtomicLong();

    private EventLoops(
            MultiThreadIoEventLoopGroup group,
            List<Loop> loops,
            NumberedStreams streams,
            NanoClock clock,
            Events events) {
        this.streams = streams;
        this.events = events;
        this.group = group;
        this.loops = loops;
        this.clock = clock;
        this.lostSessions = new LostSessions(clock);
    }

    /**
     * Makes the intake of one event loop; {@code onSpace} is to be called when its lane has room,
     * {@code onSynced} when it is durable further than before.
     */
    public interface Intakes {
        Intake open(Runnable onSpace, Runnable onSynced);
    }

    /**
     * Starts so many event loops.
     *
     * @param streams what is here of numbered streams
     * @param events are told by listeners of what happens
     */
    public static EventLoops start(
            int threads,
            Intakes intakes,
            Map<StreamKey, StreamMark> streams,
            NanoClock clock,
            Events events) {
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        threads,
                        new DefaultThreadFactory("event-loop", true),
                        EpollIoHandler.newFactory());
        List<Loop> loops = new ArrayList<>(threads);
        for (EventExecutor eventLoop : group) {
            loops.add(Loop.start((IoEventLoop) eventLoop, intakes, clock));
        }
        return new EventLoops(
                group, List.copyOf(loops), new NumberedStreams(streams), clock, events);
    }

    /** The group for channels of other rooms. */
    public EventLoopGroup group() {
        return group;
    }

    /** Does this with the intake of each event loop. */
    public void intakes(Consumer<Intake> action) {
        loops.forEach(loop -> action.accept(loop.intake()));
    }

    /** Number of the next connection; never 0. */
    long nextConnection() {
        return connections.incrementAndGet();
    }

    /** Those of all listeners: a client may come back to one that has taken over the address. */
    LostSessions lostSessions() {
        return lostSessions;
    }

    NumberedStreams streams() {
        return streams;
    }

    NanoClock clock() {
        return clock;
    }

    Events events() {
        return events;
    }

    List<Loop> loops() {
        return loops;
    }

    @SuppressWarnings("ReferenceEquality") // an event loop is an identity
    Loop of(EventLoop eventLoop) {
        for (Loop loop : loops) {
            if (loop.eventLoop() == eventLoop) {
                return loop;
            }
        }
        throw new IllegalArgumentException("not one of these event loops");
    }

    /** Whether all of them do what is asked of them within this time. */
    public boolean answerWithin(Duration limit) {
        CountDownLatch answers = new CountDownLatch(loops.size());
        try {
            loops.forEach(loop -> loop.eventLoop().execute(answers::countDown));
            return answers.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            return false; // they have been closed
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends all event loops; listeners must have been stopped before. */
    @Override
    public void close() {
        boolean ended =
                group.shutdownGracefully(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .awaitUninterruptibly(2 * SHUTDOWN_TIMEOUT.toMillis());
        if (ended) {
            loops.forEach(loop -> loop.readBuffers().close());
        }
    }
}
