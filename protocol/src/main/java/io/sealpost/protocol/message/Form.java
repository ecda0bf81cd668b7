package io.sealpost.protocol.message;

/** How a message was understood. The order is the number stored on disk. */
public enum Form {
    /** Well-formed RFC 5424, sent byte for byte. */
    RFC5424("rfc5424"),
    /** Recognised as RFC 5424, with at least one field that had to be repaired. */
    RFC5424_DAMAGED("rfc5424-damaged"),
    /** RFC 3164 or one of its dialects, rewritten. */
    RFC3164("rfc3164"),
    /** No known header: the text is MSG whole. */
    UNPARSED("unparsed");

    private static final Form[] ALL = values();

    private final String label;

    Form(String label) {
        this.label = label;
    }

    /** The number stored on disk. */
    @SuppressWarnings("EnumOrdinal") // the order is the number, as on disk
    public int number() {
        return ordinal();
    }

    /** The number of forms. */
    public static int count() {
        return ALL.length;
    }

    /** The form with this number. */
    public static Form of(int number) {
        return ALL[number];
    }

    /** The name shown to users. */
    public String label() {
        return label;
    }
}
