package io.sealpost.protocol.encode;

import io.sealpost.protocol.message.Priority;

/**
 * Where the fields of an RFC 5424 message lie in its octets; of length 0 if nil. Reused for message
 * after message; not thread-safe.
 */
final class FieldOffsets {
    static final int TIMESTAMP = 0;
    static final int HOSTNAME = 1;
    static final int APP_NAME = 2;
    static final int PROCID = 3;
    static final int MSGID = 4;
    static final int STRUCTURED_DATA = 5;

    /** Without a byte order mark. */
    static final int TEXT = 6;

    private static final int FIELDS = 7;
    private static final int MAX_PRIORITY = 191;
    private static final int MONTH_AT = 5;
    private static final int DAY_AT = 8;
    private static final int SECONDS_LENGTH = 19;
    private static final String TIME_PATTERN = "0000-00-00T00:00:00";

    private final int[] offsets = new int[FIELDS];
    private final int[] lengths = new int[FIELDS];
    private int priority;

    /** Reads a message. False if it is not RFC 5424: then all of it is the text. */
    boolean read(byte[] b, int offset, int length) {
        int end = offset + length;
        if (readHeader(b, offset, end)) {
            return true;
        }
        priority = Priority.DEFAULT;
        for (int i = 0; i < FIELDS; i++) {
            set(i, offset, offset);
        }
        text(b, offset, end);
        return false;
    }

    int priority() {
        return priority;
    }

    int offset(int field) {
        return offsets[field];
    }

    int length(int field) {
        return lengths[field];
    }

    private boolean readHeader(byte[] b, int offset, int end) {
        int p = readPriority(b, offset, end);
        if (p < 0 || end - p < 2 || b[p] != '1' || b[p + 1] != ' ') {
            return false;
        }
        p += 2;
        for (int i = TIMESTAMP; i <= MSGID; i++) {
            int q = p;
            while (q < end && b[q] != ' ') {
                q++;
            }
            if (q == p || q == end) {
                return false;
            }
            set(i, p, b[p] == '-' && q == p + 1 ? p : q);
            p = q + 1;
        }
        return isTimestamp(b) && readRest(b, p, end);
    }

    private boolean readRest(byte[] b, int p, int end) {
        boolean nil = p < end && b[p] == '-';
        int q = nil ? p + 1 : structuredDataEnd(b, p, end);
        if (q <= p || (q < end && b[q] != ' ')) {
            return false;
        }
        set(STRUCTURED_DATA, p, nil ? p : q);
        text(b, Math.min(q + 1, end), end);
        return true;
    }

    /** Behind the closing bracket of PRI, or -1. */
    private int readPriority(byte[] b, int offset, int end) {
        if (offset == end || b[offset] != '<') {
            return -1;
        }
        int value = 0;
        int p = offset + 1;
        while (p < end && p < offset + 4 && b[p] >= '0' && b[p] <= '9') {
            value = value * 10 + b[p] - '0';
            p++;
        }
        if (p == offset + 1 || p >= end || b[p] != '>' || value > MAX_PRIORITY) {
            return -1;
        }
        priority = value;
        return p + 1;
    }

    /** Whether the timestamp, if there is one, has its digits where they are looked for. */
    private boolean isTimestamp(byte[] b) {
        int p = offsets[TIMESTAMP];
        if (lengths[TIMESTAMP] == 0) {
            return true;
        }
        if (lengths[TIMESTAMP] < SECONDS_LENGTH) {
            return false;
        }
        for (int i = 0; i < SECONDS_LENGTH; i++) {
            byte octet = b[p + i];
            boolean digit = octet >= '0' && octet <= '9';
            if (TIME_PATTERN.charAt(i) == '0' ? !digit : octet != TIME_PATTERN.charAt(i)) {
                return false;
            }
        }
        int month = two(b, p + MONTH_AT);
        int day = two(b, p + DAY_AT);
        return month >= 1 && month <= 12 && day >= 1 && day <= 31;
    }

    /** The month of a timestamp that is not nil, 1 to 12. */
    int month(byte[] b) {
        return two(b, offsets[TIMESTAMP] + MONTH_AT);
    }

    private static int two(byte[] b, int p) {
        return (b[p] - '0') * 10 + b[p + 1] - '0';
    }

    /** Behind the last element, or -1 where brackets and quotes do not close. */
    private static int structuredDataEnd(byte[] b, int offset, int end) {
        int p = offset;
        while (p < end && b[p] == '[') {
            p = elementEnd(b, p + 1, end);
            if (p < 0) {
                return -1;
            }
        }
        return p;
    }

    private static int elementEnd(byte[] b, int offset, int end) {
        int p = nameEnd(b, offset, end);
        while (p > 0 && p < end && b[p] == ' ') {
            p = nameEnd(b, p + 1, end);
            if (p < 0 || end - p < 2 || b[p] != '=' || b[p + 1] != '"') {
                return -1;
            }
            p = valueEnd(b, p + 2, end);
        }
        return p > 0 && p < end && b[p] == ']' ? p + 1 : -1;
    }

    private static int nameEnd(byte[] b, int offset, int end) {
        int p = offset;
        while (p < end && b[p] != ' ' && b[p] != '=' && b[p] != ']' && b[p] != '"') {
            p++;
        }
        return p == offset ? -1 : p;
    }

    /** Behind the closing quote. */
    private static int valueEnd(byte[] b, int offset, int end) {
        int p = offset;
        while (p < end && b[p] != '"') {
            p += b[p] == '\\' ? 2 : 1;
        }
        return p < end ? p + 1 : -1;
    }

    private void text(byte[] b, int from, int end) {
        boolean mark =
                end - from >= 3
                        && b[from] == (byte) 0xEF
                        && b[from + 1] == (byte) 0xBB
                        && b[from + 2] == (byte) 0xBF;
        set(TEXT, mark ? from + 3 : from, end);
    }

    private void set(int field, int from, int end) {
        offsets[field] = from;
        lengths[field] = end - from;
    }
}
