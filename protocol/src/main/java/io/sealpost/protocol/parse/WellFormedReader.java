package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.HeaderField;
import io.sealpost.protocol.message.MessageScan;

/** Reads RFC 5424 to the letter, §6. What it refuses is for {@link DamagedReader}. */
final class WellFormedReader {
    private final StructuredDataReader structuredData;

    WellFormedReader(StructuredDataReader structuredData) {
        this.structuredData = structuredData;
    }

    /** Reads from TIMESTAMP on; true if all of it is well-formed. MSG is not looked at. */
    boolean read(byte[] b, int p, int end, MessageScan scan) {
        int timestamp = nil(b, p, end) ? p + 1 : StrictTimestamp.end(b, p, end);
        if (timestamp < 0 || !separated(b, timestamp, end)) {
            return false;
        }
        int hostname = field(b, timestamp + 1, end, HeaderField.MAX_HOSTNAME);
        if (hostname < 0) {
            return false;
        }
        int appName = field(b, hostname + 1, end, HeaderField.MAX_APP_NAME);
        if (appName < 0) {
            return false;
        }
        int procId = field(b, appName + 1, end, HeaderField.MAX_PROCID);
        if (procId < 0) {
            return false;
        }
        int msgId = field(b, procId + 1, end, HeaderField.MAX_MSGID);
        if (msgId < 0) {
            return false;
        }
        int data = msgId + 1;
        int dataEnd = nil(b, data, end) ? data + 1 : structuredData.end(b, data, end);
        if (dataEnd < 0 || (b[data] == '[' && structuredData.longName())) {
            return false;
        }
        if (dataEnd < end && b[dataEnd] != ' ') {
            return false;
        }
        if (b[p] == '-') {
            scan.timestampNone();
        } else {
            scan.timestampAt(p, timestamp - p);
        }
        scan.hostname(timestamp + 1, hostname - timestamp - 1);
        scan.appName(hostname + 1, appName - hostname - 1);
        scan.procId(appName + 1, procId - appName - 1);
        scan.msgId(procId + 1, msgId - procId - 1);
        scan.structuredData(data, b[data] == '-' ? 0 : dataEnd - data);
        scan.text(Math.min(dataEnd + 1, end));
        return true;
    }

    private static boolean nil(byte[] b, int p, int end) {
        return p < end && b[p] == '-';
    }

    private static boolean separated(byte[] b, int p, int end) {
        return p < end && b[p] == ' ';
    }

    /** End of a header field of 1 to max octets with a blank behind it, or -1. */
    private static int field(byte[] b, int p, int end, int max) {
        int q = Octets.runEnd(b, p, end, Octets.PRINT);
        return q > p && q - p <= max && separated(b, q, end) ? q : -1;
    }
}
