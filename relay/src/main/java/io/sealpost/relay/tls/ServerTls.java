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
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The server's side of TLS with its keys, through BoringSSL. Every connection makes a whole
 * handshake: a resumed session would pass by the checks of the certificate. Thread-safe.
 */
public final class ServerTls implements AutoCloseable {
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
                    OwnCertificate.CERTIFICATE,
                    "BoringSSL cannot be loaded here: " + OpenSsl.unavailabilityCause());
        }
        OwnCertificate own = OwnCertificate.read(settings.certificate(), settings.key());
        Trust trust = Trust.read(settings.trust(), settings.crl(), settings.permittedPeers());
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(own.key(), own.chain())
                            .sslProvider(SslProvider.OPENSSL_REFCNT)
                            .keyStoreType(OwnCertificate.KEY_STORE)
                            .protocols(settings.minVersion().andNewer())
                            .clientAuth(clientAuth(settings.clientCertificate()));
            if (settings.clientCertificate() != ServerTlsSettings.ClientCertificate.NONE) {
                builder.trustManager(new ClientTrust(trust));
            }
            SslContext context = builder.build();
            ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
            return new ServerTls(context, settings.handshakeTimeout(), trust.revocations());
        } catch (SSLException e) {
            throw new PemFile(OwnCertificate.CERTIFICATE, settings.certificate())
                    .wrong("cannot be used: " + e.getMessage());
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

    private static ClientAuth clientAuth(ServerTlsSettings.ClientCertificate certificate) {
        return switch (certificate) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRE -> ClientAuth.REQUIRE;
        };
    }
}
