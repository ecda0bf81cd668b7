package io.sealpost.relay.forward;

import io.netty.channel.EventLoopGroup;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * While a later server has the connection, finds out whether an earlier one takes connections
 * again: makes one now and then, with the whole handshake of TLS, and closes it. Has a thread of
 * its own from {@link #start} to {@link #close}, and never waits for it.
 */
final class Failback implements AutoCloseable {
    private final TcpUpstreamSettings settings;
    private final Duration every;
    private final List<Server> earlier;
    private final Doorbell doorbell = new Doorbell();
    private final StopOrder stop;
    private final TcpDialer dialer;
    private final Runnable found;

    /**
     * Not yet begun.
     *
     * @param every the time between two looks
     * @param found called at most once, on its thread
     */
    Failback(
            TcpUpstreamSettings settings,
            Duration every,
            List<Server> earlier,
            EventLoopGroup group,
            NanoClock clock,
            Runnable found) {
        this.settings = settings;
        this.every = every;
        this.earlier = earlier;
        this.found = found;
        stop = new StopOrder(clock);
        dialer = new TcpDialer(settings, group, clock, doorbell, stop);
    }

    /** Begins, if there is a server before the one in use. */
    void start() {
        if (!earlier.isEmpty()) {
            Thread.ofVirtual().name("failback-" + settings.name()).start(this::run);
        }
    }

    private void run() {
        try {
            while (!doorbell.await(every, stop::given)) {
                if (anyBack()) {
                    found.run();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean anyBack() throws InterruptedException {
        for (Server server : earlier) {
            try {
                dialer.connect(server, doorbell::ring).close();
                return !stop.given();
            } catch (IOException _) {
                // not yet; the log has told of it when it was lost
            }
        }
        return false;
    }

    @Override
    public void close() {
        stop.giveNow(Duration.ZERO);
        doorbell.ring();
    }
}
