package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Originals;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of runs as counted frames, still to be rewritten: as they lie in the spool, or
 * as they were received. Confined to one thread; its memory is reused.
 */
final class RunFrames {
    private static final int FIRST_CAPACITY = 16 * 1024;

    private final @Nullable Originals originals;
    private byte[] octets = new byte[0];
    private byte[] spooled = octets;
    private int length;

    RunFrames(Format format) {
        originals = format == Format.ORIGINAL ? new Originals() : null;
    }

    /** Reads a run, which stays the caller's to close. */
    void read(FrameRun run) throws IOException {
        if (originals != null) {
            originals.read(run);
            octets = originals.octets();
            spooled = originals.frames();
            length = originals.length();
            return;
        }
        if (octets.length < run.length()) {
            octets = new byte[Math.max(FIRST_CAPACITY, run.length())];
        }
        run.read(octets, 0);
        spooled = octets;
        length = run.length();
    }

    /** What was read. */
    byte[] octets() {
        return octets;
    }

    /** The same messages as they lie in the spool. */
    byte[] spooled() {
        return spooled;
    }

    /** How many of the {@link #octets}. */
    int length() {
        return length;
    }

    /** Where so many counted frames end. */
    static int behind(byte[] frames, int messages) {
        int end = 0;
        for (int i = 0; i < messages; i++) {
            end = behindFrame(frames, end);
        }
        return end;
    }

    /** How many frames these octets are. */
    static int count(byte[] frames, int length) {
        int messages = 0;
        for (int end = 0; end < length; end = behindFrame(frames, end)) {
            messages++;
        }
        return messages;
    }

    /** Where the frame that begins here ends. */
    static int behindFrame(byte[] frames, int at) {
        int next = at;
        int size = 0;
        for (byte digit = frames[next++]; digit != ' '; digit = frames[next++]) {
            size = size * 10 + digit - '0';
        }
        return next + size;
    }
}
