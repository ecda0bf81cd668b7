package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;

/**
 * Turns runs into what a file holds of them, whole or message by message. Confined to one thread;
 * its buffer is reused.
 */
final class RunText {
    /** Longest run to take of what becomes longer, in octets. */
    private static final int MAX_ENCODED_RUN = 64 * 1024;

    /** Longest run to take otherwise. */
    private static final int MAX_RUN = 256 * 1024;

    private final FrameRewriter rewriter;
    private final RunFrames frames;
    private int messages;

    // The message at hand: where it begins and ends in what is written, and in the spool's frames.
    private int from;
    private int to;
    private int spooledFrom;
    private int spooledTo;

    RunText(Layout layout) {
        this.rewriter = new FrameRewriter(layout);
        this.frames = new RunFrames(layout.format());
    }

    /** Longest run to take at a time, in octets. */
    int maxRun() {
        return rewriter.layout().format() == Format.RFC5424 ? MAX_RUN : MAX_ENCODED_RUN;
    }

    /** Reads a run, which stays the caller's to close. */
    void read(FrameRun run) throws IOException {
        frames.read(run);
        messages = run.count();
        from = 0;
        to = 0;
        spooledFrom = 0;
        spooledTo = 0;
    }

    /** The most octets that the text of the whole run can have. */
    int maxLength() {
        return rewriter.maxLength(frames.length(), messages);
    }

    /** Writes the text of the whole run to {@code into[at...)}; returns the octets written. */
    int write(byte[] into, int at) {
        return rewriter.rewrite(frames.octets(), 0, frames.length(), into, at);
    }

    /** Steps to the first or next message; there must be one. */
    void next() {
        from = to;
        to = RunFrames.behindFrame(frames.octets(), from);
        spooledFrom = spooledTo;
        spooledTo = RunFrames.behindFrame(frames.spooled(), spooledFrom);
    }

    /** Reads the header of the message at hand, as normalized. */
    void header(MessageHeader into) {
        into.read(frames.spooled(), spooledFrom, spooledTo);
    }

    /** The most octets that the text of the message at hand can have. */
    int maxMessageLength() {
        return rewriter.maxLength(to - from, 1);
    }

    /** Writes the text of the message at hand; returns the octets written. */
    int writeMessage(byte[] into, int at) {
        return rewriter.rewrite(frames.octets(), from, to - from, into, at);
    }

    /** Octets escaped so far. */
    long escaped() {
        return rewriter.escaped();
    }
}
