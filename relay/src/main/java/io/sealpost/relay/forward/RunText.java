package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;

/** Turns runs into what a file holds of them. Confined to one thread; its buffer is reused. */
final class RunText {
    private static final int FIRST_CAPACITY = 256 * 1024;

    /** Longest run to take of what becomes longer, in octets. */
    private static final int MAX_ENCODED_RUN = 64 * 1024;

    /** Longest run to take otherwise. */
    private static final int MAX_RUN = 256 * 1024;

    private final FrameRewriter rewriter;
    private byte[] frames = new byte[0];

    RunText(Layout layout) {
        this.rewriter = new FrameRewriter(layout);
    }

    /** Longest run to take at a time, in octets. */
    int maxRun() {
        return rewriter.layout().format() == Format.RFC5424 ? MAX_RUN : MAX_ENCODED_RUN;
    }

    /** The most octets that the run can become. */
    int maxLength(FrameRun run) {
        return rewriter.maxLength(run.length(), run.count());
    }

    /** Writes the run's text to {@code to[at...)}; returns the octets written. */
    int write(FrameRun run, byte[] to, int at) throws IOException {
        if (!rewriter.needed()) {
            run.read(to, at);
            return run.length();
        }
        if (frames.length < run.length()) {
            frames = new byte[Math.max(FIRST_CAPACITY, run.length())];
        }
        run.read(frames, 0);
        return rewriter.rewrite(frames, run.length(), to, at);
    }

    /** Octets of the message that begins here, with its framing. */
    int messageLength(byte[] text, int offset, int end) {
        int at = offset;
        if (rewriter.layout().framing() == Framing.LF) {
            while (text[at] != '\n') {
                at++;
            }
            return at + 1 - offset;
        }
        int size = 0;
        while (text[at] != ' ') {
            size = size * 10 + text[at] - '0';
            at++;
        }
        return Math.min(at + 1 + size, end) - offset;
    }

    /** Octets escaped so far. */
    long escaped() {
        return rewriter.escaped();
    }
}
