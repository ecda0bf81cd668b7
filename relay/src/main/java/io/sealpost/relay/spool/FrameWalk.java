package io.sealpost.relay.spool;

import java.io.IOException;

/** Steps from octet count to octet count through frames in a segment. Confined. */
final class FrameWalk {
    /** Digits of the longest octet count, and the blank. */
    private static final int PREFIX = 11;

    private static final int WINDOW = 16 * 1024;

    private final SegmentReader file;
    private final long start;
    private final long length;
    private final byte[] window;
    private long windowAt;
    private int windowLength;
    private long walked;
    private int frames;

    FrameWalk(SegmentReader file, long start, long length) {
        this.file = file;
        this.start = start;
        this.length = length;
        this.window = new byte[(int) Math.min(WINDOW, Math.max(PREFIX, length))];
    }

    /** Octets of the frames walked. */
    long octets() {
        return walked;
    }

    int frames() {
        return frames;
    }

    /** Walks on while the next frame still ends within so many octets and so many frames. */
    void upTo(long maxOctets, int maxFrames) throws IOException {
        while (walked < length && frames < maxFrames) {
            long next = frameLength();
            if (walked + next > maxOctets) {
                return;
            }
            walked += next;
            frames++;
        }
    }

    private long frameLength() throws IOException {
        int have = (int) (windowAt + windowLength - walked);
        if (walked < windowAt || have < Math.min(PREFIX, length - walked)) {
            windowAt = walked;
            windowLength =
                    Math.max(
                            0,
                            file.read(
                                    window,
                                    0,
                                    (int) Math.min(window.length, length - walked),
                                    start + walked));
            have = windowLength;
        }
        int at = (int) (walked - windowAt);
        long message = 0;
        for (int digits = 0; digits < Math.min(PREFIX, have); digits++) {
            byte octet = window[at + digits];
            if (octet == ' ' && digits > 0 && walked + digits + 1 + message <= length) {
                return digits + 1 + message;
            }
            if (octet < '0' || octet > '9') {
                break;
            }
            message = message * 10 + (octet - '0');
        }
        throw new IOException("no octet count at octet " + (start + walked) + " of a sound batch");
    }
}
