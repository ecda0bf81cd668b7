package io.sealpost.protocol.message;

/**
 * The name of one change that normalization, or a rule of the conf file, made. The order is the bit
 * stored on disk.
 */
public enum Reason {
    /** No PRI; 13 (user.notice) was taken. */
    MISSING_PRI("missing-pri", false),
    /** Something that begins like a PRI but is none; the text is MSG whole. */
    INVALID_PRI("invalid-pri", true),
    /** No usable time; the receive time was taken. */
    MISSING_TIMESTAMP("missing-timestamp", false),
    /** An impossible date, time or offset; the receive time was taken. */
    INVALID_TIMESTAMP("invalid-timestamp", true),
    /** RFC 5424 time without an offset; the zone of the peer was taken. */
    MISSING_OFFSET("missing-offset", false),
    /** More than six fraction digits; the rest was cut. */
    CUT_FRACTION("cut-fraction", false),
    /** Second 60; 59 was taken. */
    LEAP_SECOND("leap-second", false),
    /** A clock marked as not synchronised and more than a day off; the receive time was taken. */
    UNSET_CLOCK("unset-clock", false),
    /** No HOSTNAME; the address of the peer was taken. */
    MISSING_HOSTNAME("missing-hostname", false),
    /** HOSTNAME cut to 255 octets. */
    LONG_HOSTNAME("long-hostname", true),
    /** APP-NAME cut to 48 octets. */
    LONG_APP_NAME("long-app-name", true),
    /** PROCID cut to 128 octets. */
    LONG_PROCID("long-procid", true),
    /** MSGID cut to 32 octets. */
    LONG_MSGID("long-msgid", true),
    /** An SD-ID or PARAM-NAME of more than 32 octets, kept as it is. */
    LONG_SD_NAME("long-sd-name", true),
    /** Missing or malformed STRUCTURED-DATA; the text from there on is MSG. */
    INVALID_STRUCTURED_DATA("invalid-structured-data", true),
    /** A header that lacks fields; they are nil. */
    SHORT_HEADER("short-header", true),
    /** An RFC 5424 VERSION other than 1; everything behind PRI is MSG. */
    UNKNOWN_VERSION("unknown-version", true),
    /** No known header; the text is MSG whole. */
    UNPARSED("unparsed", false),
    /** Longer than the maximum message size; the rest was skipped. */
    TRUNCATED("truncated", true),
    /** The HOSTNAME is not one that the peer may use. */
    HOSTNAME_MISMATCH("hostname-mismatch", true),
    /** Octets outside the character set of their place were replaced. */
    CHARSET("charset", true),
    /** A rule of the conf file gave it another PRI, HOSTNAME or APP-NAME. */
    REWRITTEN("rewritten", false),
    /** A rule of the conf file replaced a part of it that nobody is to see. */
    REDACTED("redacted", true);

    private static final Reason[] ALL = values();

    /** Bits of all reasons that {@link Annotate#CHANGED} writes into the message. */
    public static final int MARKED_BITS = markedBits();

    private final String label;
    private final boolean marked;

    Reason(String label, boolean marked) {
        this.label = label;
        this.marked = marked;
    }

    /** The name shown to users and used as metric label. */
    public String label() {
        return label;
    }

    /** This reason's bit in a set of reasons. */
    @SuppressWarnings("EnumOrdinal") // the order is the bit, as on disk
    public int bit() {
        return 1 << ordinal();
    }

    /** Whether the message itself is marked with it; the others are only counted. */
    public boolean marked() {
        return marked;
    }

    /** The number of reasons; each bit of a set is below {@code 1 << count()}. */
    public static int count() {
        return ALL.length;
    }

    /** The reason with this bit number. */
    public static Reason of(int bitNumber) {
        return ALL[bitNumber];
    }

    private static int markedBits() {
        int bits = 0;
        for (Reason reason : ALL) {
            bits |= reason.marked ? reason.bit() : 0;
        }
        return bits;
    }
}
