package io.sealpost.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates of an authority {@code ca}, made by keytool when they are needed first: {@code
 * server}, the client {@code web1} (web1.example.com), {@code named} (the same way by its CN,
 * web2), {@code revoked} (web3) and {@code expired}; {@code elliptic}, server and web1 in one, with
 * an EC key; and {@code stranger}, who signed for himself.
 */
public final class TestCertificates {
    private static final String PASSWORD = "secret of the test";
    private static final List<String> ALIASES =
            List.of("ca", "server", "web1", "named", "revoked", "expired", "stranger", "elliptic");

    /** GnuTLS does not read the EC keys that Java writes. */
    private static final List<String> RSA = List.of("-keyalg", "RSA", "-keysize", "2048");

    private static final List<String> EC = List.of("-keyalg", "EC", "-groupname", "secp256r1");

    private final Path folder;
    private final KeyStore store;

    private TestCertificates(Path folder, KeyStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** The ones of this JVM. */
    public static TestCertificates shared() {
        return Holder.SHARED;
    }

    private static final class Holder {
        static final TestCertificates SHARED = make();
    }

    private static TestCertificates make() {
        try {
            Path folder = Files.createTempDirectory("sealpost-certificates");
            make(folder, "ca", "CN=Test CA", "-ext", "bc:c", "-ext", "ku=keyCertSign,cRLSign");
            signed(folder, "server", "CN=localhost", "san=dns:localhost,ip:127.0.0.1");
            signed(folder, "web1", "CN=web1", "san=dns:web1.example.com");
            signed(
                    folder,
                    "expired",
                    "CN=old",
                    "san=dns:old",
                    "-startdate",
                    "-9d",
                    "-validity",
                    "3");
            signed(folder, "named", "CN=web2.example.com,O=Example", "bc=ca:false");
            signed(folder, "revoked", "CN=gone", "san=dns:web3.example.com");
            make(folder, "stranger", "CN=stranger");
            String both = "san=dns:localhost,dns:web1.example.com";
            make(folder, EC, "elliptic", "CN=web1", "-signer", "ca", "-ext", both);
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(folder.resolve("store"))) {
                store.load(in, PASSWORD.toCharArray());
            }
            TestCertificates certificates = new TestCertificates(folder, store);
            for (String alias : ALIASES) {
                certificates.write(alias);
            }
            revocations(folder, "crl", certificates.x509("revoked").getSerialNumber(), "-1d");
            revocations(folder, "old-crl", certificates.x509("revoked").getSerialNumber(), "-9d");
            return certificates;
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void signed(
            Path folder, String alias, String subject, String names, String... options)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-signer", "ca", "-ext", names));
        all.addAll(List.of(options));
        make(folder, alias, subject, all.toArray(String[]::new));
    }

    private static void make(Path folder, String alias, String subject, String... options)
            throws IOException, InterruptedException {
        make(folder, RSA, alias, subject, options);
    }

    private static void make(
            Path folder, List<String> key, String alias, String subject, String... options)
            throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", subject));
        arguments.addAll(key);
        arguments.addAll(List.of(options));
        keytool(folder, arguments);
    }

    /** A revocation list that is good for three days. */
    private static void revocations(Path folder, String name, BigInteger serial, String from)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-gencrl", "-rfc", "-alias", "ca"));
        arguments.addAll(List.of("-id", serial.toString(), "-file", name + ".pem"));
        arguments.addAll(List.of("-startdate", from));
        arguments.addAll(List.of("-validity", "3"));
        keytool(folder, arguments);
    }

    private static void keytool(Path folder, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-keystore", "store", "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void write(String alias) throws IOException, GeneralSecurityException {
        Files.writeString(certificate(alias), pem("CERTIFICATE", x509(alias).getEncoded()));
        Key key = store.getKey(alias, PASSWORD.toCharArray());
        Files.writeString(key(alias), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
    }

    /** The PEM file of a certificate. */
    public Path certificate(String alias) {
        return folder.resolve(alias + ".pem");
    }

    /** The PEM file of a private key. */
    public Path key(String alias) {
        return folder.resolve(alias + ".key");
    }

    /** The PEM file of a revocation list: {@code crl}, or {@code old-crl}, out of date. */
    public Path revocations(String name) {
        return folder.resolve(name + ".pem");
    }

    /** A certificate. */
    public X509Certificate x509(String alias) throws GeneralSecurityException {
        return (X509Certificate) Objects.requireNonNull(store.getCertificate(alias));
    }

    /** A server that shows this certificate, and trusts the authority with clients. */
    public SSLContext server(String alias) throws GeneralSecurityException, IOException {
        return client(alias);
    }

    /** A client that trusts the authority and shows this certificate; an empty alias shows none. */
    public SSLContext client(String alias) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", x509("ca"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(alias), trust.getTrustManagers(), null);
        return context;
    }

    private KeyManager[] keys(String alias) throws GeneralSecurityException, IOException {
        if (alias.isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                alias,
                store.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                new X509Certificate[] {x509(alias)});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(own, PASSWORD.toCharArray());
        return new KeyManager[] {new OneKey(factory, alias)};
    }
}
