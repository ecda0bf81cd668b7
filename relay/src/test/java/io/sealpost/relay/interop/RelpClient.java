package io.sealpost.relay.interop;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Debian's rsyslog with omrelp: plain, and over TLS with either library. */
enum RelpClient {
    PLAIN(""),
    GNUTLS("gnutls"),
    OPENSSL("openssl");

    /**
     * Messages unacknowledged where the number does not matter. librelp corks its socket, so that
     * on loopback the kernel holds less than a segment of 64 KiB back for 200 ms.
     */
    static final int WINDOW = 1000;

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    private final String library;

    RelpClient(String library) {
        this.library = library;
    }

    /** The relay's port for it. */
    int port(Relay relay) {
        return this == PLAIN ? relay.relp : relay.relpTls;
    }

    /**
     * What comes in on a port leaves for another.
     *
     * @param alias the certificate it shows, where it speaks TLS; empty for none
     */
    Program start(Path dir, String alias, int in, int relp, int window) throws IOException {
        Files.createDirectories(dir);
        Map<String, Object> words = new HashMap<>(Map.of("IN", in, "RELP", relp));
        words.put("DIR", dir);
        words.put("WINDOW", window);
        words.put("LIBRARY", this == PLAIN ? "" : "tls.tlslib=\"" + library + "\"");
        words.put("TLS", this == PLAIN ? "" : tls(alias));
        Path conf = Template.write("rsyslog-relp-client.conf", dir.resolve("conf"), words);
        return Peers.rsyslog(conf, dir, in);
    }

    private static String tls(String alias) {
        String own =
                alias.isEmpty()
                        ? ""
                        : " tls.myCert=\"%s\" tls.myPrivKey=\"%s\""
                                .formatted(
                                        CERTIFICATES.certificate(alias), CERTIFICATES.key(alias));
        return "tls=\"on\" tls.authMode=\"name\" tls.permittedPeer=[\"localhost\"] tls.caCert=\"%s\"%s"
                .formatted(CERTIFICATES.certificate("ca"), own);
    }
}
