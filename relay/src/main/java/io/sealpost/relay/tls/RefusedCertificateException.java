package io.sealpost.relay.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import java.security.cert.CertificateException;

/** A peer's certificate is not taken. */
final class RefusedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final Verdict verdict;

    /** What OpenSSL calls it; its numbers, X509_V_ERR_..., choose the alert (RFC 8446 §6.2). */
    enum Verdict {
        NOT_YET_VALID(9),
        EXPIRED(10),
        UNKNOWN_ISSUER(20),
        REVOKED(23),
        REJECTED(28);

        private final int number;

        Verdict(int number) {
            this.number = number;
        }
    }

    /**
     * @param reason label of the counter
     * @param verdict for the peer
     * @param message for the log
     */
    RefusedCertificateException(String reason, Verdict verdict, String message) {
        super(message);
        this.reason = reason;
        this.verdict = verdict;
    }

    String reason() {
        return reason;
    }

    /** The same for the TLS engine, which tells the peer by an alert. */
    OpenSslCertificateException forPeer() {
        return new OpenSslCertificateException(getMessage(), this, verdict.number);
    }
}
