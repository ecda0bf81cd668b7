package io.sealpost.relay;

import io.sealpost.relay.listen.ListenerCounters;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.watch.ListenerMetrics;
import io.sealpost.relay.watch.RelayMetrics;
import io.sealpost.relay.watch.Tally;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Counts what happens at one listener in the relay's metrics. Thread-safe. */
final class MeteredListener implements ListenerCounters {
    /** Reason under which datagrams without a message are counted. */
    private static final String EMPTY = "empty";

    private final ListenerMetrics listener;
    private final RelayMetrics metrics;
    private final AtomicReferenceArray<@Nullable Tally> changed =
            new AtomicReferenceArray<>(Integer.SIZE);
    private final Map<String, Tally> refused = new ConcurrentHashMap<>();
    private final Map<String, Tally> cutOff = new ConcurrentHashMap<>();
    private final Map<String, Tally> dropped = new ConcurrentHashMap<>();

    MeteredListener(ListenerMetrics listener, RelayMetrics metrics) {
        this.listener = listener;
        this.metrics = metrics;
    }

    @Override
    public void received(int messages, long octets) {
        listener.received(messages, octets);
    }

    @Override
    public void changed(int reasonBit, int messages) {
        Tally tally = changed.get(reasonBit);
        if (tally == null) {
            tally = metrics.changed(Intake.reasonLabel(reasonBit));
            changed.set(reasonBit, tally);
        }
        tally.add(messages);
    }

    @Override
    public void dropped(String reason, int messages) {
        dropped.computeIfAbsent(reason, listener::dropped).add(messages);
    }

    @Override
    public void ignored(int datagrams) {
        dropped(EMPTY, datagrams);
    }

    @Override
    public void connectionOpened() {
        listener.connectionOpened();
    }

    @Override
    public void connectionClosed() {
        listener.connectionClosed();
    }

    @Override
    public void refused(String reason) {
        refused.computeIfAbsent(reason, listener::refused).increment();
    }

    @Override
    public void cutOff(String reason) {
        cutOff.computeIfAbsent(reason, listener::cutOff).increment();
    }

    @Override
    public void kernelDrops(long datagrams) {
        listener.kernelDropped(datagrams);
    }
}
