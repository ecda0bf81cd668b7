package io.sealpost.protocol.message;

/**
 * Facility and severity, the PRI of RFC 5424 §6.2.1.
 *
 * @param facility the part of the system
 * @param severity the urgency
 */
public record Priority(Facility facility, Severity severity) {
    /** The largest PRI value. */
    public static final int MAX = 191;

    /** What is taken where a message has no PRI: user.notice. */
    public static final int DEFAULT = 13;

    /** The priority with this PRI value, 0 to 191. */
    public static Priority of(int value) {
        return new Priority(Facility.of(value >> 3), Severity.of(value & 7));
    }

    /** The PRI value, 0 to 191. */
    public int value() {
        return facility.number() * 8 + severity.number();
    }
}
