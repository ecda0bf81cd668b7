package io.sealpost.protocol.message;

/** How urgent a message is, RFC 5424 §6.2.1; the order is the number, 0 the most urgent. */
public enum Severity {
    EMERGENCY,
    ALERT,
    CRITICAL,
    ERROR,
    WARNING,
    NOTICE,
    INFO,
    DEBUG;

    private static final Severity[] ALL = values();

    private final String label;

    Severity() {
        this.label = Labels.of(name());
    }

    /** The name as in a conf file, such as {@code warning}. */
    public String label() {
        return label;
    }

    /** The number, as in PRI. */
    @SuppressWarnings("EnumOrdinal") // the order is the number, as in PRI
    public int number() {
        return ordinal();
    }

    /** The severity with this number, 0 to 7. */
    public static Severity of(int number) {
        return ALL[number];
    }
}
