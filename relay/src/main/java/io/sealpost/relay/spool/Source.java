package io.sealpost.relay.spool;

import java.net.InetSocketAddress;

/**
 * Where messages came from, as kept in the metadata of a batch: made once per connection, or per
 * peer of a datagram listener.
 *
 * @param listener name of the listener in the conf file
 * @param transport how it came
 * @param peer address and port of the sender
 * @param connection number of the connection, unique within this data folder's life of the process;
 *     0 for datagrams
 * @param certificateHash SHA-256 of the TLS peer's certificate in hexadecimal, or empty
 * @param stream the sender's name for the numbered stream that the connection carries, or empty;
 *     then the ordinals of messages are their numbers in it
 */
public record Source(
        String listener,
        Transport transport,
        InetSocketAddress peer,
        long connection,
        String certificateHash,
        String stream) {
    /** How messages reached a listener. The order is the number stored on disk. */
    public enum Transport {
        UDP,
        TCP,
        TLS,
        RELP,
        RELP_TLS,
        INTERNAL
    }

    /** A source without a numbered stream. */
    public Source(
            String listener,
            Transport transport,
            InetSocketAddress peer,
            long connection,
            String certificateHash) {
        this(listener, transport, peer, connection, certificateHash, "");
    }

    /** The same connection, which carries this stream. */
    public Source with(String streamId) {
        return new Source(listener, transport, peer, connection, certificateHash, streamId);
    }

    /** No certificate. */
    public static final String NO_CERTIFICATE = "";
}
