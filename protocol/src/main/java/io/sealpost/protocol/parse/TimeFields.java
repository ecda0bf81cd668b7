package io.sealpost.protocol.parse;

/** What a time text says, before zone and year are filled in. Reused, not thread-safe. */
final class TimeFields {
    static final int UNKNOWN = Integer.MIN_VALUE;

    /** What kind of time was read. */
    enum Kind {
        /** Month, day, hour, minute and second. */
        BSD,
        /** Year to second in figures. */
        ISO,
        /** Seconds since the epoch. */
        EPOCH,
        /** Time since the sender's start, which says nothing of the date. */
        UPTIME
    }

    Kind kind = Kind.BSD;
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    long epochSecond;
    int micros;
    int fractionDigits;

    /** Offset in seconds, or {@link #UNKNOWN}. */
    int offset;

    boolean offsetInvalid;

    /** {@code *} for a clock never set, {@code .} for one that lost its source, 0 for none. */
    byte mark;

    void clear() {
        year = UNKNOWN;
        epochSecond = 0;
        micros = 0;
        fractionDigits = 0;
        offset = UNKNOWN;
        offsetInvalid = false;
        mark = 0;
    }

    boolean yearKnown() {
        return year != UNKNOWN;
    }

    boolean offsetKnown() {
        return offset != UNKNOWN;
    }
}
