package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Recovery;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.RelayMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what happens to the spool, and measures its syncs. Thread-safe. */
final class SpoolLog implements SpoolObserver {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

    private final RelayConfig.WhenFull whenFull;
    private final RelayMetrics metrics;
    private final Events events;
    private final DropReports drops;

    SpoolLog(RelayConfig.WhenFull whenFull, RelayMetrics metrics, NanoClock clock, Events events) {
        this.whenFull = whenFull;
        this.metrics = metrics;
        this.events = events;
        this.drops = new DropReports(clock, events);
    }

    void recovered(Recovery recovery) {
        LOG.info(
                "spool: {} segments, {} octets, messages {} to {}",
                recovery.segments(),
                recovery.bytes(),
                recovery.oldest(),
                recovery.next());
        if (recovery.cutOctets() > 0) {
            LOG.warn(
                    "spool: {} octets behind the last whole batch were never synced and are cut",
                    recovery.cutOctets());
        }
    }

    @Override
    public void synced(long nanos, long messages, long octets) {
        metrics.synced(nanos);
    }

    @Override
    public void syncFailed(String reason, long messages) {
        failing(
                "a sync failed (%s); %d messages are kept in memory and go to a new segment"
                        .formatted(reason, messages));
    }

    @Override
    public void writeFailed(String reason, long messages) {
        failing(
                "cannot write (%s); %d messages are kept in memory and tried again, %s"
                        .formatted(reason, messages, meanwhile()));
    }

    /** What becomes of new messages. */
    private String meanwhile() {
        return switch (whenFull) {
            case BLOCK -> "senders wait";
            case DROP_NEW -> "new messages are dropped";
            case DROP_BY_SEVERITY -> "the least severe of new ones are dropped and the others wait";
        };
    }

    private void failing(String text) {
        LOG.error("spool: {}", text);
        events.raise(Event.of(EventKind.SPOOL_FAILING, "spool: " + text));
    }

    @Override
    public void writable() {
        LOG.info("spool: writing works again");
        events.raise(Event.of(EventKind.SPOOL_WORKING, "spool: writing works again"));
    }

    @Override
    public void quarantined(long firstSequence, long endSequence, long octets, String file) {
        String text =
                ("spool: messages %d to %d are damaged on disk and cannot be delivered; %d octets"
                                + " are set apart in %s")
                        .formatted(firstSequence, endSequence - 1, octets, file);
        LOG.error("{}", text);
        events.raise(
                Event.of(EventKind.QUARANTINED, text)
                        .with("first", firstSequence)
                        .with("count", endSequence - firstSequence)
                        .with("file", file));
    }

    @Override
    public void dropped(String upstream, long messages, String reason) {
        DropReports.Report report = drops.add(upstream + ' ' + reason, messages);
        if (report.messages() > 0) {
            LOG.warn("upstream {}: {} messages dropped ({})", upstream, report.messages(), reason);
        }
        report.raised()
                .ifPresent(
                        count ->
                                events.raise(
                                        Event.ofUpstream(
                                                        EventKind.MESSAGES_DROPPED,
                                                        upstream,
                                                        "upstream %s: %d messages dropped (%s)"
                                                                .formatted(upstream, count, reason))
                                                .with("reason", reason)
                                                .with("count", count)));
    }

    @Override
    public void cursorFailed(String upstream, String reason) {
        LOG.error("upstream {}: its cursor cannot be saved: {}", upstream, reason);
    }

    @Override
    public void cursorLost(String upstream) {
        LOG.error(
                "upstream {}: its cursor file is unreadable; it gets everything from the oldest"
                        + " message kept, so repeats are possible",
                upstream);
    }

    @Override
    public void callbackFailed(RuntimeException failure) {
        LOG.error("a bug of ours", failure);
    }
}
