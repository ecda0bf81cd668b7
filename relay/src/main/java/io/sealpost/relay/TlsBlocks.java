package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.tls.ClientTlsSettings;
import io.sealpost.relay.tls.PermittedPeers;
import io.sealpost.relay.tls.ServerTlsSettings;
import io.sealpost.relay.tls.TlsVersion;

/** The {@code tls} blocks of the conf file as the TLS room understands them. */
final class TlsBlocks {
    private TlsBlocks() {}

    /** What the block of a listener says. */
    static ServerTlsSettings server(RelayConfig.Tls tls) {
        return new ServerTlsSettings(
                tls.certificate(),
                tls.key(),
                tls.trust(),
                tls.crl(),
                switch (tls.clientAuth()) {
                    case NONE -> ServerTlsSettings.ClientCertificate.NONE;
                    case OPTIONAL -> ServerTlsSettings.ClientCertificate.OPTIONAL;
                    case REQUIRE -> ServerTlsSettings.ClientCertificate.REQUIRE;
                },
                PermittedPeers.of(tls.permittedPeers()),
                version(tls.minVersion()),
                tls.handshakeTimeout());
    }

    /** What the block of an upstream says. */
    static ClientTlsSettings client(UpstreamConfig.UpstreamTls tls) {
        return new ClientTlsSettings(
                tls.trust(),
                tls.crl(),
                tls.serverName(),
                PermittedPeers.of(tls.permittedPeers()),
                tls.certificate()
                        .flatMap(
                                certificate ->
                                        tls.key()
                                                .map(
                                                        key ->
                                                                new ClientTlsSettings.Shown(
                                                                        certificate, key))),
                version(tls.minVersion()),
                tls.handshakeTimeout());
    }

    private static TlsVersion version(RelayConfig.TlsVersion version) {
        return switch (version) {
            case TLS_1_2 -> TlsVersion.TLS_1_2;
            case TLS_1_3 -> TlsVersion.TLS_1_3;
        };
    }
}
