package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.Civil;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/** Turns local times of one zone into instants. */
final class ZoneClock {
    /*
     * Nearly all times lie in one stretch between two transitions, far from both. That stretch is
     * remembered with its offset, shortened by a day on either side: no offset changes by more, so
     * a local time that lands within it has no second reading. Times near a transition ask the
     * rules. The field is written without synchronisation: a stretch is immutable, a stale one is
     * still true, and losing a write only costs another look at the rules.
     */
    private record Stretch(long from, long to, int offset) {}

    private static final Stretch NONE = new Stretch(0, 0, 0);

    private final ZoneRules rules;
    private Stretch stretch = NONE;

    private ZoneClock(ZoneRules rules) {
        this.rules = rules;
    }

    static ZoneClock of(ZoneId zone) {
        return new ZoneClock(zone.getRules());
    }

    /**
     * The instant of a local time, both in seconds since the epoch. In a gap the time moves forward
     * by the gap's length; in an overlap the reading nearer to {@code near} is taken.
     */
    long instant(long local, long near) {
        Stretch known = stretch;
        long guess = local - known.offset;
        return guess >= known.from && guess < known.to ? guess : lookUp(local, near);
    }

    /** The offset in seconds that holds at an instant. */
    int offsetAt(long instant) {
        Stretch known = stretch;
        return instant >= known.from && instant < known.to
                ? known.offset
                : rules.getOffset(Instant.ofEpochSecond(instant)).getTotalSeconds();
    }

    private long lookUp(long local, long near) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC);
        ZoneOffsetTransition transition = rules.getTransition(time);
        if (transition == null) {
            int offset = rules.getOffset(time).getTotalSeconds();
            stretch = stretchAround(local - offset, offset);
            return local - offset;
        }
        long before = local - transition.getOffsetBefore().getTotalSeconds();
        if (transition.isGap()) {
            return before;
        }
        long after = local - transition.getOffsetAfter().getTotalSeconds();
        return Math.abs(after - near) < Math.abs(before - near) ? after : before;
    }

    private Stretch stretchAround(long second, int offset) {
        Instant instant = Instant.ofEpochSecond(second);
        ZoneOffsetTransition previous = rules.previousTransition(instant.plusSeconds(1));
        ZoneOffsetTransition next = rules.nextTransition(instant);
        return new Stretch(
                previous == null ? Long.MIN_VALUE : previous.toEpochSecond() + Civil.DAY_SECONDS,
                next == null ? Long.MAX_VALUE : next.toEpochSecond() - Civil.DAY_SECONDS,
                offset);
    }
}
