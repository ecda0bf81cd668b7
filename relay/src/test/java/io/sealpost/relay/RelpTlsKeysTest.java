package io.sealpost.relay;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.listen.RelpPeer;
import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The {@code tls} block of a RELP listener, from the conf file to the wire. */
@Timeout(120)
class RelpTlsKeysTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final String FILE = "upstreams.f { type = file, path = \"f.log\" }\n";

    @TempDir Path folder;

    @Test
    void the_certificate_of_the_conf_file_is_shown_and_messages_are_acknowledged()
            throws Exception {
        try (RunningRelay relay = start("")) {
            SSLSocket socket = connect(relay, "");
            try (RelpPeer peer = RelpPeer.of(socket).open()) {
                assertThat(socket.getSession().getPeerCertificates())
                        .containsExactly(CERTIFICATES.x509("server"));
                peer.write(frame(2, "<13>1 - h a - - - over relp and tls"));
                assertThat(peer.answer()).isEqualTo(ack(2));
                peer.write("3 close 0\n");
                assertThat(peer.rest()).isEqualTo("3 rsp 6 200 OK\n0 serverclose 0\n");
            }
            relay.awaitDelivered("f", 1);
            assertThat(relay.metrics())
                    .contains("sealpost_relp_acknowledged_total{listener=\"r\"} 1.0");
        }
        assertThat(Files.readString(folder.resolve("f.log"))).contains("over relp and tls");
    }

    @Test
    void clients_nobody_vouches_for_are_refused() throws Exception {
        try (RunningRelay relay = start(trust())) {
            assertRefused(relay, "stranger", "trust");
            assertRefused(relay, "expired", "trust");
            assertTaken(relay, "web1");
        }
    }

    @Test
    void clients_without_a_certificate_are_refused_only_where_one_is_required() throws Exception {
        try (RunningRelay relay = start(trust() + "client-auth = optional\n")) {
            assertTaken(relay, "");
        }
        try (RunningRelay relay = start(trust() + "client-auth = require\n")) {
            assertRefused(relay, "", "client-auth");
        }
    }

    @Test
    void certificates_on_the_revocation_list_are_refused() throws Exception {
        String crl = "crl = \"" + CERTIFICATES.revocations("crl") + "\"\n";
        try (RunningRelay relay = start(trust() + crl)) {
            assertRefused(relay, "revoked", "crl");
            assertTaken(relay, "web1");
        }
    }

    @Test
    void only_permitted_peers_may_connect() throws Exception {
        try (RunningRelay relay = start(trust() + "permitted-peers = [\"web1.example.com\"]\n")) {
            assertRefused(relay, "named", "permitted-peers");
            assertTaken(relay, "web1");
        }
    }

    @Test
    void versions_below_the_minimum_are_refused() throws Exception {
        try (RunningRelay relay = start("min-version = \"1.3\"\n")) {
            SSLSocket socket = connect(relay, "");
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});

            assertThatThrownBy(() -> RelpPeer.of(socket).open()).isInstanceOf(IOException.class);
            relay.awaitMetric(refused("min-version"), 1);
            assertTaken(relay, "");
        }
    }

    @Test
    void handshakes_that_take_too_long_are_ended() throws Exception {
        try (RunningRelay relay = start("handshake-timeout = 200 ms\n");
                RelpPeer silent = RelpPeer.connect(relay.port("r"))) {
            assertThat(silent.atEnd()).isTrue();
            relay.awaitMetric(refused("handshake-timeout"), 1);
        }
    }

    @Test
    void a_client_of_plain_relp_is_refused() throws Exception {
        try (RunningRelay relay = start("");
                RelpPeer peer = RelpPeer.connect(relay.port("r"))) {
            peer.write(RelpPeer.OPEN);

            assertThat(peer.rest()).doesNotContain("rsp");
            relay.awaitMetric(refused("plain-text"), 1);
        }
    }

    private RunningRelay start(String more) throws IOException {
        return RunningRelay.start(
                folder,
                FILE
                        + """
                        listeners.r { transport = relp, bind = "127.0.0.1:0", tls {
                          certificate = "%s"
                          key = "%s"
                          %s} }
                        """
                                .formatted(
                                        CERTIFICATES.certificate("server"),
                                        CERTIFICATES.key("server"),
                                        more));
    }

    private static String trust() {
        return "trust = \"" + CERTIFICATES.certificate("ca") + "\"\n";
    }

    private static void assertTaken(RunningRelay relay, String alias) throws Exception {
        try (RelpPeer peer = RelpPeer.of(connect(relay, alias)).open()) {
            peer.write(frame(2, "<13>1 - h a - - - m"));
            assertThat(peer.answer()).isEqualTo(ack(2));
        }
    }

    private static void assertRefused(RunningRelay relay, String alias, String reason)
            throws Exception {
        Socket socket = connect(relay, alias);
        assertThatThrownBy(() -> RelpPeer.of(socket).open()).isInstanceOf(IOException.class);
        socket.close();
        assertThat(relay.metrics()).contains("listener=\"r\",reason=\"" + reason + "\"} ");
    }

    private static String refused(String reason) {
        return "sealpost_connections_refused_total{listener=\"r\",reason=\"" + reason + "\"}";
    }

    private static SSLSocket connect(RunningRelay relay, String alias) throws Exception {
        return (SSLSocket)
                CERTIFICATES
                        .client(alias)
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), relay.port("r"));
    }
}
