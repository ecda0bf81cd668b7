package io.sealpost.relay.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Decides about the certificates of clients, and says why one is not taken. Thread-safe. */
final class ClientTrust extends X509ExtendedTrustManager {
    private final Optional<X509TrustManager> authorities;
    private final Revocations revocations;
    private final PermittedPeers permitted;

    ClientTrust(
            Optional<X509TrustManager> authorities,
            Revocations revocations,
            PermittedPeers permitted) {
        this.authorities = authorities;
        this.revocations = revocations;
        this.permitted = permitted;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        X509Certificate certificate = chain[0];
        valid(certificate);
        notRevoked(chain);
        if (permitted.pins(certificate)) {
            return;
        }
        if (authorities.isPresent()) {
            signedByAuthority(authorities.get(), chain, authType);
        }
        if (authorities.isEmpty() || !permitted.admits(certificate)) {
            throw new RefusedCertificateException(
                    Refusal.PERMITTED_PEERS,
                    "the certificate of "
                            + subject(certificate)
                            + " is not permitted; its names are "
                            + PermittedPeers.namesOf(certificate)
                            + ", its fingerprint is "
                            + PermittedPeers.written(certificate));
        }
    }

    private static void signedByAuthority(
            X509TrustManager authorities, X509Certificate[] chain, String authType)
            throws RefusedCertificateException {
        try {
            authorities.checkClientTrusted(chain, authType);
        } catch (CertificateException e) {
            throw new RefusedCertificateException(
                    Refusal.TRUST,
                    "the certificate of "
                            + subject(chain[0])
                            + " is not trusted: "
                            + innermost(e).getMessage());
        }
    }

    private void notRevoked(X509Certificate[] chain) throws RefusedCertificateException {
        for (X509Certificate certificate : chain) {
            if (revocations.contain(certificate)) {
                throw new RefusedCertificateException(
                        Refusal.CRL,
                        "the certificate of " + subject(certificate) + " has been revoked");
            }
        }
    }

    private static void valid(X509Certificate certificate) throws RefusedCertificateException {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException _) {
            throw new RefusedCertificateException(
                    Refusal.TRUST,
                    "the certificate of "
                            + subject(certificate)
                            + " ran out at "
                            + certificate.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException _) {
            throw new RefusedCertificateException(
                    Refusal.TRUST,
                    "the certificate of "
                            + subject(certificate)
                            + " is good only from "
                            + certificate.getNotBefore().toInstant());
        }
    }

    private static String subject(X509Certificate certificate) {
        return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        return cause;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("this side is the server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        // Clients would keep a certificate to themselves that is permitted by its fingerprint
        // alone.
        return authorities.isPresent() && !permitted.hasFingerprints()
                ? authorities.get().getAcceptedIssuers()
                : new X509Certificate[0];
    }
}
