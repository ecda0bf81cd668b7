package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The {@code tls} block of a listener, from the conf file to the wire. */
@Timeout(120)
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
