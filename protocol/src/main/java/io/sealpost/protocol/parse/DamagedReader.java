package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.HeaderField;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;

/**
 * Reads RFC 5424 with faults: keeps each field that can be read, repairs the others in the least
 * way and names each repair.
 */
final class DamagedReader {
    private static final int DATE_LENGTH = 10;

    private final StructuredDataReader structuredData;
    private final TimeFields time = new TimeFields();

    DamagedReader(StructuredDataReader structuredData) {
        this.structuredData = structuredData;
    }

    /** Whether what follows PRI and VERSION looks like the TIMESTAMP of RFC 5424. */
    static boolean recognises(byte[] b, int p, int end) {
        if (end - p >= 2 && b[p] == '-' && b[p + 1] == ' ') {
            return true;
        }
        return end - p > DATE_LENGTH && date(b, p, end) && b[p + DATE_LENGTH] == 'T';
    }

    /** Whether {@code dddd-dd-dd} stands here. */
    static boolean date(byte[] b, int p, int end) {
        return end - p >= DATE_LENGTH
                && Octets.number(b, p, end, 4) >= 0
                && b[p + 4] == '-'
                && Octets.number(b, p + 5, end, 2) >= 0
                && b[p + 7] == '-'
                && Octets.number(b, p + 8, end, 2) >= 0;
    }

    /** Reads from TIMESTAMP on. */
    void read(byte[] b, int p, int end, ZoneClock clock, MessageScan scan) {
        int q = fieldEnd(b, p, end);
        timestamp(b, p, q, clock, scan);
        int from = q + 1;
        q = field(b, from, end, scan);
        scan.hostname(from, cut(q - from, HeaderField.MAX_HOSTNAME, Reason.LONG_HOSTNAME, scan));
        from = q + 1;
        q = field(b, from, end, scan);
        scan.appName(from, cut(q - from, HeaderField.MAX_APP_NAME, Reason.LONG_APP_NAME, scan));
        from = q + 1;
        q = field(b, from, end, scan);
        scan.procId(from, cut(q - from, HeaderField.MAX_PROCID, Reason.LONG_PROCID, scan));
        from = q + 1;
        q = field(b, from, end, scan);
        scan.msgId(from, cut(q - from, HeaderField.MAX_MSGID, Reason.LONG_MSGID, scan));
        structuredData(b, q + 1, end, scan);
    }

    private void timestamp(byte[] b, int p, int end, ZoneClock clock, MessageScan scan) {
        if (end - p == 1 && b[p] == '-') {
            scan.timestampNone();
            return;
        }
        if (StrictTimestamp.end(b, p, end) == end) {
            scan.timestampAt(p, end - p);
            return;
        }
        time.clear();
        if (TimeReader.iso(b, p, end, time) != end) {
            scan.timestampReceived();
            scan.add(Reason.INVALID_TIMESTAMP);
            return;
        }
        boolean offsetMissing = !time.offsetKnown();
        TimeResolver.resolve(time, clock, scan);
        if (offsetMissing && !scan.has(Reason.INVALID_TIMESTAMP)) {
            scan.add(Reason.MISSING_OFFSET);
        }
    }

    /** End of the field that begins here; beyond the end of the message a field is empty. */
    private static int field(byte[] b, int p, int end, MessageScan scan) {
        if (p >= end) {
            scan.add(Reason.SHORT_HEADER);
            return p;
        }
        int q = fieldEnd(b, p, end);
        if (q == p) {
            scan.add(Reason.SHORT_HEADER);
        }
        for (int i = p; i < q; i++) {
            if (!HeaderField.printable(b[i])) {
                scan.add(Reason.CHARSET);
                break;
            }
        }
        return q;
    }

    private static int fieldEnd(byte[] b, int p, int end) {
        int q = p;
        while (q < end && b[q] != ' ') {
            q++;
        }
        return q;
    }

    private static int cut(int length, int max, Reason reason, MessageScan scan) {
        if (length <= max) {
            return length;
        }
        scan.add(reason);
        return max;
    }

    private void structuredData(byte[] b, int p, int end, MessageScan scan) {
        scan.structuredData(p, 0);
        if (p >= end) {
            scan.add(Reason.SHORT_HEADER);
            scan.text(end);
            return;
        }
        int q = b[p] == '-' ? p + 1 : structuredData.end(b, p, end);
        if (q < 0 || (q < end && b[q] != ' ')) {
            scan.add(Reason.INVALID_STRUCTURED_DATA);
            scan.text(p);
            return;
        }
        if (b[p] == '[') {
            scan.structuredData(p, q - p);
            if (structuredData.longName()) {
                scan.add(Reason.LONG_SD_NAME);
            }
        }
        scan.text(Math.min(q + 1, end));
    }
}
