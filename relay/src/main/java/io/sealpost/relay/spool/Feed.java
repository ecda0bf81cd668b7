package io.sealpost.relay.spool;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Messages for one forwarder in an order of its own, with a cursor behind them: the whole queue of
 * an upstream, or the share of it that goes over one of several connections. Numbers and positions
 * are those of the feed, and mean nothing elsewhere. Reading ({@link #poll}, {@link #rewind},
 * {@link #setAside}) is confined to the forwarder's thread; {@link #wake} may be called from any.
 */
public interface Feed {
    /** Name of the upstream in the conf file. */
    String name();

    /**
     * The next consecutive messages: durable, at most {@code maxBytes} but at least one message.
     * Waits up to the timeout, and gives null then or when {@linkplain #wake woken}. The caller
     * closes the run.
     */
    @Nullable FrameRun poll(int maxBytes, Duration timeout)
            throws IOException, InterruptedException;

    /** Makes a waiting poll, or the next one that would wait, return null. */
    void wake();

    /** Reading goes on from here: not before {@link #confirmed}, not behind {@link #position}. */
    void rewind(Position to) throws IOException;

    /** Before the next message that poll looks at. */
    Position position();

    /** Everything before it is delivered or dropped. */
    Position confirmed();

    /**
     * Everything before this position is delivered.
     *
     * @param upTo not behind what poll gave out
     * @param state the upstream's own, written with the cursor; empty keeps none
     */
    void confirm(Position upTo, byte[] state);

    /**
     * Gives one message up: it is counted under the reason once everything before it is delivered,
     * and is not handed out (again). The caller then {@linkplain #rewind rewinds}.
     */
    void setAside(Position message, String reason);

    /** Counts messages sent again. */
    void countResent(long messages);

    /** Messages of the upstream that wait. */
    long queued();

    /** The number by which the spool knows a message of this feed. */
    default long number(long sequence) {
        return sequence;
    }

    /**
     * The name of the stream in which messages have their {@linkplain FrameRun#number numbers}, for
     * ever and in all the world; empty where they have none that last.
     */
    default String stream() throws IOException {
        return "";
    }

    /** Number of the message at the confirmed position. */
    default long confirmedNumber() {
        return 0;
    }

    /** Number from which messages would be sent again if the process ended now. */
    default long durableNumber() {
        return 0;
    }

    /** Makes that the confirmed one. */
    default void persist() throws IOException {}

    /**
     * What was handed out and is not confirmed may go over another connection. Answers whether
     * there is one: then none of it comes again here under the same number.
     */
    default boolean release() {
        return false;
    }
}
