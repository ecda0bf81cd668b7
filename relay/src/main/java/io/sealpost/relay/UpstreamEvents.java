package io.sealpost.relay;

import io.sealpost.relay.forward.ForwardObserver;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;

/** Raises an event when an upstream goes down and when it is up again. Thread-safe. */
record UpstreamEvents(Events events) implements ForwardObserver {
    @Override
    public void down(String upstream, String reason) {
        events.raise(
                Event.ofUpstream(
                        EventKind.UPSTREAM_DOWN, upstream, "upstream " + upstream + ": " + reason));
    }

    @Override
    public void up(String upstream) {
        events.raise(
                Event.ofUpstream(
                        EventKind.UPSTREAM_UP,
                        upstream,
                        "upstream " + upstream + ": it takes messages again"));
    }
}
