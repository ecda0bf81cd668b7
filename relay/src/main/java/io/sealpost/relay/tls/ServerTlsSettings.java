package io.sealpost.relay.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the server's side of TLS needs to know.
 *
 * @param certificate PEM file with the server's certificate and those between it and the root
 * @param key PEM file with its private key
 * @param trust PEM file with the authorities that sign certificates of clients
 * @param crl PEM file with certificates that the authorities have taken back
 * @param permittedPeers which of the trusted clients may connect, and fingerprints of others
 * @param minVersion the oldest version spoken
 * @param handshakeTimeout a connection whose handshake takes longer is closed
 */
public record ServerTlsSettings(
        Path certificate,
        Path key,
        Optional<Path> trust,
        Optional<Path> crl,
        ClientCertificate clientCertificate,
        PermittedPeers permittedPeers,
        TlsVersion minVersion,
        Duration handshakeTimeout) {
    /** Whether clients must show a certificate. */
    public enum ClientCertificate {
        NONE,
        OPTIONAL,
        REQUIRE
    }
}
