package io.sealpost.relay.interop;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Debian's daemons that speak syslog over TLS. */
enum TlsPeer {
    RSYSLOG_GNUTLS("rsyslog", "gtls"),
    RSYSLOG_OPENSSL("rsyslog", "ossl"),
    SYSLOG_NG("syslog-ng", "");

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    private final String daemon;
    private final String driver;

    TlsPeer(String daemon, String driver) {
        this.daemon = daemon;
        this.driver = driver;
    }

    /**
     * A client of the relay: what comes in on a port leaves for another over TLS.
     *
     * @param alias the certificate it shows; empty for none
     */
    Program client(Path dir, String alias, int in, int tls) throws IOException {
        Map<String, Object> words = new HashMap<>(Map.of("IN", in, "TLS", tls));
        words.put("OWN", alias.isEmpty() ? "" : own(alias));
        return start("-tls-client.conf", dir, words, in);
    }

    private String own(String alias) {
        String text =
                daemon.equals("rsyslog")
                        ? "defaultNetstreamDriverCertFile=\"%s\" defaultNetstreamDriverKeyFile=\"%s\""
                        : "cert-file(\"%s\") key-file(\"%s\")";
        return text.formatted(CERTIFICATES.certificate(alias), CERTIFICATES.key(alias));
    }

    /** An upstream of the relay that shows this certificate and writes messages.log. */
    Program upstream(Path dir, String alias, int port) throws IOException {
        Map<String, Object> words = new HashMap<>(Map.of("PORT", port));
        words.put("CERTIFICATE", CERTIFICATES.certificate(alias));
        words.put("KEY", CERTIFICATES.key(alias));
        return start("-tls-upstream.conf", dir, words, port);
    }

    private Program start(String template, Path dir, Map<String, Object> words, int port)
            throws IOException {
        Files.createDirectories(dir);
        words.put("DIR", dir);
        words.put("DRIVER", driver);
        words.put("CA", CERTIFICATES.certificate("ca"));
        Path conf = Template.write(daemon + template, dir.resolve("conf"), words);
        return daemon.equals("rsyslog")
                ? Peers.rsyslog(conf, dir, port)
                : Peers.syslogNg(conf, dir, port);
    }
}
