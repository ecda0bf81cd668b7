package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code receive-buffer}, from the conf file to what the kernel says of the socket. */
@Timeout(120)
class SocketKeysTest {
    private static final String FILE = "upstreams.f { type = file, path = \"f.log\" }\n";
    private static final String GRANTED =
            "listener %s: the kernel grants a receive buffer of %d octets instead of %d;";
    private static final int PRESET = 32 << 20;
    private static final int LARGEST = 1 << 30;

    @TempDir Path folder;
    private final LogLines logged = LogLines.of("io.sealpost.relay.listen");

    @AfterEach
    void leave() {
        logged.close();
    }

    @Test
    void udp_sockets_have_their_receive_buffer_and_32_mib_by_default() throws Exception {
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        FILE
                                + """
                                listeners.preset { transport = udp, bind = "127.0.0.1:0" }
                                listeners.small { transport = udp, bind = "127.0.0.1:0"
                                  receive-buffer = 48 KiB }
                                """)) {
            assertThat(KernelSockets.receiveBuffers("udp", relay.port("small")))
                    .isNotEmpty()
                    .containsOnly(48 * 1024);
            List<Integer> preset = KernelSockets.receiveBuffers("udp", relay.port("preset"));
            assertThat(preset).isNotEmpty();
            if (preset.getFirst() == PRESET) {
                assertThat(preset).containsOnly(PRESET);
                assertThat(warnings()).isEmpty();
            } else {
                // without CAP_NET_ADMIN the system's limit is the most there is
                assertThat(preset).containsOnly(mostWithoutCapability());
                assertWarned("preset", preset.getFirst(), PRESET);
            }
        }
    }

    /** Nobody gets this much: even where there is no limit the kernel stops an octet short. */
    @Test
    void a_receive_buffer_that_the_kernel_cuts_is_told() throws Exception {
        try (RunningRelay relay =
                RunningRelay.start(
                        folder,
                        FILE
                                + """
                                listeners.large { transport = udp, bind = "127.0.0.1:0"
                                  receive-buffer = 1 GiB }
                                """)) {
            List<Integer> buffers = KernelSockets.receiveBuffers("udp", relay.port("large"));
            assertThat(buffers).isNotEmpty().allMatch(buffer -> buffer < LARGEST);
            assertWarned("large", buffers.getFirst(), LARGEST);
        }
    }

    @Test
    void tcp_connections_have_their_receive_buffer() throws Exception {
        try (RunningRelay relay =
                        RunningRelay.start(folder, FILE + "listeners.t.receive-buffer = 48 KiB\n");
                Socket _ = new Socket(InetAddress.getLoopbackAddress(), relay.port("t"))) {
            int port = relay.port("t");

            await().atMost(RunningRelay.PATIENCE)
                    .until(() -> !KernelSockets.receiveBuffers("tcp", port).isEmpty());
            assertThat(KernelSockets.receiveBuffers("tcp", port)).containsExactly(48 * 1024);
        }
    }

    @Test
    void tls_connections_have_their_receive_buffer() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        try (RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                FILE
                                        + """
                                        listeners.x { transport = tls, bind = "127.0.0.1:0"
                                          receive-buffer = 48 KiB
                                          tls { certificate = "%s", key = "%s" } }
                                        """
                                                .formatted(
                                                        certificates.certificate("server"),
                                                        certificates.key("server")));
                Socket _ = new Socket(InetAddress.getLoopbackAddress(), relay.port("x"))) {
            int port = relay.port("x");

            await().atMost(RunningRelay.PATIENCE)
                    .until(() -> !KernelSockets.receiveBuffers("tcp", port).isEmpty());
            assertThat(KernelSockets.receiveBuffers("tcp", port)).containsExactly(48 * 1024);
        }
    }

    @Test
    void relp_connections_have_their_receive_buffer() throws Exception {
        try (RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                FILE
                                        + """
                                        listeners.r { transport = relp, bind = "127.0.0.1:0"
                                          receive-buffer = 48 KiB }
                                        """);
                Socket _ = new Socket(InetAddress.getLoopbackAddress(), relay.port("r"))) {
            int port = relay.port("r");

            await().atMost(RunningRelay.PATIENCE)
                    .until(() -> !KernelSockets.receiveBuffers("tcp", port).isEmpty());
            assertThat(KernelSockets.receiveBuffers("tcp", port)).containsExactly(48 * 1024);
        }
    }

    private void assertWarned(String listener, int granted, int asked) {
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith(GRANTED.formatted(listener, granted, asked));
    }

    private List<String> warnings() {
        return logged.all();
    }

    private static int mostWithoutCapability() throws IOException {
        return Integer.parseInt(Files.readString(Path.of("/proc/sys/net/core/rmem_max")).strip());
    }
}
