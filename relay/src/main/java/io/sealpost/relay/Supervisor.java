package io.sealpost.relay;

import io.netty.channel.unix.Socket;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, or whoever else started the relay with {@code NOTIFY_SOCKET}, how it is
 * (sd_notify(3)): a unit with {@code Type=notify} counts as started when the listeners are open.
 * With {@code WATCHDOG_USEC} it is told twice in that time that the relay is alive, and restarts it
 * when it hears nothing. Without these variables nothing is told. Thread-safe.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final @Nullable String socket;
    private final NanoClock clock;
    private final Optional<Duration> watchdog;
    private @Nullable Thread thread;
    private volatile boolean closed;

    private Supervisor(@Nullable String socket, Optional<Duration> watchdog, NanoClock clock) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.clock = clock;
    }

    /**
     * The one that started this process.
     *
     * @param environment of the process
     * @param pid of the process: what is meant for another one is left alone
     */
    static Supervisor of(Map<String, String> environment, long pid, NanoClock clock) {
        String socket = environment.get("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return new Supervisor(null, Optional.empty(), clock);
        }
        if (!socket.startsWith("/")) {
            LOG.warn("NOTIFY_SOCKET={} is no path of a socket; nobody is told", socket);
            return new Supervisor(null, Optional.empty(), clock);
        }
        String meant = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        Optional<Duration> watchdog =
                meant.equals(Long.toString(pid))
                        ? micros(environment.get("WATCHDOG_USEC"))
                        : Optional.empty();
        return new Supervisor(socket, watchdog, clock);
    }

    private static Optional<Duration> micros(@Nullable String text) {
        try {
            long micros = text == null ? 0 : Long.parseLong(text);
            return micros > 0 ? Optional.of(Duration.ofNanos(micros * 1000)) : Optional.empty();
        } catch (NumberFormatException | ArithmeticException e) {
            LOG.warn("WATCHDOG_USEC={} is no number of microseconds; no watchdog", text);
            return Optional.empty();
        }
    }

    /**
     * The relay takes messages, as this line says.
     *
     * @param alive whether it still does what it should, within the time given; asked by a thread
     *     of this object until it is closed
     */
    void ready(String status, Predicate<Duration> alive) {
        tell("READY=1\nSTATUS=" + status);
        watchdog.ifPresent(
                limit ->
                        thread =
                                Thread.ofVirtual()
                                        .name("watchdog")
                                        .start(() -> watch(limit.dividedBy(4), alive)));
    }

    /** Twice in the limit: a check may take a quarter of it, and the pause is another one. */
    private void watch(Duration quarter, Predicate<Duration> alive) {
        while (!closed) {
            if (alive.test(quarter)) {
                tell("WATCHDOG=1");
            } else if (!closed) {
                LOG.error("the event loops did not answer within {}", quarter);
            }
            long end = clock.nanos() + quarter.toNanos();
            for (long rest = quarter.toNanos(); rest > 0 && !closed; rest = end - clock.nanos()) {
                LockSupport.parkNanos(this, rest);
            }
        }
    }

    /** A reload begins; it ends with {@link #reloaded}. */
    void reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=" + clock.nanos() / 1000);
    }

    /** The reload has ended, well or not. */
    void reloaded(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    /** The relay stops; it needs so long at most. */
    void stopping(Duration atMost) {
        tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + atMost.toNanos() / 1000);
    }

    private void tell(String text) {
        if (socket == null) {
            return;
        }
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer direct = ByteBuffer.allocateDirect(octets.length).put(octets);
        try {
            Socket to = Socket.newSocketDomainDgram();
            try {
                int _ =
                        to.sendToDomainSocket(
                                direct, 0, octets.length, socket.getBytes(StandardCharsets.UTF_8));
            } finally {
                to.close();
            }
        } catch (IOException e) {
            LOG.warn("NOTIFY_SOCKET={} cannot be told: {}", socket, e.getMessage());
        }
    }

    /** Ends the watchdog's thread; what has been told stands. */
    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
        }
    }
}
