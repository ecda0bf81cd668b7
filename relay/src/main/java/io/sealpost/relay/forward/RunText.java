package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;

/** Turns runs into what a file holds of them. Confined to one thread; its buffer is reused. */
final class RunText {
    private static final int FIRST_CAPACITY = 256 * 1024;

    private final Framing framing;
    private final LfFraming lines = new LfFraming();
    private byte[] frames = new byte[0];

    RunText(Framing framing) {
        this.framing = framing;
    }

    Framing framing() {
        return framing;
    }

    /** The most octets that the run can become. */
    int maxLength(FrameRun run) {
        return framing == Framing.LF ? LfFraming.maxLength(run.length()) : run.length();
    }

    /** Writes the run's text to {@code to[at...)}; returns the octets written. */
    int write(FrameRun run, byte[] to, int at) throws IOException {
        if (framing == Framing.OCTET_COUNTING) {
            run.read(to, at);
            return run.length();
        }
        if (frames.length < run.length()) {
            frames = new byte[Math.max(FIRST_CAPACITY, run.length())];
        }
        run.read(frames, 0);
        return lines.rewrite(frames, 0, run.length(), to, at);
    }

    /** Octets of the message that begins here, with its framing. */
    int messageLength(byte[] text, int offset, int end) {
        int at = offset;
        if (framing == Framing.LF) {
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
        return lines.escaped();
    }
}
