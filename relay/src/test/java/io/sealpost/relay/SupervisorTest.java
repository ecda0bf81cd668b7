package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.sealpost.relay.runtime.NanoClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears, on a socket like systemd's. */
@Timeout(60)
class SupervisorTest {
    @TempDir Path folder;
    private Path path;
    private Socket socket;

    @BeforeEach
    void listen() throws Exception {
        Epoll.ensureAvailability();
        path = folder.resolve("notify");
        socket = Socket.newSocketDomainDgram();
        socket.bind(new DomainSocketAddress(path.toFile()));
    }

    @AfterEach
    void close() throws Exception {
        socket.close();
        Files.deleteIfExists(path);
    }

    /** The next thing told. */
    private String heard() throws Exception {
        ByteBuffer room = ByteBuffer.allocateDirect(4096);
        while (true) {
            var from = socket.recvFromDomainSocket(room, 0, room.capacity());
            if (from != null && from.receivedAmount() > 0) {
                byte[] octets = new byte[from.receivedAmount()];
                room.get(0, octets);
                return new String(octets, StandardCharsets.UTF_8);
            }
            Thread.onSpinWait();
        }
    }

    private Supervisor supervisor(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.putIfAbsent("NOTIFY_SOCKET", path.toString());
        return Supervisor.of(environment, 42, NanoClock.system());
    }

    @Test
    void it_hears_when_the_relay_is_ready_reloads_and_stops() throws Exception {
        try (Supervisor supervisor = supervisor(Map.of())) {
            supervisor.ready("listening tcp=1", _ -> true);
            assertThat(heard()).isEqualTo("READY=1\nSTATUS=listening tcp=1");
            supervisor.reloading();
            assertThat(heard()).matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
            supervisor.reloaded("listening tcp=2");
            assertThat(heard()).isEqualTo("READY=1\nSTATUS=listening tcp=2");
            supervisor.stopping(Duration.ofSeconds(5));
            assertThat(heard()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=5000000");
        }
    }

    @Test
    void the_watchdog_is_fed_as_long_as_the_relay_is_alive() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        try (Supervisor supervisor =
                supervisor(Map.of("WATCHDOG_USEC", "40000", "WATCHDOG_PID", "42"))) {
            supervisor.ready(
                    "ready",
                    limit -> {
                        assertThat(limit).isEqualTo(Duration.ofMillis(10));
                        return checks.incrementAndGet() != 2; // once it does not answer
                    });
            assertThat(heard()).startsWith("READY=1");
            assertThat(heard()).isEqualTo("WATCHDOG=1");
            assertThat(heard()).isEqualTo("WATCHDOG=1");
            assertThat(checks.get()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void a_watchdog_meant_for_another_process_is_left_alone() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        try (Supervisor supervisor =
                supervisor(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "43"))) {
            supervisor.ready("ready", _ -> checks.incrementAndGet() > 0);
            supervisor.stopping(Duration.ZERO);
            assertThat(heard()).startsWith("READY=1");
            assertThat(heard()).startsWith("STOPPING=1");
            assertThat(checks.get()).isZero();
        }
    }

    @Test
    void nobody_is_told_where_nobody_asked_or_nobody_listens() {
        try (Supervisor none = Supervisor.of(Map.of(), 42, NanoClock.system());
                Supervisor gone =
                        supervisor(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString()));
                Supervisor odd = supervisor(Map.of("NOTIFY_SOCKET", "vsock:2:1234"))) {
            none.ready("ready", _ -> true);
            gone.ready("ready", _ -> true);
            odd.ready("ready", _ -> true);
        }
        assertThat(path).exists();
    }
}
