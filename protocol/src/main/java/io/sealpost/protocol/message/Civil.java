package io.sealpost.protocol.message;

/** The proleptic Gregorian calendar in plain arithmetic, so that hot paths make no objects. */
public final class Civil {
    /** Seconds of a day. */
    public static final long DAY_SECONDS = 86_400;

    private static final long DAYS_TO_EPOCH = 719_468;
    private static final int DAYS_OF_ERA = 146_097;
    private static final int MONTH_LENGTHS = 0b1010_1101_0101;

    private Civil() {}

    /** Days from 1970-01-01 to this date (Howard Hinnant's days_from_civil). */
    public static long epochDay(int year, int month, int day) {
        long y = month <= 2 ? year - 1L : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * DAYS_OF_ERA + dayOfEra - DAYS_TO_EPOCH;
    }

    /** Year, month and day as {@code year << 16 | month << 8 | day}. */
    public static long dateOf(long epochDay) {
        long z = epochDay + DAYS_TO_EPOCH;
        long era = Math.floorDiv(z, (long) DAYS_OF_ERA);
        long dayOfEra = z - era * DAYS_OF_ERA;
        long yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long mp = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * mp + 2) / 5 + 1;
        long month = mp < 10 ? mp + 3 : mp - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year << 16 | month << 8 | day;
    }

    /** The year of a date packed by {@link #dateOf}. */
    public static int year(long date) {
        return (int) (date >> 16);
    }

    /** Length of a month, 0 for a month that does not exist. Year 0 counts as a common year. */
    public static int monthLength(int year, int month) {
        if (month < 1 || month > 12) {
            return 0;
        }
        if (month == 2) {
            return leap(year) ? 29 : 28;
        }
        return 30 + (MONTH_LENGTHS >> (month - 1) & 1);
    }

    private static boolean leap(int year) {
        return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) && year != 0;
    }
}
