package io.sealpost.relay.tls;

import java.security.cert.CertificateException;

/** A peer's certificate is not taken. */
final class RefusedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason label of the counter
     * @param message for the log
     */
    RefusedCertificateException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
