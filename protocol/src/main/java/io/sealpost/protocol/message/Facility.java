package io.sealpost.protocol.message;

/** The part of a system that wrote a message, RFC 5424 §6.2.1; the order is the number. */
public enum Facility {
    KERN,
    USER,
    MAIL,
    DAEMON,
    AUTH,
    SYSLOG,
    LPR,
    NEWS,
    UUCP,
    CRON,
    AUTHPRIV,
    FTP,
    NTP,
    AUDIT,
    ALERT,
    CLOCK,
    LOCAL0,
    LOCAL1,
    LOCAL2,
    LOCAL3,
    LOCAL4,
    LOCAL5,
    LOCAL6,
    LOCAL7;

    private static final Facility[] ALL = values();

    private final String label;

    Facility() {
        this.label = Labels.of(name());
    }

    /** The name as in a conf file, such as {@code auth}. */
    public String label() {
        return label;
    }

    /** The number, as in PRI. */
    @SuppressWarnings("EnumOrdinal") // the order is the number, as in PRI
    public int number() {
        return ordinal();
    }

    /** The facility with this number, 0 to 23. */
    public static Facility of(int number) {
        return ALL[number];
    }
}
