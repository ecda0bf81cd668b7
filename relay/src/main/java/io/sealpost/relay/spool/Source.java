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
 */
public record Source(
        String listener,
        Transport transport,
        InetSocketAddress peer,
        long connection,
        String certificateHash) {
    /** How messages reached a listener. The order is the number stored on disk. */
    public enum Transport {
        UDP,
        TCP,
        TLS,
        RELP,
        RELP_TLS,
        INTERNAL
    }

    /** No certificate. */
    public static final String NO_CERTIFICATE = "";
}
