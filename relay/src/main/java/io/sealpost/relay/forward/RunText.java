package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;

/** Turns runs into what a file holds of them. Confined to one thread; its buffer is reused. */
final class RunText {
    /** Longest run to take of what becomes longer, in octets. */
    private static final int MAX_ENCODED_RUN = 64 * 1024;

    /** Longest run to take otherwise. */
    private static final int MAX_RUN = 256 * 1024;

    private final FrameRewriter rewriter;
    private final RunFrames frames;

    RunText(Layout layout) {
        this.rewriter = new FrameRewriter(layout);
        this.frames = new RunFrames(layout.format());
    }

    /** Longest run to take at a time, in octets. */
    int maxRun() {
        return rewriter.layout().format() == Format.RFC5424 ? MAX_RUN : MAX_ENCODED_RUN;
    }

    /**
     * Reads a run, which stays the caller's to close; returns the most octets that its text can
     * have.
     */
    int read(FrameRun run) throws IOException {
        frames.read(run);
        return rewriter.maxLength(frames.length(), run.count());
    }

    /** Writes the text of the run just read to {@code to[at...)}; returns the octets written. */
    int write(byte[] to, int at) {
        return rewriter.rewrite(frames.octets(), frames.length(), to, at);
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
