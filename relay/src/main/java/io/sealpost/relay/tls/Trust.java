package io.sealpost.relay.tls;

import io.sealpost.relay.tls.RefusedCertificateException.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What both sides ask of a peer's certificate: its dates, that it was not taken back, and who
 * vouches for it. Immutable.
 *
 * @param authorities absent where fingerprints alone count
 */
record Trust(
        Optional<X509TrustManager> authorities, Revocations revocations, PermittedPeers permitted) {
    static final String TRUST = "trust";
    static final String CRL = "crl";

    /** Has the authorities check a chain, each side in its own way. */
    interface Vouching {
        void check(X509TrustManager authorities) throws CertificateException;
    }

    /** Reads the files. */
    static Trust read(Optional<Path> trust, Optional<Path> crl, PermittedPeers permitted)
            throws TlsFileException {
        if (trust.isEmpty()) {
            return new Trust(Optional.empty(), Revocations.NONE, permitted);
        }
        PemFile trustFile = new PemFile(TRUST, trust.get());
        Revocations revocations =
                crl.isPresent()
                        ? Revocations.of(new PemFile(CRL, crl.get()), trustFile.certificates())
                        : Revocations.NONE;
        return new Trust(Optional.of(authorities(trustFile)), revocations, permitted);
    }

    private static X509TrustManager authorities(PemFile file) throws TlsFileException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : file.certificates()) {
                store.setCertificateEntry("authority" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw file.wrong("cannot be used: " + e.getMessage());
        }
    }

    /**
     * Refuses what must never be taken; says whether the fingerprint alone permits it. If not, its
     * authority has vouched for it.
     */
    boolean pins(X509Certificate[] chain, Vouching vouching) throws RefusedCertificateException {
        X509Certificate certificate = chain[0];
        valid(certificate);
        notRevoked(chain);
        if (permitted.pins(certificate)) {
            return true;
        }
        if (authorities.isEmpty()) {
            throw notPermitted(certificate);
        }
        try {
            vouching.check(authorities.get());
        } catch (CertificateException e) {
            throw new RefusedCertificateException(
                    Refusal.TRUST,
                    Verdict.UNKNOWN_ISSUER,
                    "the certificate of "
                            + subject(certificate)
                            + " is not trusted: "
                            + innermost(e).getMessage());
        }
        return false;
    }

    private void notRevoked(X509Certificate[] chain) throws RefusedCertificateException {
        for (X509Certificate certificate : chain) {
            if (revocations.contain(certificate)) {
                throw new RefusedCertificateException(
                        Refusal.CRL,
                        Verdict.REVOKED,
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
                    Verdict.EXPIRED,
                    "the certificate of "
                            + subject(certificate)
                            + " ran out at "
                            + certificate.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException _) {
            throw new RefusedCertificateException(
                    Refusal.TRUST,
                    Verdict.NOT_YET_VALID,
                    "the certificate of "
                            + subject(certificate)
                            + " is good only from "
                            + certificate.getNotBefore().toInstant());
        }
    }

    /** The refusal of a certificate that permitted-peers does not name. */
    static RefusedCertificateException notPermitted(X509Certificate certificate) {
        return new RefusedCertificateException(
                Refusal.PERMITTED_PEERS,
                Verdict.REJECTED,
                "the certificate of "
                        + subject(certificate)
                        + " is not permitted; its names are "
                        + PermittedPeers.namesOf(certificate)
                        + ", its fingerprint is "
                        + PermittedPeers.written(certificate));
    }

    static String subject(X509Certificate certificate) {
        return "\"" + certificate.getSubjectX500Principal().getName() + "\"";
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        return cause;
    }
}
