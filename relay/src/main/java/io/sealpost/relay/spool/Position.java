package io.sealpost.relay.spool;

/**
 * A place between two messages: everything before {@code sequence} lies behind it. The rest are
 * hints that save a search.
 *
 * @param sequence number of the next message
 * @param segment first sequence of the segment that holds it, or -1 if not known
 * @param batch octet in the segment where its batch begins, or -1 if not known
 */
public record Position(long sequence, long segment, long batch) {
    /** The position before message {@code sequence}, without hints. */
    public static Position of(long sequence) {
        return new Position(sequence, -1, -1);
    }
}
