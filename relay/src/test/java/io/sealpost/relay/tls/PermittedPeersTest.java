package io.sealpost.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermittedPeersTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /** web1 has the CN web1 and the DNS name web1.example.com; named has its name as CN alone. */
    @ParameterizedTest
    @CsvSource({
        "web1, web1.example.com, true",
        "web1, WEB1.Example.COM, true",
        "web1, *.example.com, true",
        "web1, web*.example.com, true",
        "web1, *.*.*, true",
        "web1, *, false",
        "web1, *.com, false",
        "web1, example.com, false",
        "web1, *.web1.example.com, false",
        "web1, web1xexample.com, false",
        "web1, web1, false",
        "named, web2.example.com, true",
        "named, *.example.com, true",
        "named, *2.example.com, true",
        "named, w*2.example.com, true",
        "named, web1.example.com, false",
    })
    void names_are_compared_label_by_label(String alias, String peer, boolean admitted)
            throws Exception {
        PermittedPeers peers = PermittedPeers.of(List.of(peer));

        assertThat(peers.admits(CERTIFICATES.x509(alias))).isEqualTo(admitted);
        assertThat(peers.pins(CERTIFICATES.x509(alias))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"SHA-256, SHA256:", "SHA-256, sha-256:", "SHA-1, SHA1:", "SHA-1, sha-1:"})
    void fingerprints_pin_their_certificate_alone(String hash, String prefix) throws Exception {
        byte[] digest =
                MessageDigest.getInstance(hash).digest(CERTIFICATES.x509("web1").getEncoded());
        for (HexFormat form : List.of(HexFormat.of(), HexFormat.ofDelimiter(":").withUpperCase())) {
            PermittedPeers peers = PermittedPeers.of(List.of(prefix + form.formatHex(digest)));

            assertThat(peers.pins(CERTIFICATES.x509("web1"))).isTrue();
            assertThat(peers.pins(CERTIFICATES.x509("named"))).isFalse();
            assertThat(peers.admits(CERTIFICATES.x509("named"))).isFalse();
        }
    }

    @Test
    void nobody_named_means_everybody_trusted() throws Exception {
        assertThat(PermittedPeers.ANYBODY.admits(CERTIFICATES.x509("web1"))).isTrue();
        assertThat(PermittedPeers.ANYBODY.pins(CERTIFICATES.x509("web1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a..b", "", "SHA1:AB", "MD5:00", "SHA256:xyz"})
    void nonsense_is_named(String peer) {
        assertThatThrownBy(() -> PermittedPeers.of(List.of(peer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + peer + "\" is no ");
    }
}
