package io.sealpost.relay.tls;

import io.sealpost.relay.tls.RefusedCertificateException.Verdict;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Decides about the certificates of servers, and says why one is not taken. Thread-safe. */
final class ServerTrust extends X509ExtendedTrustManager {
    private final Trust trust;

    ServerTrust(Trust trust) {
        this.trust = trust;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            check(chain, authType, engine);
        } catch (RefusedCertificateException e) {
            throw e.forPeer();
        }
    }

    private void check(X509Certificate[] chain, String authType, SSLEngine engine)
            throws RefusedCertificateException {
        X509Certificate certificate = chain[0];
        if (trust.pins(chain, authorities -> authorities.checkServerTrusted(chain, authType))) {
            return;
        }
        if (!trust.permitted().anybody()) {
            if (!trust.permitted().admits(certificate)) {
                throw Trust.notPermitted(certificate);
            }
            return;
        }
        ServerName name = new ServerName(String.valueOf(engine.getPeerHost()));
        if (!name.isNamedBy(certificate)) {
            throw new RefusedCertificateException(
                    Refusal.SERVER_NAME,
                    Verdict.REJECTED,
                    "the certificate of "
                            + Trust.subject(certificate)
                            + " is not for "
                            + name.name()
                            + "; its names are "
                            + ServerName.namesOf(certificate)
                            + ", its fingerprint is "
                            + PermittedPeers.written(certificate));
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("nobody knows which server was meant");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("this side is the client");
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
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
