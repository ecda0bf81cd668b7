package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code tls} block of a listener, from the conf file to the wire. */
@Timeout(120)
@Beside
class TlsKeysTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final String FILE = "upstreams.f { type = file, path = \"f.log\" }\n";

    @TempDir Path folder;

    @Test
    void the_certificate_of_the_conf_file_is_shown_and_messages_arrive() throws Exception {
        try (RunningRelay relay =
                RunningRelay.start(
                        folder, FILE + listener(certificate("server"), key("server"), ""))) {
            try (SSLSocket socket =
                    (SSLSocket)
                            CERTIFICATES
                                    .client("")
                                    .getSocketFactory()
                                    .createSocket(
                                            InetAddress.getLoopbackAddress(), relay.port("x"))) {
                socket.getOutputStream().write("<13>1 - h a - - - over tls\n".getBytes(US_ASCII));
                assertThat(socket.getSession().getPeerCertificates())
                        .containsExactly(CERTIFICATES.x509("server"));

                relay.awaitDelivered("f", 1);
            }
            assertThat(relay.metrics())
                    .contains("sealpost_messages_received_total{listener=\"x\"} 1.0");
            assertThat(Files.readString(folder.resolve("f.log"))).contains("over tls");
        }
    }

    @Test
    void certificates_are_taken_anew_when_their_files_are_replaced() throws Exception {
        Path shown = folder.resolve("shown.pem");
        Path itsKey = folder.resolve("shown.key");
        Files.copy(certificate("server"), shown);
        Files.copy(key("server"), itsKey);
        try (RunningRelay relay = RunningRelay.start(folder, FILE + listener(shown, itsKey, ""));
                SSLSocket before = connect(relay)) {
            before.getOutputStream().write("<13>1 - h a - - - one\n".getBytes(US_ASCII));
            relay.awaitDelivered("f", 1);

            Files.copy(certificate("web1"), shown, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(key("web1"), itsKey, StandardCopyOption.REPLACE_EXISTING);

            await("the new certificate")
                    .atMost(RunningRelay.PATIENCE)
                    .until(() -> shows(relay, "web1"));
            before.getOutputStream().write("<13>1 - h a - - - two\n".getBytes(US_ASCII));
            relay.awaitDelivered("f", 2);
        }
    }

    private static SSLSocket connect(RunningRelay relay) throws Exception {
        return (SSLSocket)
                CERTIFICATES
                        .client("")
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), relay.port("x"));
    }

    private static boolean shows(RunningRelay relay, String alias) throws Exception {
        try (SSLSocket socket = connect(relay)) {
            return CERTIFICATES.x509(alias).equals(socket.getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException _) {
            return false;
        }
    }

    @Test
    void only_permitted_peers_may_connect() throws Exception {
        String trust = "trust = \"" + certificate("ca") + "\"\n";
        String peers =
                "permitted-peers = [\"*2.example.com\", \"" + fingerprint("stranger") + "\"]\n";
        try (RunningRelay relay = start(trust + peers)) {
            send(relay, "named");
            send(relay, "stranger");
            relay.awaitDelivered("f", 2);

            send(relay, "web1");
            relay.awaitMetric(
                    "sealpost_connections_refused_total{listener=\"x\",reason=\"permitted-peers\"}",
                    1);
            relay.awaitSynced(2);
        }
    }

    @Test
    void fingerprints_alone_need_no_authority() throws Exception {
        String peers = "permitted-peers = [\"" + fingerprint("web1") + "\"]\n";
        try (RunningRelay relay = start("client-auth = require\n" + peers)) {
            send(relay, "web1");
            relay.awaitDelivered("f", 1);

            send(relay, "named");
            relay.awaitMetric(
                    "sealpost_connections_refused_total{listener=\"x\",reason=\"permitted-peers\"}",
                    1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crl", "old-crl"})
    void certificates_on_the_revocation_list_are_refused(String list) throws Exception {
        String trust = "trust = \"" + certificate("ca") + "\"\n";
        String crl = "crl = \"" + CERTIFICATES.revocations(list) + "\"\n";
        String peers = "permitted-peers = [\"*.*.com\", \"" + fingerprint("revoked") + "\"]\n";
        try (RunningRelay relay = start(trust + crl + peers)) {
            send(relay, "web1");
            relay.awaitDelivered("f", 1);

            send(relay, "revoked");
            relay.awaitMetric(
                    "sealpost_connections_refused_total{listener=\"x\",reason=\"crl\"}", 1);
        }
    }

    @Test
    void revocation_lists_that_are_wrong_are_named() throws IOException {
        String of = "\"\ncrl = \"";

        assertThat(
                        problems(
                                certificate("server"),
                                key("server"),
                                Path.of(certificate("ca") + of + certificate("ca"))))
                .singleElement()
                .asString()
                .contains("sealpost.conf:7: listeners.x.tls.crl: ")
                .contains("holds no revocation list");
        assertThat(
                        problems(
                                certificate("server"),
                                key("server"),
                                Path.of(
                                        certificate("stranger")
                                                + of
                                                + CERTIFICATES.revocations("crl"))))
                .singleElement()
                .asString()
                .contains("is not signed by an authority in trust but by CN=Test CA");
    }

    private RunningRelay start(String more) throws IOException {
        return RunningRelay.start(
                folder, FILE + listener(certificate("server"), key("server"), more));
    }

    /** One message; whether it was taken is not known here. */
    private static void send(RunningRelay relay, String alias) throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        CERTIFICATES
                                .client(alias)
                                .getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), relay.port("x"))) {
            socket.getOutputStream().write("<13>1 - h a - - - over tls\n".getBytes(US_ASCII));
        } catch (IOException _) {
            // refused
        }
    }

    private static String fingerprint(String alias) throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-1").digest(CERTIFICATES.x509(alias).getEncoded());
        return "SHA1:" + HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    }

    @Test
    void a_good_block_has_no_problem() throws IOException {
        assertThat(problems(certificate("server"), key("server"), certificate("ca"))).isEmpty();
    }

    @Test
    void files_that_are_missing_or_wrong_are_named_at_their_line() throws IOException {
        Path rubbish = Files.writeString(folder.resolve("rubbish.pem"), "rubbish\n");

        assertThat(problems(folder.resolve("no.pem"), key("server"), certificate("ca")))
                .singleElement()
                .asString()
                .contains("sealpost.conf:4: listeners.x.tls.certificate: ")
                .contains("no.pem is missing, name a PEM file");
        assertThat(problems(folder, key("server"), certificate("ca")))
                .singleElement()
                .asString()
                .contains("is a folder, name a file");
        assertThat(problems(rubbish, key("server"), certificate("ca")))
                .singleElement()
                .asString()
                .contains("rubbish.pem holds no certificate");
        assertThat(problems(certificate("server"), rubbish, certificate("ca")))
                .singleElement()
                .asString()
                .contains("sealpost.conf:5: listeners.x.tls.key: ")
                .contains("rubbish.pem holds no private key");
        assertThat(problems(certificate("server"), key("web1"), certificate("ca")))
                .singleElement()
                .asString()
                .contains("listeners.x.tls.key: ")
                .contains("is not the key of the certificate in ");
        assertThat(problems(certificate("server"), key("server"), rubbish))
                .singleElement()
                .asString()
                .contains("sealpost.conf:6: listeners.x.tls.trust: ");
    }

    @Test
    void keys_in_other_forms_are_named_with_the_way_out() throws IOException {
        Path old =
                Files.writeString(
                        folder.resolve("old.key"),
                        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Path locked =
                Files.writeString(
                        folder.resolve("locked.key"),
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                + "-----END ENCRYPTED PRIVATE KEY-----\n");
        Path broken =
                Files.writeString(
                        folder.resolve("broken.key"),
                        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThat(problems(certificate("server"), old, certificate("ca")))
                .singleElement()
                .asString()
                .contains("holds a key in the old form RSA, change it with openssl pkcs8");
        assertThat(problems(certificate("server"), locked, certificate("ca")))
                .singleElement()
                .asString()
                .contains("holds a key with a passphrase");
        assertThat(problems(certificate("server"), broken, certificate("ca")))
                .singleElement()
                .asString()
                .contains("neither RSA nor EC");
    }

    private List<ConfigProblem> problems(Path certificate, Path key, Path trust)
            throws IOException {
        Path conf = folder.resolve("sealpost.conf");
        Files.writeString(
                conf,
                "sealpost { "
                        + FILE
                        + "data-dir = state, admin.bind = \"127.0.0.1:0\"\n"
                        + listener(certificate, key, "trust = \"" + trust + "\"\n")
                        + "}\n");
        ConfigResult result = ConfigReader.read(conf);
        assertThat(result).as(result.toString()).isInstanceOf(ConfigResult.Loaded.class);
        return new Preflight(((ConfigResult.Loaded) result).config()).surroundings();
    }

    private static String listener(Path certificate, Path key, String more) {
        return """
        listeners.x { transport = tls, bind = "127.0.0.1:0", tls {
          certificate = "%s"
          key = "%s"
          %s} }
        """
                .formatted(certificate, key, more);
    }

    private static Path certificate(String alias) {
        return CERTIFICATES.certificate(alias);
    }

    private static Path key(String alias) {
        return CERTIFICATES.key(alias);
    }
}
