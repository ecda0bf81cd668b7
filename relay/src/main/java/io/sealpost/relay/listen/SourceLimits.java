package io.sealpost.relay.listen;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.sealpost.relay.pipeline.SourceLimit;
import io.sealpost.relay.runtime.NanoClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The limits of a listener's sources, one for each address, bounded whatever addresses they forge.
 * What a source lost is told an interval after the first drop. Thread-safe.
 */
/*
 * A source that is forgotten because of many others begins with a full bucket when it comes again.
 */
final class SourceLimits {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_SOURCES = 20_000;

    /** Is told how many messages of a source were dropped in an interval. */
    interface Report {
        void dropped(InetAddress source, long messages);
    }

    private final Optional<LoadingCache<InetAddress, SourceLimit>> known;
    private final ScheduledExecutorService timer;
    private final NanoClock clock;
    private final Duration interval;
    private final Report report;

    SourceLimits(
            Optional<RateLimit> limit,
            ScheduledExecutorService timer,
            NanoClock clock,
            Duration interval,
            Report report) {
        this.timer = timer;
        this.clock = clock;
        this.interval = interval;
        this.report = report;
        this.known =
                limit.map(
                        each ->
                                Caffeine.newBuilder()
                                        .maximumSize(MAX_SOURCES)
                                        .executor(Runnable::run)
                                        .build(source -> make(each, source)));
    }

    /** The limit of this source. */
    SourceLimit of(InetAddress source) {
        return known.map(limits -> limits.get(source)).orElse(SourceLimit.NONE);
    }

    private SourceLimit make(RateLimit each, InetAddress source) {
        return SourceLimit.of(
                each.perSecond(), each.burst(), clock.nanos(), limit -> reportLater(source, limit));
    }

    private void reportLater(InetAddress source, SourceLimit limit) {
        var _ =
                timer.schedule(
                        () -> report.dropped(source, limit.takeDropped()),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }
}
