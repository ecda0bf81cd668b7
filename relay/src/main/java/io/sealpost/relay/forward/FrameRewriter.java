package io.sealpost.relay.forward;

import io.sealpost.protocol.encode.JsonEncoder;
import io.sealpost.protocol.encode.MessageEncoder;
import io.sealpost.protocol.encode.Rfc3164Encoder;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites octet-counted frames, as {@link RunFrames} reads them, in another layout. The same
 * frames always give the same octets. Confined to one thread; its buffer is reused.
 */
final class FrameRewriter {
    /** Octets of a count and its blank. */
    private static final int MAX_COUNT = 11;

    private final Layout layout;
    private final LfFraming lines = new LfFraming();

    /** Null where the messages themselves stay as they are. */
    private final @Nullable MessageEncoder encoder;

    /** Whether frames stay as they are, octet by octet. */
    private final boolean asRead;

    private byte[] message = new byte[0];

    FrameRewriter(Layout layout) {
        this.layout = layout;
        this.encoder =
                switch (layout.format()) {
                    case RFC5424, ORIGINAL -> null;
                    case RFC3164 -> new Rfc3164Encoder();
                    case JSON -> new JsonEncoder();
                };
        this.asRead = encoder == null && layout.framing() == Framing.OCTET_COUNTING;
    }

    Layout layout() {
        return layout;
    }

    /** Whether the layout differs from that of the spool. */
    boolean needed() {
        return !layout.asSpooled();
    }

    /** The most octets that so many messages with so many octets of frames can become. */
    int maxLength(int octets, int messages) {
        if (asRead) {
            return octets;
        }
        if (encoder == null) {
            return LfFraming.maxLength(octets);
        }
        int encoded = encoder.maxLength(octets) + messages * (encoder.maxLength(0) + MAX_COUNT);
        // JSON has nothing left to escape.
        return layout.format() == Format.JSON ? encoded : LfFraming.maxLength(encoded);
    }

    /**
     * Rewrites the frames in {@code from[offset, offset + length)} to {@code to[at...)}, which must
     * have room for {@link #maxLength}; returns the octets written.
     */
    int rewrite(byte[] from, int offset, int length, byte[] to, int at) {
        if (asRead) {
            System.arraycopy(from, offset, to, at, length);
            return length;
        }
        return encoder == null
                ? lines.rewrite(from, offset, length, to, at)
                : encode(encoder, from, offset, length, to, at);
    }

    private int encode(MessageEncoder by, byte[] from, int offset, int length, byte[] to, int at) {
        int next = offset;
        int out = at;
        while (next < offset + length) {
            int size = 0;
            for (byte digit = from[next++]; digit != ' '; digit = from[next++]) {
                size = size * 10 + digit - '0';
            }
            if (message.length < by.maxLength(size)) {
                message = new byte[by.maxLength(size)];
            }
            int encoded = by.encode(from, next, size, message, 0);
            out = frame(encoded, to, out);
            next += size;
        }
        return out - at;
    }

    /** Writes the encoded message in its framing; returns the position behind it. */
    private int frame(int length, byte[] to, int at) {
        if (layout.framing() == Framing.LF) {
            return lines.line(message, 0, length, to, at);
        }
        int p = count(length, to, at);
        System.arraycopy(message, 0, to, p, length);
        return p + length;
    }

    private static int count(int length, byte[] to, int at) {
        int digits = 1;
        for (int rest = length / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int rest = length;
        for (int i = at + digits - 1; i >= at; i--) {
            to[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        to[at + digits] = ' ';
        return at + digits + 1;
    }

    /** Octets escaped so far because they would have ended a line. */
    long escaped() {
        return lines.escaped();
    }
}
