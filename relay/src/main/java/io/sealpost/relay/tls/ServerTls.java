package io.sealpost.relay.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The server's side of TLS with its keys, through BoringSSL. Every connection makes a whole
 * handshake: a resumed session would pass by the checks of the certificate. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {
    private static final String CERTIFICATE = "certificate";
    private static final String KEY = "key";
    private static final String TRUST = "trust";
    private static final String CRL = "crl";
    private static final byte[] CHALLENGE = new byte[32];

    private final SslContext context;
    private final Duration handshakeTimeout;
    private final Revocations revocations;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ServerTls(SslContext context, Duration handshakeTimeout, Revocations revocations) {
        this.context = context;
        this.handshakeTimeout = handshakeTimeout;
        this.revocations = revocations;
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException which names the key of the file that is wrong
     */
    public static ServerTls open(ServerTlsSettings settings) throws TlsFileException {
        if (!OpenSsl.isAvailable()) {
            throw new TlsFileException(
                    CERTIFICATE,
                    "BoringSSL cannot be loaded here: " + OpenSsl.unavailabilityCause());
        }
        PemFile certificateFile = new PemFile(CERTIFICATE, settings.certificate());
        List<X509Certificate> certificates = certificateFile.certificates();
        PemFile keyFile = new PemFile(KEY, settings.key());
        PrivateKey key = keyFile.privateKey();
        if (!fits(key, certificates.getFirst())) {
            throw keyFile.wrong("is not the key of the certificate in " + settings.certificate());
        }
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(key, certificates)
                            .sslProvider(SslProvider.OPENSSL_REFCNT)
                            .protocols(protocols(settings.minVersion()))
                            .clientAuth(clientAuth(settings.clientCertificate()));
            Revocations revocations = revocations(settings);
            if (settings.clientCertificate() != ServerTlsSettings.ClientCertificate.NONE) {
                builder.trustManager(trust(settings, revocations));
            }
            SslContext context = builder.build();
            ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
            return new ServerTls(context, settings.handshakeTimeout(), revocations);
        } catch (SSLException e) {
            throw certificateFile.wrong("cannot be used: " + e.getMessage());
        }
    }

    /** The handler of a new connection; it owns its engine. */
    public SslHandler handler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    /** Sentences on revocation lists that should have been replaced by this time. */
    public List<String> outOfDate(Instant now) {
        return revocations.outOfDate(now);
    }

    /** SHA-256 of the certificate that the peer has shown, in hexadecimal, or empty. */
    public static String certificateHash(SSLSession session) {
        try {
            byte[] encoded = session.getPeerCertificates()[0].getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (SSLPeerUnverifiedException _) {
            return "";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections that are open go on. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ReferenceCountUtil.release(context);
        }
    }

    private static List<String> protocols(ServerTlsSettings.Version min) {
        return switch (min) {
            case TLS_1_2 -> List.of("TLSv1.2", "TLSv1.3");
            case TLS_1_3 -> List.of("TLSv1.3");
        };
    }

    private static ClientAuth clientAuth(ServerTlsSettings.ClientCertificate certificate) {
        return switch (certificate) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRE -> ClientAuth.REQUIRE;
        };
    }

    private static boolean fits(PrivateKey key, X509Certificate certificate) {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(CHALLENGE);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(CHALLENGE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static Revocations revocations(ServerTlsSettings settings) throws TlsFileException {
        if (settings.crl().isEmpty() || settings.trust().isEmpty()) {
            return Revocations.NONE;
        }
        return Revocations.of(
                new PemFile(CRL, settings.crl().get()),
                new PemFile(TRUST, settings.trust().get()).certificates());
    }

    private static TrustManager trust(ServerTlsSettings settings, Revocations revocations)
            throws TlsFileException {
        Optional<X509TrustManager> authorities =
                settings.trust().isPresent()
                        ? Optional.of(authorities(new PemFile(TRUST, settings.trust().get())))
                        : Optional.empty();
        return new ClientTrust(authorities, revocations, settings.permittedPeers());
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
}
