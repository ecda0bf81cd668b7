package io.sealpost.relay.listen;

import io.sealpost.relay.pipeline.IntakeCounters;
import java.net.InetAddress;

/** What happens at one listener. Called on event loops: must be quick and thread-safe. */
public interface ListenerCounters extends IntakeCounters {
    /** A connection was taken. */
    void connectionOpened();

    /** A connection taken before is gone. */
    void connectionClosed();

    /** A connection or a datagram of a sender was not taken. */
    void refused(String reason);

    /** So many messages of this source were not let in since this was last told of it. */
    void rateLimited(InetAddress source, long messages);

    /** A connection in use was closed by the relay. */
    void cutOff(String reason);

    /** So many messages were acknowledged to their senders. */
    void acknowledged(long messages);

    /** So many of them had come before, on a session that was lost, and are not stored again. */
    void repeated(long messages);

    /** A message of a numbered stream was stored although its number is not new. */
    void keptRepeat();

    /** An open RELP session has ended. */
    void sessionEnded(String reason);

    /** So many of them as stored, because upstreams did not have them in time. */
    void acknowledgedUndelivered(long messages);

    /** The kernel dropped so many datagrams for lack of room in the receive buffer. */
    void kernelDrops(long datagrams);
}
