package io.sealpost.protocol.encode;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message as one JSON object without a line end, valid for any octets. Rules: {@code
 * docs/format/json.md}.
 */
public final class JsonEncoder implements MessageEncoder {
    private static final int FACILITIES = 24;
    private static final int SEVERITIES = 8;
    private static final byte[][] STARTS = starts();
    private static final byte[] TIMESTAMP = ascii(",\"timestamp\":\"");
    private static final byte[] HOSTNAME = ascii(",\"hostname\":\"");
    private static final byte[] APP_NAME = ascii(",\"app_name\":\"");
    private static final byte[] PROCID = ascii(",\"procid\":\"");
    private static final byte[] MSGID = ascii(",\"msgid\":\"");
    private static final byte[] STRUCTURED_DATA = ascii(",\"structured_data\":");
    private static final byte[] MESSAGE = ascii(",\"message\":\"");

    /** All member names, numbers and quotes, and the braces. */
    private static final int FIXED_LENGTH = 256;

    private final FieldOffsets fields = new FieldOffsets();
    private final NamedParameters parameters = new NamedParameters();

    /** An encoder that has written nothing yet. */
    public JsonEncoder() {}

    @Override
    public int maxLength(int messageLength) {
        return FIXED_LENGTH + JsonText.MAX_GROWTH * messageLength;
    }

    @Override
    public int encode(byte[] from, int offset, int length, byte[] to, int at) {
        var _ = fields.read(from, offset, length);
        int p = put(STARTS[fields.priority()], to, at);
        p = member(TIMESTAMP, from, FieldOffsets.TIMESTAMP, to, p);
        p = member(HOSTNAME, from, FieldOffsets.HOSTNAME, to, p);
        p = member(APP_NAME, from, FieldOffsets.APP_NAME, to, p);
        p = member(PROCID, from, FieldOffsets.PROCID, to, p);
        p = member(MSGID, from, FieldOffsets.MSGID, to, p);
        int structured = fields.length(FieldOffsets.STRUCTURED_DATA);
        if (structured > 0) {
            p = put(STRUCTURED_DATA, to, p);
            int first = fields.offset(FieldOffsets.STRUCTURED_DATA);
            p = parameters.write(from, first, structured, to, p);
        }
        p = string(MESSAGE, from, FieldOffsets.TEXT, to, p);
        to[p++] = '}';
        return p - at;
    }

    /** The member, if the field is not nil. */
    private int member(byte[] start, byte[] from, int field, byte[] to, int at) {
        return fields.length(field) == 0 ? at : string(start, from, field, to, at);
    }

    private int string(byte[] start, byte[] from, int field, byte[] to, int at) {
        int p = put(start, to, at);
        p = JsonText.write(from, fields.offset(field), fields.length(field), to, p);
        to[p++] = '"';
        return p;
    }

    private static int put(byte[] text, byte[] to, int at) {
        System.arraycopy(text, 0, to, at, text.length);
        return at + text.length;
    }

    /** How the line of a message with this priority begins. */
    private static byte[][] starts() {
        byte[][] starts = new byte[FACILITIES * SEVERITIES][];
        for (int i = 0; i < starts.length; i++) {
            Facility facility = Facility.of(i / SEVERITIES);
            Severity severity = Severity.of(i % SEVERITIES);
            starts[i] =
                    ascii(
                            "{\"facility\":\""
                                    + facility.label()
                                    + "\",\"facility_code\":"
                                    + facility.number()
                                    + ",\"severity\":\""
                                    + severity.label()
                                    + "\",\"severity_code\":"
                                    + severity.number());
        }
        return starts;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
