package io.sealpost.relay.pipeline;

import io.sealpost.relay.watch.Event;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often events of one topic and subject are told. A few at once, then one per interval, which
 * doubles while they go on: an upstream that goes down for every message about it being down is
 * told of ever more rarely. Guarded by itself.
 */
final class EventLimit {
    static final int BURST = 5;
    static final Duration FIRST_INTERVAL = Duration.ofSeconds(10);
    static final Duration LAST_INTERVAL = Duration.ofMinutes(10);

    private int left = BURST;
    private long intervalNanos = FIRST_INTERVAL.toNanos();
    private long refilledNanos;
    private @Nullable Happened latest;
    private long leftOut;

    /** An event with the time when it happened. */
    record Happened(Event event, long micros) {}

    EventLimit(long nowNanos) {
        refilledNanos = nowNanos;
    }

    /** The event to tell now, or null where it must wait. */
    synchronized @Nullable Happened offer(Happened happened, long nowNanos) {
        if (latest == null && take(nowNanos)) {
            return happened;
        }
        if (latest != null) {
            leftOut += 1 + latest.event().leftOut();
        }
        latest = happened;
        return poll(nowNanos, false);
    }

    /** The last event that had to wait, if its time has come or {@code now} is the last moment. */
    synchronized @Nullable Happened poll(long nowNanos, boolean now) {
        Happened waiting = latest;
        if (waiting == null || !(take(nowNanos) || now)) {
            return null;
        }
        Happened told = new Happened(waiting.event().after(leftOut), waiting.micros());
        latest = null;
        leftOut = 0;
        return told;
    }

    private boolean take(long nowNanos) {
        while (left < BURST && nowNanos - refilledNanos >= intervalNanos) {
            refilledNanos += intervalNanos;
            intervalNanos = Math.min(2 * intervalNanos, LAST_INTERVAL.toNanos());
            left++;
        }
        if (left == BURST) {
            refilledNanos = nowNanos;
            intervalNanos = FIRST_INTERVAL.toNanos();
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
