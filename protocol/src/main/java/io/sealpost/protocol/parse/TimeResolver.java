package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.Civil;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;

/** Turns what a time text says into an instant, and notes what had to be assumed. */
final class TimeResolver {
    private static final long MICROS = 1_000_000;
    private static final long MAX_AHEAD_SECONDS = 31 * Civil.DAY_SECONDS;

    /** Less than any year, whatever zone changes it holds. */
    private static final long SHORT_YEAR_SECONDS = 363 * Civil.DAY_SECONDS;

    private static final long UNSET_CLOCK_MICROS = Civil.DAY_SECONDS * MICROS;
    private static final long MIN_SECOND = Civil.epochDay(0, 1, 1) * Civil.DAY_SECONDS;
    private static final long MAX_SECOND =
            (Civil.epochDay(9999, 12, 31) + 1) * Civil.DAY_SECONDS - 1;
    private static final int MAX_CUT_DIGITS = 9;

    private TimeResolver() {}

    /** Sets the scan's TIMESTAMP and adds the reasons. */
    static void resolve(TimeFields f, ZoneClock clock, MessageScan scan) {
        scan.timestampReceived();
        if (f.kind == TimeFields.Kind.UPTIME) {
            scan.add(Reason.MISSING_TIMESTAMP);
            return;
        }
        if (f.kind == TimeFields.Kind.EPOCH) {
            set(f, f.epochSecond, 0, scan);
            return;
        }
        if (f.hour > 23 || f.minute > 59 || f.second > 60 || f.offsetInvalid || tooFine(f)) {
            scan.add(Reason.INVALID_TIMESTAMP);
            return;
        }
        long now = Math.floorDiv(scan.receivedMicros(), MICROS);
        long second = f.yearKnown() ? inYear(f.year, f, clock, now) : nearest(f, clock, now);
        if (second < MIN_SECOND || second > MAX_SECOND) {
            scan.add(Reason.INVALID_TIMESTAMP);
            return;
        }
        if (f.mark == '*'
                && Math.abs(second * MICROS + f.micros - scan.receivedMicros())
                        > UNSET_CLOCK_MICROS) {
            scan.add(Reason.UNSET_CLOCK);
            return;
        }
        if (f.second == 60) {
            scan.add(Reason.LEAP_SECOND);
        }
        set(f, second, f.offsetKnown() ? f.offset : clock.offsetAt(second), scan);
    }

    private static void set(TimeFields f, long second, int offset, MessageScan scan) {
        if (f.fractionDigits > ClockReader.keptDigits(f)) {
            scan.add(Reason.CUT_FRACTION);
        }
        // RFC 3339 offsets have whole minutes; those before standard time have seconds
        int written = offset % 60 == 0 ? offset : 0;
        scan.timestamp(second * MICROS + f.micros, written, ClockReader.keptDigits(f));
    }

    private static boolean tooFine(TimeFields f) {
        return f.kind == TimeFields.Kind.ISO && f.fractionDigits > MAX_CUT_DIGITS;
    }

    /** Seconds since the epoch, or {@link Long#MIN_VALUE} where the date does not exist. */
    private static long inYear(int year, TimeFields f, ZoneClock clock, long now) {
        if (f.day < 1 || f.day > Civil.monthLength(year, f.month)) {
            return Long.MIN_VALUE;
        }
        long local =
                Civil.epochDay(year, f.month, f.day) * Civil.DAY_SECONDS
                        + f.hour * 3600L
                        + f.minute * 60L
                        + Math.min(f.second, 59);
        return f.offsetKnown() ? local - f.offset : clock.instant(local, now);
    }

    /**
     * The last year that puts the time at most 31 days ahead; of all years allowed it is also the
     * nearest, since the one before is eleven months further away.
     */
    private static long nearest(TimeFields f, ZoneClock clock, long now) {
        int year = Civil.year(Civil.dateOf(Math.floorDiv(now, Civil.DAY_SECONDS)));
        long latest = now + MAX_AHEAD_SECONDS;
        // nearly always this year; then no other may be looked at, since each has its own offsets
        long second = inYear(year, f, clock, now);
        if (second <= latest && second > latest - SHORT_YEAR_SECONDS) {
            return second;
        }
        for (int candidate = year + 1; candidate >= year - 1; candidate--) {
            second = inYear(candidate, f, clock, now);
            if (second != Long.MIN_VALUE && second <= latest) {
                return second;
            }
        }
        return Long.MIN_VALUE;
    }
}
