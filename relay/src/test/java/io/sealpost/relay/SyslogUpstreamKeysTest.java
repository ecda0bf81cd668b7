package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that a syslog receiver behind the relay notices. */
@Timeout(120)
@Beside
class SyslogUpstreamKeysTest {
    private static final int SMALL_BUFFER = 64 * 1024;

    @TempDir Path folder;
    private ServerSocket receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new ServerSocket();
        receiver.setReceiveBufferSize(SMALL_BUFFER);
        receiver.setSoTimeout((int) RunningRelay.PATIENCE.toMillis());
        receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }

    @Test
    void the_first_pause_is_retry_first() throws Exception {
        NanoClock clock = NanoClock.system();
        try (RunningRelay _ = start(clock, "retry { first = 1 s, max = 1 h }")) {
            Socket first = receiver.accept();
            long lost = clock.nanos();
            first.close();
            receiver.accept().close();

            // chance shortens a pause to half at most
            assertThat(Duration.ofNanos(clock.nanos() - lost))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(500));
        }
    }

    @Test
    void pauses_do_not_grow_beyond_retry_max() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (RunningRelay _ = start(NanoClock.system(), "retry { first = 1 ms, max = 2 ms }")) {
            Thread.ofVirtual().start(() -> closeAll(connections));

            // with the longest pause of the default these would take ten minutes
            await().atMost(RunningRelay.PATIENCE).until(() -> connections.get() >= 40);
        }
    }

    /** Closes every connection and counts it, until the receiver closes. */
    private void closeAll(AtomicInteger connections) {
        try {
            while (true) {
                receiver.accept().close();
                connections.incrementAndGet();
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    @Test
    void balance_sends_to_all_servers() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                RunningRelay _ =
                        RunningRelay.start(
                                folder,
                                NanoClock.system(),
                                """
                                upstreams.s {
                                  type = syslog, transport = tcp, strategy = balance
                                  servers = ["127.0.0.1:%d", "127.0.0.1:%d"]
                                }
                                """
                                        .formatted(
                                                receiver.getLocalPort(), other.getLocalPort()))) {
            other.setSoTimeout((int) RunningRelay.PATIENCE.toMillis());
            try (Socket one = receiver.accept();
                    Socket two = other.accept()) {
                assertThat(one.isConnected() && two.isConnected()).isTrue();
            }
        }
    }

    @Test
    void upstreams_have_shutdown_grace_to_take_what_is_left() throws Exception {
        MovedClock clock = MovedClock.faster(20);
        int messages = 1024;
        RunningRelay relay = start(clock, "");
        try (Socket _ = receiver.accept()) {
            relay.send(messages, 16 * 1024);
            relay.awaitSynced(messages);
            long begin = clock.nanos();
            relay.close();

            // the receiver reads nothing, so there is something left to the end of the grace
            assertThat(Duration.ofNanos(clock.nanos() - begin))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        }
    }

    private RunningRelay start(NanoClock clock, String more) throws IOException {
        return RunningRelay.start(
                folder,
                clock,
                """
                shutdown-grace = 30 s
                upstreams.s { type = syslog, transport = tcp, servers = ["127.0.0.1:%d"]
                  %s
                }
                """
                        .formatted(receiver.getLocalPort(), more));
    }
}
