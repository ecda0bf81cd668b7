package io.sealpost.protocol.encode;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.HeaderField;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.message.TimestampWriter;

/**
 * Writes what a scan knows as one RFC 5424 message. Messages that are unchanged are copied. One per
 * event loop; not thread-safe.
 */
public final class Rfc5424Encoder {
    /** PRI, VERSION, TIMESTAMP, and nil fields with their blanks. */
    private static final int FIXED_LENGTH = 6 + 2 + TimestampWriter.MAX_LENGTH + 16;

    private final Annotation annotation;
    private final TimestampWriter timestamps = new TimestampWriter();

    /**
     * An encoder for a relay.
     *
     * @param annotate what is added to messages that are rewritten
     * @param enterpriseNumber private enterprise number of the added element's SD-ID
     */
    public Rfc5424Encoder(Annotate annotate, int enterpriseNumber) {
        this.annotation = Annotation.of(annotate, enterpriseNumber, timestamps);
    }

    /** An upper bound of what {@link #encode} writes for this scan, in octets. */
    public int maxEncodedLength(MessageScan scan) {
        if (scan.unchanged()) {
            return scan.messageLength();
        }
        return FIXED_LENGTH
                + scan.timestampLength()
                + scan.hostnameLength()
                + scan.messageLength()
                + scan.foreignLength()
                + annotation.maxLength(scan);
    }

    /**
     * Writes the message, without octet count, to {@code dst} at {@code off}; returns its length.
     */
    public int encode(MessageScan scan, byte[] dst, int off) {
        if (scan.unchanged()) {
            System.arraycopy(scan.source(), scan.messageOffset(), dst, off, scan.messageLength());
            return scan.messageLength();
        }
        byte[] b = scan.source();
        int p = priority(scan.priority(), dst, off);
        p = timestamp(scan, dst, p);
        p =
                field(
                        scan.hostnameSource(),
                        scan.hostnameOffset(),
                        scan.hostnameLength(),
                        scan,
                        dst,
                        p);
        p = field(scan.appNameSource(), scan.appNameOffset(), scan.appNameLength(), scan, dst, p);
        p = field(b, scan.procIdOffset(), scan.procIdLength(), scan, dst, p);
        p = field(b, scan.msgIdOffset(), scan.msgIdLength(), scan, dst, p);
        p = structuredData(scan, dst, p);
        int text = scan.textLength();
        if (text > 0) {
            dst[p++] = ' ';
            System.arraycopy(scan.bodySource(), scan.textOffset(), dst, p, text);
        }
        return p + text - off;
    }

    private static int priority(int value, byte[] dst, int at) {
        int p = at;
        dst[p++] = '<';
        if (value >= 100) {
            dst[p++] = '1';
        }
        if (value >= 10) {
            dst[p++] = (byte) ('0' + value / 10 % 10);
        }
        dst[p++] = (byte) ('0' + value % 10);
        dst[p++] = '>';
        dst[p++] = '1';
        dst[p++] = ' ';
        return p;
    }

    private int timestamp(MessageScan scan, byte[] dst, int at) {
        int p = at;
        if (scan.timestampVerbatim()) {
            System.arraycopy(scan.source(), scan.timestampOffset(), dst, p, scan.timestampLength());
            p += scan.timestampLength();
        } else if (scan.timestampNil()) {
            dst[p++] = '-';
        } else {
            p +=
                    timestamps.write(
                            scan.timestampMicros(),
                            scan.timestampZone(),
                            scan.timestampDigits(),
                            dst,
                            p);
        }
        dst[p] = ' ';
        return p + 1;
    }

    private static int field(
            byte[] source, int offset, int length, MessageScan scan, byte[] dst, int at) {
        int p = at;
        if (length == 0) {
            dst[p++] = '-';
        } else if (scan.has(Reason.CHARSET)) {
            p = HeaderField.copy(source, offset, length, dst, p);
        } else {
            System.arraycopy(source, offset, dst, p, length);
            p += length;
        }
        dst[p] = ' ';
        return p + 1;
    }

    private int structuredData(MessageScan scan, byte[] dst, int at) {
        int length = scan.structuredDataLength();
        if (length > 0) {
            System.arraycopy(scan.bodySource(), scan.structuredDataOffset(), dst, at, length);
        }
        int p = annotation.write(scan, dst, at + length);
        if (p == at) {
            dst[p++] = '-';
        }
        return p;
    }
}
