package io.sealpost.relay.spool;

/**
 * How far the log is durable: one consistent view for readers and books, made once per commit.
 *
 * @param sequence next sequence
 * @param segment first sequence of the segment where it will lie, or -1
 * @param offset octet in that segment where its batch will begin, or -1
 * @param routed messages routed to each upstream number so far; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Published(long sequence, long segment, long offset, long[] routed) {
    Position position() {
        return new Position(sequence, segment, offset);
    }
}
