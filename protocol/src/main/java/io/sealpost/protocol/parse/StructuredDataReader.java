package io.sealpost.protocol.parse;

/** Walks over STRUCTURED-DATA, RFC 5424 §6.3. Not thread-safe. */
final class StructuredDataReader {
    /** Limit of SD-ID and PARAM-NAME in octets, RFC 5424 §6.3.2. */
    private static final int MAX_NAME = 32;

    private boolean longName;

    /** The position behind the last element, or -1 where the grammar is not kept. */
    int end(byte[] b, int p, int end) {
        longName = false;
        int q = p;
        while (q < end && b[q] == '[') {
            q = element(b, q + 1, end);
            if (q < 0) {
                return -1;
            }
        }
        return q > p ? q : -1;
    }

    /** Whether the last walk met a name over the limit, which is otherwise no fault. */
    boolean longName() {
        return longName;
    }

    private int element(byte[] b, int p, int end) {
        int q = name(b, p, end);
        while (q >= 0 && q < end) {
            if (b[q] == ']') {
                return q + 1;
            }
            if (b[q] != ' ') {
                return -1;
            }
            q = name(b, q + 1, end);
            if (q < 0 || end - q < 2 || b[q] != '=' || b[q + 1] != '"') {
                return -1;
            }
            q = value(b, q + 2, end);
        }
        return -1;
    }

    private int name(byte[] b, int p, int end) {
        int q = Octets.runEnd(b, p, end, Octets.SD_NAME);
        if (q - p > MAX_NAME) {
            longName = true;
        }
        return q == p ? -1 : q;
    }

    /**
     * Behind the closing quote. A backslash before an octet that needs none is no fault, RFC 5424
     * §6.3.3; so whatever follows one is passed over.
     */
    private static int value(byte[] b, int p, int end) {
        int q = p;
        while (q < end) {
            byte c = b[q];
            if (c == '"') {
                return q + 1;
            }
            if (c == ']') {
                return -1;
            }
            q += c == '\\' ? 2 : 1;
        }
        return -1;
    }
}
