package io.sealpost.relay.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the client's side of TLS needs to know.
 *
 * @param trust PEM file with the authorities that sign certificates of servers
 * @param crl PEM file with certificates that the authorities have taken back
 * @param serverName the name a server must have; absent: the one it is reached by
 * @param permittedPeers which servers are taken instead, and fingerprints of others
 * @param certificate PEM files of the certificate to show and its key
 * @param minVersion the oldest version spoken
 * @param handshakeTimeout a connection whose handshake takes longer is given up
 */
public record ClientTlsSettings(
        Optional<Path> trust,
        Optional<Path> crl,
        Optional<String> serverName,
        PermittedPeers permittedPeers,
        Optional<Shown> certificate,
        TlsVersion minVersion,
        Duration handshakeTimeout) {
    /** PEM files of what is shown to the server. */
    public record Shown(Path certificate, Path key) {}
}
