package io.sealpost.relay.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Decides about the certificates of clients, and says why one is not taken. Thread-safe. */
final class ClientTrust extends X509ExtendedTrustManager {
    private final Trust trust;

    ClientTrust(Trust trust) {
        this.trust = trust;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        try {
            if (!trust.pins(chain, authorities -> authorities.checkClientTrusted(chain, authType))
                    && !trust.permitted().admits(chain[0])) {
                throw Trust.notPermitted(chain[0]);
            }
        } catch (RefusedCertificateException e) {
            throw e.forPeer();
        }
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
        return trust.authorities().isPresent() && !trust.permitted().hasFingerprints()
                ? trust.authorities().get().getAcceptedIssuers()
                : new X509Certificate[0];
    }
}
