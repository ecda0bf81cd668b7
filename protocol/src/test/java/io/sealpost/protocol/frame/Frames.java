package io.sealpost.protocol.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * What a framer finds in a stream that arrives in the given pieces. Keeps the rest as a listener
 * does.
 */
final class Frames {
    private final StreamFramer framer;
    private final int maxMessage;
    private byte[] rest = new byte[0];
    private int largestRest;
    private final List<String> messages = new ArrayList<>();
    private int truncated;

    private Frames(int maxMessage) {
        this.maxMessage = maxMessage;
        framer = new StreamFramer(maxMessage);
    }

    /** All frames, one ISO 8859-1 String each, of a stream that is closed after the last piece. */
    static Frames of(int maxMessage, Iterable<byte[]> pieces) {
        Frames frames = new Frames(maxMessage);
        for (byte[] piece : pieces) {
            frames.read(piece);
        }
        frames.close();
        return frames;
    }

    static Frames of(int maxMessage, byte[] stream) {
        return of(maxMessage, List.of(stream));
    }

    static Frames of(int maxMessage, String stream) {
        return of(maxMessage, stream.getBytes(ISO_8859_1));
    }

    List<String> messages() {
        return messages;
    }

    int truncated() {
        return truncated;
    }

    int largestRest() {
        return largestRest;
    }

    /** Without the one LF, CR LF or NUL that a sender may have put inside a counted frame. */
    List<String> withoutTrailer() {
        return messages.stream().map(Frames::withoutTrailer).toList();
    }

    private static String withoutTrailer(String message) {
        for (String trailer : List.of("\r\n", "\n", "\0")) {
            if (message.endsWith(trailer)) {
                return message.substring(0, message.length() - trailer.length());
            }
        }
        return message;
    }

    private void read(byte[] piece) {
        byte[] octets = new byte[rest.length + piece.length];
        System.arraycopy(rest, 0, octets, 0, rest.length);
        System.arraycopy(piece, 0, octets, rest.length, piece.length);
        int from = 0;
        while (framer.next(octets, from, octets.length) == StreamFramer.Result.FRAME) {
            take(octets);
            from = framer.consumedTo();
        }
        from = framer.consumedTo();
        rest = new byte[octets.length - from];
        System.arraycopy(octets, from, rest, 0, rest.length);
        largestRest = Math.max(largestRest, rest.length);
    }

    private void close() {
        int from = 0;
        while (framer.close(rest, from, rest.length) == StreamFramer.Result.FRAME) {
            take(rest);
            from = framer.consumedTo();
        }
        if (framer.consumedTo() != rest.length) {
            throw new AssertionError(
                    "octets left at close: " + (rest.length - framer.consumedTo()));
        }
    }

    private void take(byte[] octets) {
        if (framer.frameLength() < 1 || framer.frameLength() > maxMessage) {
            throw new AssertionError("frame of " + framer.frameLength() + " octets");
        }
        messages.add(new String(octets, framer.frameOffset(), framer.frameLength(), ISO_8859_1));
        truncated += framer.truncated() ? 1 : 0;
    }

    @Override
    public String toString() {
        return messages + " truncated=" + truncated;
    }
}
