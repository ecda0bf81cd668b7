package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sends one upstream's queue to several servers at once, over a connection to each: whichever can
 * take messages gets the next ones. Order holds per connection. What a lost server did not confirm
 * goes to the others. Its public methods may be called from any thread.
 */
public final class BalancedForwarder implements Forwarder {
    private final String name;
    private final List<TcpForwarder> connections = new ArrayList<>();

    /**
     * A forwarder, not yet started.
     *
     * @param servers one for each server, all of the same upstream
     * @param network what its connections are made with; stays the caller's
     * @throws IOException if the queue cannot be read
     */
    public BalancedForwarder(
            List<TcpUpstreamSettings> servers,
            UpstreamQueue queue,
            TcpNetwork network,
            NanoClock clock,
            ForwardObserver observer)
            throws IOException {
        name = queue.name();
        Dealer dealer = new Dealer(queue, clock);
        Handover handover = new Handover();
        Together together = new Together(observer, servers.size());
        for (TcpUpstreamSettings one : servers) {
            connections.add(
                    new TcpForwarder(
                            one,
                            dealer.share(),
                            handover,
                            network,
                            clock,
                            together.of(one.servers().getFirst().toString())));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() {
        connections.forEach(TcpForwarder::start);
    }

    @Override
    public String target() {
        return connections.stream().map(TcpForwarder::target).collect(Collectors.joining(", "));
    }

    @Override
    public boolean connected() {
        return connections.stream().anyMatch(TcpForwarder::connected);
    }

    @Override
    public long unconfirmed() {
        return connections.stream().mapToLong(TcpForwarder::unconfirmed).sum();
    }

    @Override
    public void stop(Duration grace) {
        List<Thread> stopping =
                connections.stream()
                        .map(one -> Thread.startVirtualThread(() -> one.stop(grace)))
                        .toList();
        try {
            for (Thread thread : stopping) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean ended() {
        return connections.stream().allMatch(TcpForwarder::ended);
    }

    /** What the connections tell, as of one upstream: it is down when all of them are. */
    private static final class Together {
        private final ForwardObserver observer;
        private final int servers;
        private final Set<String> down = new HashSet<>();
        private int connected;

        Together(ForwardObserver observer, int servers) {
            this.observer = observer;
            this.servers = servers;
        }

        ForwardObserver of(String server) {
            return new ForwardObserver() {
                @Override
                public void connected(String upstream, boolean now) {
                    changed(upstream, now);
                }

                @Override
                public void down(String upstream, String reason) {
                    wentDown(upstream, server, reason);
                }

                @Override
                public void up(String upstream, String target) {
                    cameUp(upstream, server);
                }

                @Override
                public void escaped(String upstream, long octets) {
                    observer.escaped(upstream, octets);
                }
            };
        }

        private synchronized void changed(String upstream, boolean now) {
            connected += now ? 1 : -1;
            if (connected == (now ? 1 : 0)) {
                observer.connected(upstream, now);
            }
        }

        private synchronized void wentDown(String upstream, String server, String reason) {
            down.add(server);
            observer.serverDown(upstream, server, reason);
            if (down.size() == servers) {
                observer.down(upstream, "none of its servers takes messages; " + reason);
            }
        }

        private synchronized void cameUp(String upstream, String server) {
            if (down.size() == servers) {
                observer.up(upstream, server);
            }
            down.remove(server);
            observer.serverUp(upstream, server);
        }
    }
}
