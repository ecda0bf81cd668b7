package io.sealpost.relay.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings runs of messages onto a connection: long ones by sendfile, short ones copied together, and
 * those that need another layout rewritten. Confined to the forwarder's thread.
 */
final class RunSender {
    /** Runs below this length are copied. */
    static final int COPY_BELOW = 16 * 1024;

    /** What was copied together leaves at this length, in octets. */
    private static final int COPY_TOGETHER = 64 * 1024;

    /** Longest run to ask the queue for, in octets. */
    static final int MAX_RUN = 256 * 1024;

    /** Longest run that is rewritten or encrypted: held in memory with what it becomes. */
    private static final int MAX_COPIED_RUN = 64 * 1024;

    private final TcpConnection connection;
    private final FrameRewriter rewriter;
    private final LongConsumer escaped;
    private final RunFrames frames;
    private byte[] rewritten = new byte[0];
    private @Nullable ByteBuf together;
    private long octets;

    /**
     * A sender for one connection.
     *
     * @param escaped told how many octets had to be escaped
     */
    RunSender(TcpConnection connection, FrameRewriter rewriter, LongConsumer escaped) {
        this.connection = connection;
        this.rewriter = rewriter;
        this.escaped = escaped;
        this.frames = new RunFrames(rewriter.layout().format());
    }

    /** Longest run that this sender wants, in octets. */
    int maxRun() {
        return rewriter.needed() || !connection.takesFiles() ? MAX_COPIED_RUN : MAX_RUN;
    }

    /** Sends a run, now or at the next flush; consumes it. */
    void send(FrameRun run) throws IOException {
        FileChannel file = connection.takesFiles() ? run.channel() : null;
        if (rewriter.needed() || file == null || run.length() < COPY_BELOW) {
            copy(run);
        } else {
            flush();
            octets += run.length();
            connection.send(run, file);
        }
    }

    /** Sends the first messages of a run and returns their octets; consumes the run. */
    int send(FrameRun run, int messages) throws IOException {
        read(run);
        int cut = RunFrames.behind(frames.octets(), messages);
        appendFrames(frames.octets(), cut);
        return cut;
    }

    /** Sends counted frames from memory, at the latest with the next flush. */
    void send(byte[] counted) {
        appendFrames(counted, counted.length);
    }

    /**
     * The first messages of a run as counted frames that {@link #send(byte[])} takes; consumes the
     * run.
     */
    byte[] copy(FrameRun run, int messages) throws IOException {
        read(run);
        boolean all = messages == run.count();
        return Arrays.copyOf(
                frames.octets(),
                all ? frames.length() : RunFrames.behind(frames.octets(), messages));
    }

    private void copy(FrameRun run) throws IOException {
        read(run);
        appendFrames(frames.octets(), frames.length());
    }

    private void appendFrames(byte[] from, int length) {
        if (!rewriter.needed()) {
            append(from, length);
            return;
        }
        int most = rewriter.maxLength(length, RunFrames.count(from, length));
        if (rewritten.length < most) {
            rewritten = new byte[most];
        }
        long before = rewriter.escaped();
        append(rewritten, rewriter.rewrite(from, 0, length, rewritten, 0));
        if (rewriter.escaped() > before) {
            escaped.accept(rewriter.escaped() - before);
        }
    }

    private void read(FrameRun run) throws IOException {
        try (run) {
            frames.read(run);
        }
    }

    private void append(byte[] from, int length) {
        ByteBuf buffer = together;
        if (buffer == null) {
            buffer = ByteBufAllocator.DEFAULT.directBuffer(Math.max(length, 1024));
            together = buffer;
        }
        buffer.writeBytes(from, 0, length);
        octets += length;
        if (buffer.readableBytes() >= COPY_TOGETHER) {
            flush();
        }
    }

    /** Whether all was handed over. */
    boolean flushed() {
        return together == null;
    }

    /** Hands over what was copied together. */
    void flush() {
        ByteBuf buffer = together;
        if (buffer != null) {
            together = null;
            connection.send(buffer);
        }
    }

    /** Gives up what was not handed over. */
    void discard() {
        ByteBuf buffer = together;
        if (buffer != null) {
            together = null;
            buffer.release();
        }
    }

    /** Octets of the stream so far, with those not handed over yet. */
    long octets() {
        return octets;
    }
}
