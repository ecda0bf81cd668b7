package io.sealpost.relay.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PEM file and the key of the conf file that names it. */
record PemFile(String key, Path path) {
    private static final long MAX_BYTES = 16L << 20;
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END");

    /** All certificates of the file, in its order; at least one. */
    List<X509Certificate> certificates() throws TlsFileException {
        String text = text();
        if (!text.contains("-----BEGIN CERTIFICATE-----")) {
            throw wrong("holds no certificate, write one in PEM (-----BEGIN CERTIFICATE-----)");
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(stream(text))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw wrong("holds a broken certificate, write it again: " + e.getMessage());
        }
    }

    /** All revocation lists of the file; at least one. */
    List<X509CRL> revocationLists() throws TlsFileException {
        String text = text();
        if (!text.contains("-----BEGIN X509 CRL-----")) {
            throw wrong("holds no revocation list, write one in PEM (-----BEGIN X509 CRL-----)");
        }
        try {
            return CertificateFactory.getInstance("X.509").generateCRLs(stream(text)).stream()
                    .map(X509CRL.class::cast)
                    .toList();
        } catch (CertificateException | CRLException e) {
            throw wrong("holds a broken revocation list, write it again: " + e.getMessage());
        }
    }

    /** The private key of the file, RSA or EC. */
    PrivateKey privateKey() throws TlsFileException {
        String text = text();
        Matcher matcher = PRIVATE_KEY.matcher(text);
        if (!matcher.find()) {
            throw wrong("holds no private key, write one in PEM (-----BEGIN PRIVATE KEY-----)");
        }
        String form = matcher.group(1);
        if (form.startsWith("ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw wrong(
                    "holds a key with a passphrase, which nobody could type at the start; take it"
                            + " off with openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        if (!form.isEmpty()) {
            throw wrong(
                    "holds a key in the old form "
                            + form.strip()
                            + ", change it with openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(matcher.group(2));
        } catch (IllegalArgumentException e) {
            throw wrong("holds a broken private key, write it again: " + e.getMessage());
        }
        for (String algorithm : List.of("RSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException _) {
                // of another kind, or broken
            }
        }
        throw wrong("holds a private key that is neither RSA nor EC, use one of these");
    }

    TlsFileException wrong(String problem) {
        return new TlsFileException(key, path + " " + problem);
    }

    private String text() throws TlsFileException {
        try {
            if (Files.isDirectory(path)) {
                throw wrong("is a folder, name a file");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw wrong("is larger than 16 MiB, name a PEM file");
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException _) {
            throw wrong("is missing, name a PEM file");
        } catch (IOException e) {
            throw wrong(
                    "cannot be read, give user "
                            + System.getProperty("user.name", "")
                            + " the right: "
                            + e.getMessage());
        }
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
