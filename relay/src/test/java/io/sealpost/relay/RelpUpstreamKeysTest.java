package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.forward.RelpSink;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that a RELP receiver behind the relay notices. */
@Timeout(120)
@Beside
class RelpUpstreamKeysTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    @TempDir Path folder;
    private int tries;

    @Test
    void the_tls_block_holds_over_relp_as_over_syslog() throws Exception {
        String trust = "trust = \"%s\"".formatted(CERTIFICATES.certificate("ca"));
        String pin =
                HexFormat.ofDelimiter(":")
                        .withUpperCase()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(CERTIFICATES.x509("server").getEncoded()));

        gets(true, "server", trust, RelpSink.GOOD);
        gets(false, "stranger", trust, RelpSink.GOOD);
        gets(true, "server", "permitted-peers = [\"SHA256:" + pin + "\"]", RelpSink.GOOD);
        gets(false, "stranger", "permitted-peers = [\"SHA256:" + pin + "\"]", RelpSink.GOOD);

        String named = trust + ", server-name = \"web3.example.com\"";
        gets(false, "server", named, RelpSink.GOOD);
        gets(true, "revoked", named, RelpSink.GOOD);
        String list = ", crl = \"%s\"".formatted(CERTIFICATES.revocations("crl"));
        gets(false, "revoked", named + list, RelpSink.GOOD);

        RelpSink.Conversation older =
                (number, peer) -> {
                    peer.tls().setEnabledProtocols(new String[] {"TLSv1.2"});
                    RelpSink.GOOD.talk(number, peer);
                };
        gets(true, "server", trust, older);
        gets(false, "server", trust + ", min-version = \"1.3\"", older);

        RelpSink.Conversation asks =
                (number, peer) -> {
                    peer.tls().setNeedClientAuth(true);
                    RelpSink.GOOD.talk(number, peer);
                };
        String shown =
                ", certificate = \"%s\", key = \"%s\""
                        .formatted(CERTIFICATES.certificate("web1"), CERTIFICATES.key("web1"));
        gets(false, "server", trust, asks);
        gets(true, "server", trust + shown, asks);

        RelpSink.Conversation late = (_, peer) -> peer.pause(60_000);
        gets(false, "server", trust + ", handshake-timeout = 200 ms", late);
    }

    /** Whether the message arrives at a server with this certificate by this {@code tls} block. */
    private void gets(boolean all, String server, String tls, RelpSink.Conversation conversation)
            throws Exception {
        Path own = folder.resolve("" + tries++);
        assertThat(own.toFile().mkdirs()).isTrue();
        Optional<SSLContext> context = Optional.of(CERTIFICATES.server(server));
        try (RelpSink sink = RelpSink.listen(0, context, conversation);
                RunningRelay relay =
                        start(
                                own,
                                sink.port(),
                                "tls { %s }, retry { first = 10 ms, max = 50 ms }"
                                        .formatted(tls))) {
            relay.send(1, 10);
            if (all) {
                relay.awaitDelivered("r", 1);
                assertThat(sink.received()).hasSize(1);
            } else {
                await().atMost(RunningRelay.PATIENCE).until(() -> sink.connections() >= 3);
                assertThat(sink.received()).isEmpty();
                relay.awaitMetric("sealpost_upstream_queued{upstream=\"r\"}", 1);
            }
        }
    }

    @Test
    void pauses_are_those_of_retry() throws Exception {
        NanoClock clock = NanoClock.system();
        RelpSink.Conversation refuses = (_, _) -> {};
        try (RelpSink sink = RelpSink.listen(0, refuses);
                RunningRelay _ = start(folder, sink.port(), "retry { first = 1 s, max = 1 s }")) {
            await().atMost(RunningRelay.PATIENCE).until(() -> sink.connections() == 1);
            long begin = clock.nanos();
            await().atMost(RunningRelay.PATIENCE).until(() -> sink.connections() >= 3);

            // chance shortens a pause to half at most
            assertThat(Duration.ofNanos(clock.nanos() - begin))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(900));
        }
    }

    private static RunningRelay start(Path folder, int port, String more) throws IOException {
        return RunningRelay.start(
                folder,
                NanoClock.system(),
                """
                upstreams.r { type = relp, servers = ["127.0.0.1:%d"]
                  %s
                }
                """
                        .formatted(port, more));
    }
}
