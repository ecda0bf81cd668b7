package io.sealpost.protocol.message;

/**
 * Writes instants as RFC 3339 text. Keeps the text of the last second, since messages come in runs.
 * Not thread-safe.
 */
public final class TimestampWriter {
    /** The longest text, {@code 2026-11-24T11:59:59.123456+01:00}. */
    public static final int MAX_LENGTH = 32;

    private static final int SECONDS_LENGTH = 19;
    private static final int YEARS = 10_000;

    private final byte[] text = new byte[SECONDS_LENGTH];
    private long cachedSecond = Long.MIN_VALUE;

    /** A writer that has written nothing yet. */
    public TimestampWriter() {}

    /**
     * Writes an instant and returns the length of its text.
     *
     * @param micros microseconds since the epoch, year 0 to 9999
     * @param offsetSeconds offset of the zone to write it in, whole minutes
     * @param digits fraction digits, 0 to 6
     */
    public int write(long micros, int offsetSeconds, int digits, byte[] dst, int at) {
        long second = Math.floorDiv(micros, 1_000_000L);
        long local = second + offsetSeconds;
        if (local != cachedSecond) {
            format(local);
            cachedSecond = local;
        }
        System.arraycopy(text, 0, dst, at, SECONDS_LENGTH);
        int p = at + SECONDS_LENGTH;
        if (digits > 0) {
            p = fraction((int) (micros - second * 1_000_000), digits, dst, p);
        }
        if (offsetSeconds == 0) {
            dst[p] = 'Z';
            return p + 1 - at;
        }
        return offset(offsetSeconds, dst, p) - at;
    }

    private static int fraction(int micros, int digits, byte[] dst, int p) {
        dst[p] = '.';
        int rest = micros;
        for (int i = 6; i > 0; i--) {
            if (i <= digits) {
                dst[p + i] = (byte) ('0' + rest % 10);
            }
            rest /= 10;
        }
        return p + 1 + digits;
    }

    private static int offset(int seconds, byte[] dst, int p) {
        int minutes = Math.abs(seconds) / 60;
        dst[p] = (byte) (seconds < 0 ? '-' : '+');
        two(minutes / 60, dst, p + 1);
        dst[p + 3] = ':';
        two(minutes % 60, dst, p + 4);
        return p + 6;
    }

    private void format(long local) {
        long day = Math.floorDiv(local, Civil.DAY_SECONDS);
        int ofDay = (int) (local - day * Civil.DAY_SECONDS);
        long date = Civil.dateOf(day);
        int year = Math.floorMod(Civil.year(date), YEARS);
        two(year / 100, text, 0);
        two(year % 100, text, 2);
        text[4] = '-';
        two((int) (date >> 8 & 0xff), text, 5);
        text[7] = '-';
        two((int) (date & 0xff), text, 8);
        text[10] = 'T';
        two(ofDay / 3600, text, 11);
        text[13] = ':';
        two(ofDay / 60 % 60, text, 14);
        text[16] = ':';
        two(ofDay % 60, text, 17);
    }

    private static void two(int value, byte[] dst, int at) {
        dst[at] = (byte) ('0' + value / 10);
        dst[at + 1] = (byte) ('0' + value % 10);
    }
}
