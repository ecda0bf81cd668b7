package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Recovery;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.watch.RelayMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what happens to the spool, and measures its syncs. Thread-safe. */
final class SpoolLog implements SpoolObserver {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

    /** Drops of one upstream are told at most this often. */
    private static final long DROP_REPORT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RelayMetrics metrics;
    private final NanoClock clock;
    private final Map<String, Drops> drops = new ConcurrentHashMap<>();

    private static final class Drops {
        private long untold;
        private long toldAt;
        private boolean told;
    }

    SpoolLog(RelayMetrics metrics, NanoClock clock) {
        this.metrics = metrics;
        this.clock = clock;
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
        LOG.error(
                "spool: a sync failed ({}); {} messages are kept in memory and go to a new segment",
                reason,
                messages);
    }

    @Override
    public void writeFailed(String reason, long messages) {
        LOG.error(
                "spool: cannot write ({}); {} messages are kept in memory and tried again, senders"
                        + " wait",
                reason,
                messages);
    }

    @Override
    public void writable() {
        LOG.info("spool: writing works again");
    }

    @Override
    public void quarantined(long firstSequence, long endSequence, long octets, String file) {
        LOG.error(
                "spool: messages {} to {} are damaged on disk and cannot be delivered; {} octets"
                        + " are set apart in {}",
                firstSequence,
                endSequence - 1,
                octets,
                file);
    }

    @Override
    public void dropped(String upstream, long messages, String reason) {
        Drops mine = drops.computeIfAbsent(upstream + ' ' + reason, _ -> new Drops());
        long count;
        synchronized (mine) {
            mine.untold += messages;
            long now = clock.nanos();
            if (mine.untold == 0 || (mine.told && now - mine.toldAt < DROP_REPORT_NANOS)) {
                return;
            }
            count = mine.untold;
            mine.untold = 0;
            mine.toldAt = now;
            mine.told = true;
        }
        LOG.warn("upstream {}: {} messages dropped ({})", upstream, count, reason);
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
