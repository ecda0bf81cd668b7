package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One conf file through the whole relay: what its keys say is what happens. */
@Timeout(120)
class KeyEffectsTest {
    @TempDir Path folder;

    @Test
    void each_key_does_what_it_says() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String conf =
                    """
                    sealpost {
                      name = "relay-of-the-test"
                      data-dir = "state"
                      listeners {
                        u { transport = udp, bind = "127.0.0.1:0" }
                        t { transport = tcp, bind = "[::1]:0", timezone = "Asia/Tokyo" }
                      }
                      upstreams {
                        files { type = file, path = "kept/%%Y-%%m-%%d.log" }
                        wire { type = syslog, transport = tcp, servers = ["127.0.0.1:%d"] }
                      }
                      spool { reserve = 0 }
                      annotate = all
                      enterprise-number = 4711
                      admin { bind = "127.0.0.1:0" }
                      log { events = off }
                    }
                    """
                            .formatted(upstream.getLocalPort());
            try (RunningRelay relay = RunningRelay.whole(folder, NanoClock.system(), conf)) {
                assertThat(relay.listening()).endsWith(" as relay-of-the-test");
                send("::1", relay.port("t"), "<13>Oct 11 22:14:15 host app: over tcp\n");

                try (Socket peer = upstream.accept();
                        InputStream in = peer.getInputStream()) {
                    String frame = new String(in.readNBytes(80), UTF_8);
                    assertThat(frame).contains("T22:14:15+09:00 host app - - [sealpost@4711 ");
                    await().atMost(RunningRelay.PATIENCE).until(() -> kept().contains("over tcp"));
                    assertThat(relay.metrics())
                            .contains("sealpost_messages_received_total{listener=\"t\"} 1.0")
                            .contains("sealpost_messages_received_total{listener=\"u\"} 0.0");
                }
            }
            assertThat(folder.resolve("state/spool")).isDirectory();
        }
    }

    private static void send(String host, int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral(host), port)) {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
        }
    }

    private String kept() throws IOException {
        Path archive = folder.resolve("kept");
        if (!Files.isDirectory(archive)) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
