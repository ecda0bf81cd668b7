package io.sealpost.relay;

import io.sealpost.relay.listen.ListenerCounters;
import io.sealpost.relay.listen.RateLimitedLog;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.ListenerMetrics;
import io.sealpost.relay.watch.RelayMetrics;
import io.sealpost.relay.watch.Tally;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens at one listener in the relay's metrics. Thread-safe. */
final class MeteredListener implements ListenerCounters {
    private static final Logger LOG = LoggerFactory.getLogger(MeteredListener.class);

    /** Reason under which datagrams without a message are counted. */
    private static final String EMPTY = "empty";

    private static final String RATE_LIMIT = "rate-limit";

    private final String name;
    private final ListenerMetrics listener;
    private final Events events;
    private final DropReports drops;
    private final RelayMetrics metrics;
    private final AtomicReferenceArray<@Nullable Tally> changed =
            new AtomicReferenceArray<>(Integer.SIZE);
    private final Map<String, Tally> refused = new ConcurrentHashMap<>();
    private final Map<String, Tally> ended = new ConcurrentHashMap<>();
    private final Map<String, Tally> cutOff = new ConcurrentHashMap<>();
    private final Map<String, Tally> dropped = new ConcurrentHashMap<>();

    private final RateLimitedLog givenUp;

    MeteredListener(String name, RelayMetrics metrics, NanoClock clock, Events events) {
        this.name = name;
        this.events = events;
        this.drops = new DropReports(clock, events);
        this.listener = metrics.listener(name);
        this.metrics = metrics;
        this.givenUp = new RateLimitedLog(LOG, clock);
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
    public void droppedByRoute(String route, int messages) {
        count(route, messages);
    }

    @Override
    public void rateLimited(int messages) {
        count(RATE_LIMIT, messages);
    }

    @Override
    public void rateLimited(InetAddress source, long messages) {
        String address = source.getHostAddress();
        String text =
                "listener %s: %d messages of %s dropped, it sends more than its rate-limit"
                        .formatted(name, messages, address);
        LOG.warn("{}", text);
        events.raise(
                Event.ofListener(EventKind.RATE_LIMITED, name, text)
                        .with("peer", address)
                        .with("count", messages));
    }

    @Override
    public void dropped(String reason, int messages) {
        count(reason, messages);
        DropReports.Report report = drops.add(reason, messages);
        if (report.messages() > 0) {
            LOG.warn("listener {}: {} messages dropped ({})", name, report.messages(), reason);
        }
        report.raised()
                .ifPresent(
                        dropCount ->
                                events.raise(
                                        Event.ofListener(
                                                        EventKind.MESSAGES_DROPPED,
                                                        name,
                                                        "listener %s: %d messages dropped (%s)"
                                                                .formatted(name, dropCount, reason))
                                                .with("reason", reason)
                                                .with("count", dropCount)));
    }

    @Override
    public void givenUp(String pattern, int searches) {
        listener.givenUp(searches);
        givenUp.warn(
                "listener {}: gave up {} searches for the regular expression {}: a message took too"
                        + " many steps, and counts as one without it; write it so that it cannot"
                        + " match the same text in many ways",
                name,
                searches,
                pattern);
    }

    @Override
    public void ignored(int datagrams) {
        count(EMPTY, datagrams);
    }

    private void count(String reason, int messages) {
        dropped.computeIfAbsent(reason, listener::dropped).add(messages);
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
    public void acknowledged(long messages) {
        listener.acknowledged(messages);
    }

    @Override
    public void repeated(long messages) {
        listener.repeated(messages);
    }

    @Override
    public void keptRepeat() {
        listener.keptRepeat();
    }

    @Override
    public void sessionEnded(String reason) {
        ended.computeIfAbsent(reason, listener::sessionEnded).increment();
    }

    @Override
    public void acknowledgedUndelivered(long messages) {
        listener.acknowledgedUndelivered(messages);
    }

    @Override
    public void kernelDrops(long datagrams) {
        listener.kernelDropped(datagrams);
    }
}
