package io.sealpost.relay.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What this side shows.
 *
 * @param chain the certificate, then those between it and the root
 */
record OwnCertificate(PrivateKey key, List<X509Certificate> chain) {
    /**
     * In which Netty keeps a key in memory. The default, PKCS #12, derives a key from a password
     * for that, twice: 0.4 CPU-s of a start.
     */
    static final String KEY_STORE = "JKS";

    static final String CERTIFICATE = "certificate";
    static final String KEY = "key";
    private static final byte[] CHALLENGE = new byte[32];

    /** Reads the two files, which must belong together. */
    static OwnCertificate read(Path certificate, Path key) throws TlsFileException {
        List<X509Certificate> chain = new PemFile(CERTIFICATE, certificate).certificates();
        PemFile keyFile = new PemFile(KEY, key);
        PrivateKey secret = keyFile.privateKey();
        if (!fits(secret, chain.getFirst())) {
            throw keyFile.wrong("is not the key of the certificate in " + certificate);
        }
        return new OwnCertificate(secret, chain);
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
}
