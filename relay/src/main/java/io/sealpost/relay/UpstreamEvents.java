package io.sealpost.relay;

import io.sealpost.relay.forward.ForwardObserver;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.RelayMetrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Raises an event when an upstream goes down and when it is up again. Thread-safe. */
final class UpstreamEvents implements ForwardObserver {
    private final Events events;
    private final RelayMetrics metrics;
    private final Map<String, String> down = new ConcurrentHashMap<>();

    UpstreamEvents(Events events, RelayMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    /** Why the upstream is down, if it is. */
    Optional<String> whyDown(String upstream) {
        return Optional.ofNullable(down.get(upstream));
    }

    @Override
    public void cut(String upstream, long messages) {
        metrics.cut(upstream).add(messages);
    }

    @Override
    public void escaped(String upstream, long octets) {
        metrics.escaped(upstream).add(octets);
    }

    @Override
    public void down(String upstream, String reason) {
        down.put(upstream, reason);
        events.raise(
                Event.ofUpstream(
                        EventKind.UPSTREAM_DOWN, upstream, "upstream " + upstream + ": " + reason));
    }

    @Override
    public void up(String upstream, String target) {
        down.remove(upstream);
        events.raise(
                Event.ofUpstream(
                        EventKind.UPSTREAM_UP,
                        upstream,
                        "upstream " + upstream + ": " + target + " takes messages again"));
    }

    @Override
    public void serverDown(String upstream, String server, String reason) {
        events.raise(
                Event.ofUpstream(
                                EventKind.SERVER_DOWN,
                                upstream,
                                "upstream %s: %s cannot be used: %s"
                                        .formatted(upstream, server, reason))
                        .with("server", server));
    }

    @Override
    public void serverUp(String upstream, String server) {
        events.raise(
                Event.ofUpstream(
                                EventKind.SERVER_UP,
                                upstream,
                                "upstream %s: %s can be used again".formatted(upstream, server))
                        .with("server", server));
    }
}
