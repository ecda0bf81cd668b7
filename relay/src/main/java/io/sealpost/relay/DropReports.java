package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.watch.Events;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Gathers dropped messages, so that each kind of drop is told at most every ten seconds.
 * Thread-safe.
 */
/*
 * An event is a message, too, and where a full queue drops the oldest message for each new one, the
 * event about it would cause the next. So an event is due only when more was dropped than the relay
 * itself has said since the last one.
 */
final class DropReports {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final NanoClock clock;
    private final Events events;
    private final Map<String, Drops> drops = new ConcurrentHashMap<>();

    private static final class Drops {
        private long untold;
        private long notRaised;
        private long ownBefore;
        private long toldAt;
        private boolean told;
    }

    /**
     * What is to be told now.
     *
     * @param messages dropped since this was last told
     * @param raised dropped since the last event, if there is to be one now
     */
    record Report(long messages, OptionalLong raised) {
        static final Report NOTHING = new Report(0, OptionalLong.empty());
    }

    DropReports(NanoClock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    /** Adds dropped messages to those of the same key. */
    Report add(String key, long messages) {
        Drops mine = drops.computeIfAbsent(key, _ -> new Drops());
        synchronized (mine) {
            mine.untold += messages;
            mine.notRaised += messages;
            long now = clock.nanos();
            if (mine.untold == 0 || (mine.told && now - mine.toldAt < INTERVAL_NANOS)) {
                return Report.NOTHING;
            }
            long count = mine.untold;
            mine.untold = 0;
            mine.toldAt = now;
            mine.told = true;
            return new Report(count, raise(mine));
        }
    }

    private OptionalLong raise(Drops mine) {
        long own = events.taken();
        if (mine.notRaised <= own - mine.ownBefore) {
            return OptionalLong.empty();
        }
        OptionalLong count = OptionalLong.of(mine.notRaised);
        mine.notRaised = 0;
        mine.ownBefore = own;
        return count;
    }
}
