package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Feed;
import java.time.Duration;
import java.util.Arrays;

/**
 * Tells whether a peer whose FIN came has closed the connection, having read everything, or has
 * only ended its writing. Confined to the forwarder's thread.
 */
final class PeerClose {
    /*
     * Closing a connection with unread octets sends RST, closing one that is read to its end sends
     * FIN (RFC 1122 §4.2.2.13). But shutdown(SHUT_WR) sends FIN too, whatever is unread, and what is
     * then not read before the process dies is lost. The two look alike until something more is
     * sent: nobody is left to take it after a close, and the kernel answers RST; otherwise it answers
     * ACK. So one message that the peer has had is sent once more. After a close no process sees it;
     * to a peer that still reads it is one more repetition.
     *
     * TLS asks without a message, by the close_notify that a peer is owed anyhow. A peer that has sent
     * its own and waits for ours reads it, behind all our messages, and then closes: FIN.
     *
     * RST also comes unasked, from a peer that ended its writing and then died or closed with unread
     * octets. Hence the wait before the question; what comes in the instant between question and
     * answer is beyond telling.
     */

    /** Wait for an RST that has nothing to do with the question. */
    private static final Duration UNASKED = Duration.ofMillis(100);

    /** Longest wait for an answer. */
    static final Duration ANSWER = Duration.ofMillis(500);

    private final TcpConnection connection;
    private final RunSender sender;
    private final Feed queue;
    private final Doorbell doorbell;

    PeerClose(TcpConnection connection, RunSender sender, Feed queue, Doorbell doorbell) {
        this.connection = connection;
        this.sender = sender;
        this.queue = queue;
        this.doorbell = doorbell;
    }

    /** Asks, and waits for the answer; false if in doubt. */
    boolean certain(byte[] frames) throws InterruptedException {
        if (!connection.acknowledgedAll() || doorbell.await(UNASKED, connection::reset)) {
            return false;
        }
        sender.discard();
        if (connection.ask()) {
            boolean _ = doorbell.await(ANSWER, () -> connection.reset() || connection.answered());
            return connection.reset() || connection.answered();
        }
        sender.send(Arrays.copyOf(frames, RunFrames.behind(frames, 1)));
        sender.flush();
        boolean _ =
                doorbell.await(ANSWER, () -> connection.reset() || connection.acknowledgedAll());
        if (!connection.reset()) {
            queue.countResent(1);
        }
        return connection.reset();
    }
}
