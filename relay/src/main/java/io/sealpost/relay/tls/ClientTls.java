package io.sealpost.relay.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The client's side of TLS with its keys, through BoringSSL. Every connection makes a whole
 * handshake, so that every one checks the certificate. Thread-safe.
 */
public final class ClientTls implements AutoCloseable {
    /** How long a closing connection may take to say so to its peer. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final SslContext context;
    private final Optional<String> serverName;
    private final Duration handshakeTimeout;
    private final Revocations revocations;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClientTls(SslContext context, ClientTlsSettings settings, Revocations revocations) {
        this.context = context;
        this.serverName = settings.serverName();
        this.handshakeTimeout = settings.handshakeTimeout();
        this.revocations = revocations;
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException which names the key of the file that is wrong
     */
    public static ClientTls open(ClientTlsSettings settings) throws TlsFileException {
        if (!OpenSsl.isAvailable()) {
            throw new TlsFileException(
                    Trust.TRUST,
                    "BoringSSL cannot be loaded here: " + OpenSsl.unavailabilityCause());
        }
        Trust trust = Trust.read(settings.trust(), settings.crl(), settings.permittedPeers());
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.OPENSSL_REFCNT)
                        .keyStoreType(OwnCertificate.KEY_STORE)
                        .protocols(settings.minVersion().andNewer())
                        // ServerTrust compares names, and can say what it found instead
                        .endpointIdentificationAlgorithm("")
                        .trustManager(new ServerTrust(trust));
        if (settings.certificate().isPresent()) {
            ClientTlsSettings.Shown shown = settings.certificate().get();
            OwnCertificate own = OwnCertificate.read(shown.certificate(), shown.key());
            builder.keyManager(own.key(), own.chain());
        }
        try {
            SslContext context = builder.build();
            ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
            return new ClientTls(context, settings, trust.revocations());
        } catch (SSLException e) {
            throw new TlsFileException(
                    settings.certificate().isPresent() ? OwnCertificate.CERTIFICATE : Trust.TRUST,
                    "cannot be used: " + e.getMessage());
        }
    }

    /** The handler of a new connection to this host; it owns its engine. */
    public SslHandler handler(ByteBufAllocator allocator, String host, int port) {
        ServerName name = ServerName.of(serverName.orElse(host));
        SslHandler handler = context.newHandler(allocator, name.name(), port);
        SSLEngine engine = handler.engine();
        engine.setSSLParameters(name.addedTo(engine.getSSLParameters()));
        handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        handler.setCloseNotifyFlushTimeout(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    /** A connection whose handshake takes longer is given up. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** Sentences on revocation lists that should have been replaced by this time. */
    public List<String> outOfDate(Instant now) {
        return revocations.outOfDate(now);
    }

    /** Connections that are open go on. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ReferenceCountUtil.release(context);
        }
    }
}
