package io.sealpost.relay.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The client's side of TLS for blocking sockets of the JDK, made of PEM files. */
public final class ClientContext {
    private static final char[] NO_PASSWORD = new char[0];

    private ClientContext() {}

    /**
     * Reads the files. Problems name them as {@code trust}, {@code cert} and {@code key}.
     *
     * @param trust authorities; empty: those of the JDK
     * @param certificate what the client shows, with its key; empty: nothing
     */
    public static SSLContext open(
            Optional<Path> trust, Optional<Path> certificate, Optional<Path> key)
            throws TlsFileException {
        KeyManager[] keys = {};
        if (certificate.isPresent() && key.isPresent()) {
            keys = keys(new PemFile("cert", certificate.get()), new PemFile("key", key.get()));
        }
        TrustManager[] authorities = null;
        if (trust.isPresent()) {
            authorities = authorities(new PemFile("trust", trust.get()));
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, authorities, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    private static KeyManager[] keys(PemFile certificate, PemFile key) throws TlsFileException {
        X509Certificate[] chain = certificate.certificates().toArray(X509Certificate[]::new);
        try {
            KeyStore store = empty();
            store.setKeyEntry("client", key.privateKey(), NO_PASSWORD, chain);
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw certificate.wrong("cannot be used: " + e.getMessage());
        }
    }

    private static TrustManager[] authorities(PemFile trust) throws TlsFileException {
        try {
            KeyStore store = empty();
            int number = 0;
            for (X509Certificate authority : trust.certificates()) {
                store.setCertificateEntry("authority-" + number, authority);
                number++;
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw trust.wrong("cannot be used: " + e.getMessage());
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        return store;
    }
}
