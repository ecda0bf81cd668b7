package io.sealpost.protocol.relp;

import java.util.Optional;

/**
 * A numbered stream, which Sealpost offers in {@code open}: the messages of the session are those
 * of this stream from a number on, without a gap. Other peers ignore the offer. See
 * docs/format/relp-stream.md.
 *
 * @param id what the sender calls the stream: 1 to 64 of {@code 0-9 a-z . -}
 * @param next number of the first message, from 0
 */
public record RelpStream(String id, long next) {
    /** Name of the offer. */
    static final String OFFER = "sealpost_stream";

    private static final int MAX_ID = 64;
    private static final int MAX_DIGITS = 18;

    /** Validates. */
    public RelpStream {
        if (!isId(id) || next < 0) {
            throw new IllegalArgumentException("stream " + id + ", next " + next);
        }
    }

    /** The offer in a line, without its end. */
    String offer() {
        return OFFER + "=" + id + "," + next;
    }

    /** What these values of the offer say; empty if they make no sense. */
    static Optional<RelpStream> of(String[] values) {
        boolean good =
                values.length == 2
                        && isId(values[0])
                        && !values[1].isEmpty()
                        && values[1].length() <= MAX_DIGITS
                        && values[1].chars().allMatch(c -> c >= '0' && c <= '9');
        return good
                ? Optional.of(new RelpStream(values[0], Long.parseLong(values[1])))
                : Optional.empty();
    }

    private static boolean isId(String id) {
        return !id.isEmpty() && id.length() <= MAX_ID && id.chars().allMatch(RelpStream::isIdChar);
    }

    private static boolean isIdChar(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
    }
}
