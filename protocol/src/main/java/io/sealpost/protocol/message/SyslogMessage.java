package io.sealpost.protocol.message;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/**
 * One message as normalized, made from a scan for those who need objects. Header fields are text,
 * {@code -} where nil.
 *
 * @param form how it was understood
 * @param reasons what was changed
 * @param unchanged whether it leaves byte for byte
 * @param priority facility and severity
 * @param timestamp RFC 3339 text
 * @param hostname HOSTNAME
 * @param appName APP-NAME
 * @param procId PROCID
 * @param msgId MSGID
 * @param structuredData STRUCTURED-DATA as received, without elements of this relay
 * @param text MSG, a BOM included
 */
public record SyslogMessage(
        Form form,
        Set<Reason> reasons,
        boolean unchanged,
        Priority priority,
        String timestamp,
        String hostname,
        String appName,
        String procId,
        String msgId,
        Slice structuredData,
        Slice text) {
    /** How a field without a value is written, RFC 5424 §6. */
    public static final String NIL = "-";

    private static final byte[] NIL_OCTETS = {'-'};

    /** Takes a copy of the reasons. */
    public SyslogMessage {
        reasons = Set.copyOf(reasons);
    }

    /** The message of this scan; later parses do not change it. */
    public static SyslogMessage of(MessageScan scan) {
        byte[] b = scan.source();
        return new SyslogMessage(
                scan.form(),
                reasons(scan.reasons()),
                scan.unchanged(),
                Priority.of(scan.priority()),
                timestamp(scan),
                field(scan.hostnameSource(), scan.hostnameOffset(), scan.hostnameLength()),
                field(scan.appNameSource(), scan.appNameOffset(), scan.appNameLength()),
                field(b, scan.procIdOffset(), scan.procIdLength()),
                field(b, scan.msgIdOffset(), scan.msgIdLength()),
                structuredData(scan),
                Slice.copyOf(scan.bodySource(), scan.textOffset(), scan.textLength()));
    }

    private static Set<Reason> reasons(int bits) {
        EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
        for (int rest = bits; rest != 0; rest &= rest - 1) {
            reasons.add(Reason.of(Integer.numberOfTrailingZeros(rest)));
        }
        return reasons;
    }

    private static String timestamp(MessageScan scan) {
        if (scan.timestampNil()) {
            return NIL;
        }
        if (scan.timestampVerbatim()) {
            return field(scan.source(), scan.timestampOffset(), scan.timestampLength());
        }
        byte[] text = new byte[TimestampWriter.MAX_LENGTH];
        int length =
                new TimestampWriter()
                        .write(
                                scan.timestampMicros(),
                                scan.timestampZone(),
                                scan.timestampDigits(),
                                text,
                                0);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }

    private static String field(byte[] source, int offset, int length) {
        if (length == 0) {
            return NIL;
        }
        byte[] copy = new byte[length];
        HeaderField.copy(source, offset, length, copy, 0);
        return new String(copy, StandardCharsets.US_ASCII);
    }

    private static Slice structuredData(MessageScan scan) {
        return scan.structuredDataLength() == 0
                ? Slice.copyOf(NIL_OCTETS, 0, 1)
                : Slice.copyOf(
                        scan.bodySource(),
                        scan.structuredDataOffset(),
                        scan.structuredDataLength());
    }
}
