package io.sealpost.protocol.encode;

import java.nio.charset.StandardCharsets;

/**
 * Writes RFC 3164: {@code <PRI>Mmm dd hh:mm:ss HOST TAG[PID]: MSG}. Rules: {@code
 * docs/format/rfc3164.md}.
 */
public final class Rfc3164Encoder implements MessageEncoder {
    private static final byte[] MONTHS =
            "JanFebMarAprMayJunJulAugSepOctNovDec".getBytes(StandardCharsets.US_ASCII);
    private static final int DAY_AT = 8;
    private static final int CLOCK_AT = 11;
    private static final int CLOCK_LENGTH = 8;

    /** Brackets, colon and blanks; the header itself becomes shorter. */
    private static final int MAX_ADDED = 8;

    private final FieldOffsets fields = new FieldOffsets();

    /** An encoder that has written nothing yet. */
    public Rfc3164Encoder() {}

    @Override
    public int maxLength(int messageLength) {
        return messageLength + MAX_ADDED;
    }

    @Override
    public int encode(byte[] from, int offset, int length, byte[] to, int at) {
        int p = at;
        if (fields.read(from, offset, length)) {
            p = priority(fields.priority(), to, p);
            p = timestamp(from, to, p);
            p = field(from, FieldOffsets.HOSTNAME, to, p);
            to[p++] = ' ';
            p = tag(from, to, p);
            if (fields.length(FieldOffsets.TEXT) > 0) {
                to[p++] = ' ';
            }
        }
        return copy(from, FieldOffsets.TEXT, to, p) - at;
    }

    private static int priority(int value, byte[] to, int at) {
        int p = at;
        to[p++] = '<';
        if (value >= 100) {
            to[p++] = '1';
        }
        if (value >= 10) {
            to[p++] = (byte) ('0' + value / 10 % 10);
        }
        to[p++] = (byte) ('0' + value % 10);
        to[p++] = '>';
        return p;
    }

    /** Month, day and clock as they stand in the message; nothing for a nil timestamp. */
    private int timestamp(byte[] from, byte[] to, int at) {
        if (fields.length(FieldOffsets.TIMESTAMP) == 0) {
            return at;
        }
        int time = fields.offset(FieldOffsets.TIMESTAMP);
        System.arraycopy(MONTHS, 3 * (fields.month(from) - 1), to, at, 3);
        int p = at + 3;
        to[p++] = ' ';
        to[p++] = from[time + DAY_AT] == '0' ? (byte) ' ' : from[time + DAY_AT];
        to[p++] = from[time + DAY_AT + 1];
        to[p++] = ' ';
        System.arraycopy(from, time + CLOCK_AT, to, p, CLOCK_LENGTH);
        p += CLOCK_LENGTH;
        to[p++] = ' ';
        return p;
    }

    private int tag(byte[] from, byte[] to, int at) {
        int p = field(from, FieldOffsets.APP_NAME, to, at);
        if (fields.length(FieldOffsets.PROCID) > 0) {
            to[p++] = '[';
            p = copy(from, FieldOffsets.PROCID, to, p);
            to[p++] = ']';
        }
        to[p++] = ':';
        return p;
    }

    /** The field, or {@code -} if it is nil. */
    private int field(byte[] from, int field, byte[] to, int at) {
        if (fields.length(field) == 0) {
            to[at] = '-';
            return at + 1;
        }
        return copy(from, field, to, at);
    }

    private int copy(byte[] from, int field, byte[] to, int at) {
        int length = fields.length(field);
        System.arraycopy(from, fields.offset(field), to, at, length);
        return at + length;
    }
}
